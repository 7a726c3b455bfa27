import { isTruthy, member } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'
import { outputsOf, parameterOf } from './controls.ts'

/** Outputs that the portal itself reads. */
const PORTAL_OUTPUTS = ['applicationresourcename', 'jitaccesspolicy', 'managedidentity', 'managedresourcegroupid']

export const outputsMustBePresentInTemplateParameters: UiRule = {
  name: 'Outputs-Must-Be-Present-In-Template-Parameters',
  family: 'ui',
  step: 'structure',
  summary: 'Every output is a parameter of the template.',
  severity: 'high',
  needs: 'template',
  *inspect(subject) {
    const { root, template } = subject
    if (!isTruthy(member(root, 'parameters', 'outputs'))) {
      yield { id: 'CreateUIDefinition.Missing.Outputs', at: root.start, message: 'The definition has no outputs.' }
    }
    for (const { name, key, start } of outputsOf(subject)) {
      if (PORTAL_OUTPUTS.includes(key) || parameterOf(template, name)) continue
      const message = `The output ${name} is not a parameter of the template.`
      const path = `parameters.outputs.${name}`
      yield { id: 'CreateUIDefinition.Output.Missing.From.MainTemplate', at: start, path, message }
    }
  },
}
