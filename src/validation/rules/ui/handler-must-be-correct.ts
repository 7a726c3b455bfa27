import { isTruthy, member, plainText, propertyOf } from '../../../arm/node.ts'
import type { UiRule } from '../../rule.ts'

const HANDLERS = ['microsoft.compute.multivm', 'microsoft.azure.createuidef']

export const handlerMustBeCorrect: UiRule = {
  name: 'Handler-Must-Be-Correct',
  family: 'ui',
  step: 'structure',
  summary: 'The handler is one that the portal knows.',
  severity: 'high',
  *inspect({ root }) {
    const handler = member(root, 'handler')
    const at = propertyOf(root, 'handler')?.start ?? root.start
    if (!isTruthy(handler)) {
      yield { id: 'CreateUIDefinition.Missing.Handler', at, message: 'The definition has no handler.' }
    } else if (!HANDLERS.includes(plainText(handler).toLowerCase())) {
      const message = 'The handler must be Microsoft.Azure.CreateUIDef or Microsoft.Compute.MultiVm.'
      yield { id: 'CreateUIDefinition.Incorrect.Handler', at, path: 'handler', message }
    }
  },
}
