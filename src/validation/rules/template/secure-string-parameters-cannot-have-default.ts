import { declaredType } from '../../../arm/declared-type.ts'
import { entriesOf, isTruthy, member, plainText } from '../../../arm/node.ts'
import type { TemplateRule } from '../../rule.ts'

export const secureStringParametersCannotHaveDefault: TemplateRule = {
  name: 'Secure-String-Parameters-Cannot-Have-Default',
  family: 'template',
  step: 'security',
  summary: 'A secure string has no default value.',
  severity: 'high',
  *inspect({ root }) {
    for (const { name, start, value } of entriesOf(member(root, 'parameters'))) {
      if (declaredType(root, value) !== 'securestring') continue
      const given = member(value, 'defaultValue')
      if (!isTruthy(given) || /newGuid\s*\(/i.test(plainText(given))) continue
      yield {
        id: 'SecureString.Must.Not.Have.Default',
        at: start,
        path: `parameters.${name}.defaultValue`,
        message: `The secure parameter ${name} has a default value, which everybody can read.`,
      }
    }
  },
}
