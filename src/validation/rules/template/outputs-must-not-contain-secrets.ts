import { guardOf, listCalls } from '../../../arm/expressions.ts'
import { entriesOf, member } from '../../../arm/node.ts'
import { usesIn } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'
import { secureParameters } from './secure-parameters.ts'

export const outputsMustNotContainSecrets: TemplateRule = {
  name: 'Outputs-Must-Not-Contain-Secrets',
  family: 'template',
  step: 'security',
  summary: 'Outputs, which everybody with read access sees, hold no secrets.',
  severity: 'high',
  *inspect({ view, root, document }) {
    const secure = secureParameters(root)
    for (const { name, start, value } of entriesOf(member(root, 'outputs'))) {
      const path = `outputs.${name}`
      const text = document.text.slice(value.start, value.end)
      for (const call of listCalls(text)) {
        if (guardOf(text, call.start) !== '[') continue
        const message = `The output ${name} uses a list function, whose answer is secret.`
        yield { id: 'Output.Contains.Secret', at: value.start + call.start, path, message }
      }
      if (/password/i.test(name)) {
        const message = `The output ${name} sounds like a secret.`
        yield { id: 'Output.Contains.Secret.Name', at: start, path, message }
      }
      const used = usesIn(view, document.parameterUses, value).find(
        (use) => secure.has(use.name) && guardOf(document.text, use.start) === '[',
      )
      if (!used) continue
      const message = `The output ${name} holds the secure parameter ${used.name}.`
      yield { id: 'Output.Contains.SecureParameter', at: used.start, path, message }
    }
  },
}
