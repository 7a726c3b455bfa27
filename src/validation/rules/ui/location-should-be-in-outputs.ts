import { isTruthy, member, plainText, propertyOf } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'

export const locationShouldBeInOutputs: UiRule = {
  name: 'Location-Should-Be-In-Outputs',
  family: 'ui',
  step: 'quality',
  summary: 'The outputs hand on the location that was chosen.',
  severity: 'medium',
  *inspect({ root }) {
    const outputs = member(root, 'parameters', 'outputs')
    const location = propertyOf(outputs, 'location')
    const path = 'parameters.outputs.location'
    if (!isTruthy(outputs)) {
      yield { id: 'CreateUIDefinition.Missing.Outputs', at: root.start, message: 'The definition has no outputs.' }
    } else if (!isTruthy(location?.value)) {
      const message = 'The outputs have no location.'
      yield { id: 'CreateUIDefinition.Missing.Outputs.Location', at: outputs.start, path, message }
    } else if (plainText(location?.value).trim().toLowerCase() !== '[location()]') {
      const at = location?.start ?? outputs.start
      const message = 'The output location must be [location()].'
      yield { id: 'CreateUIDefinition.Incorrect.Outputs.Location', at, path, message }
    }
  },
}
