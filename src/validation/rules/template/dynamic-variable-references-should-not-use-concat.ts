import { matchesIn } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

const SHAPE = /variables\s?\(\s?concat\s?\(\s?'[^'\n]*'\s?\)\s?,\s?parameters\s?\(\s?'[^'\n]*'\s?\)\s?\)/gi

export const dynamicVariableReferencesShouldNotUseConcat: TemplateRule = {
  name: 'Dynamic-Variable-References-Should-Not-Use-Concat',
  family: 'template',
  step: 'quality',
  summary: 'A variable is not chosen by a name put together with concat().',
  severity: 'low',
  *inspect({ view }) {
    for (const { start } of matchesIn(view, SHAPE)) {
      const message = 'The variable is chosen by a concatenated name; use an object variable and [] instead.'
      yield { id: 'DynamicVariable.Reference.Using.Concat', at: start, message }
    }
  },
}
