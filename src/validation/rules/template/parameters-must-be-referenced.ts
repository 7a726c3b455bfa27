import { guardOf } from '../../../arm/expressions.ts'
import { entriesOf, member } from '../../../arm/node.ts'
import { usesIn } from '../../../arm/templates.ts'
import type { TemplateRule } from '../../rule.ts'

export const parametersMustBeReferenced: TemplateRule = {
  name: 'Parameters-Must-Be-Referenced',
  family: 'template',
  step: 'quality',
  summary: 'Every parameter is used, inside an expression.',
  severity: 'medium',
  *inspect({ view, root, document }) {
    const uses = Map.groupBy(usesIn(view, document.parameterUses), (use) => use.name)
    for (const { name, key, start } of entriesOf(member(root, 'parameters'))) {
      if (name.startsWith('__')) continue
      const path = `parameters.${name}`
      const found = uses.get(key)
      if (!found) {
        yield {
          id: 'Parameters.Must.Be.Referenced',
          at: start,
          path,
          message: `The parameter ${name} is never used.`,
        }
      }
      for (const use of found ?? []) {
        if (guardOf(document.text, use.start, '["@') !== '"') continue
        yield {
          id: 'Parameters.Must.Be.Referenced.In.Expression',
          at: use.start,
          message: `The parameter ${name} is named outside an expression: put the value in square brackets.`,
        }
      }
    }
  },
}
