import { listCalls, parameterReferences } from '../../../arm/expressions.ts'
import { member, textOf } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'
import { secureParameters } from './secure-parameters.ts'

export const commandToExecuteMustUseProtectedSettingsForSecrets: TemplateRule = {
  name: 'CommandToExecute-Must-Use-ProtectedSettings-For-Secrets',
  family: 'template',
  step: 'security',
  summary: 'A command line with secrets stands in protectedSettings.',
  severity: 'high',
  *inspect({ view, root }) {
    const secure = secureParameters(root)
    for (const { value, ancestors, property, path } of find(view, 'commandtoexecute', view.root)) {
      if (!/CustomScript/i.test(textOf(member(ancestors[0]?.node, 'type')) ?? '')) continue
      if (ancestors.some(({ node }) => member(node, 'protectedSettings', 'commandToExecute'))) continue
      const text = textOf(value) ?? ''
      const place = { at: property.start, path }
      if (listCalls(text).length) {
        const message = 'The command line uses a list function: put it into protectedSettings.'
        yield { ...place, id: 'CommandToExecute.Unprotected.List', message }
        continue
      }
      const used = parameterReferences(text).find((one) => secure.has(one.name))
      if (!used) continue
      const message = `The command line uses the secure parameter ${used.name}: put it into protectedSettings.`
      yield { ...place, id: 'CommandToExecute.Unprotected.Parameter', message }
    }
  },
}
