import type { UiRule } from '../../rule.ts'
import { blanksIn } from '../blanks.ts'

const MAY_BE_BLANK = ['basics', 'defaultvalue', 'steps']

export const createUiDefinitionMustNotHaveBlanks: UiRule = {
  name: 'CreateUIDefinition-Must-Not-Have-Blanks',
  family: 'ui',
  step: 'quality',
  summary: 'Empty objects, arrays, strings and nulls are left out.',
  severity: 'low',
  *inspect({ view }) {
    for (const { name, at, what } of blanksIn(view, true)) {
      if (!MAY_BE_BLANK.includes(name.toLowerCase())) yield { at, message: `${name} is ${what}: leave it out.` }
    }
  },
}
