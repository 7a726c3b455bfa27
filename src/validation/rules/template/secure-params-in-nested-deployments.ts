import { firstListOpening, guardOf } from '../../../arm/expressions.ts'
import { member, textOf, type ObjectNode } from '../../../arm/node.ts'
import { find, textIn, usesIn } from '../../../arm/templates.ts'
import type { Fault, TemplateRule, TemplateSubject } from '../../rule.ts'
import { secureParameters } from './secure-parameters.ts'

export const secureParamsInNestedDeployments: TemplateRule = {
  name: 'Secure-Params-In-Nested-Deployments',
  family: 'template',
  step: 'security',
  summary: 'Secrets reach a nested deployment only through its own secure parameters.',
  severity: 'high',
  *inspect(subject) {
    const { view, root } = subject
    for (const { value, owner } of find(view, 'type', root)) {
      if (textOf(value)?.toLowerCase() !== 'microsoft.resources/deployments') continue
      const template = member(owner.node, 'properties', 'template')
      const options = member(owner.node, 'properties', 'expressionEvaluationOptions')
      const scope = textOf(member(options, 'scope'))?.toLowerCase() ?? 'outer'
      if (template?.kind !== 'object' || !template.properties.length || scope !== 'outer') continue
      yield* inspectTemplate(subject, template)
    }
  },
}

function* inspectTemplate({ view, document, root }: TemplateSubject, template: ObjectNode): Iterable<Fault> {
  const secure = secureParameters(root)
  const judged = new Set<string>()
  for (const use of usesIn(view, document.parameterUses, template)) {
    if (!secure.has(use.name) || judged.has(use.name)) continue
    judged.add(use.name)
    if (guardOf(document.text, use.start) !== '[') continue
    const message = `The nested deployment uses the secure parameter ${use.name}, which its history then shows.`
    yield { id: 'NestedDeployment.Contains.SecureParameter', at: use.start, message }
  }
  const text = textIn(view, template)
  const list = firstListOpening(text)
  if (list < 0 || guardOf(text, list) !== '[') return
  const message = 'The nested deployment uses a list function, whose answer its history then shows.'
  // With parts left out, places in what is left are none in the file.
  const isComplete = !view.holes.some((hole) => hole.start >= template.start && hole.end <= template.end)
  const at = template.start + (isComplete ? list : 0)
  yield { id: 'NestedDeployment.Contains.ListFunction', at, message }
}
