import { elementsOf, member } from '../../../arm/node.ts'
import { find } from '../../../arm/templates.ts'
import type { UiRule } from '../../rule.ts'

export const validationsMustHaveMessage: UiRule = {
  name: 'Validations-Must-Have-Message',
  family: 'ui',
  step: 'quality',
  summary: 'Each validation says what is wrong.',
  severity: 'low',
  *inspect({ view }) {
    for (const { value, path } of find(view, 'validations', view.root)) {
      const items = value.kind === 'object' ? [value] : elementsOf(value)
      for (const item of items) {
        if (item.kind !== 'object' || member(item, 'message')) continue
        yield { id: 'Validations.Must.Have.Message', at: item.start, path, message: 'The validation has no message.' }
      }
    }
  },
}
