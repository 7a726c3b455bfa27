import { entriesOf, member } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'
import { outputsOf } from './controls.ts'

export const parametersWithoutDefaultMustExistInCreateUiDefinition: UiRule = {
  name: 'Parameters-Without-Default-Must-Exist-In-CreateUIDefinition',
  family: 'ui',
  step: 'structure',
  summary: 'Every parameter without a default value is an output.',
  severity: 'high',
  needs: 'template',
  *inspect(subject) {
    const outputs = new Set(outputsOf(subject).map(({ key }) => key))
    const at = member(subject.root, 'parameters', 'outputs')?.start ?? subject.root.start
    for (const { name, key, value } of entriesOf(member(subject.template, 'parameters'))) {
      if ((member(value, 'defaultValue')?.kind ?? 'null') !== 'null' || outputs.has(key)) continue
      const message = `The template needs a value for ${name}, but no output gives one.`
      yield { id: 'Parameter.Without.Default.Missing.From.CreateUIDefinition', at, path: 'parameters.outputs', message }
    }
  },
}
