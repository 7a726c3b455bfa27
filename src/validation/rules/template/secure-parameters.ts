import { declaredType } from '../../../arm/declared-type.ts'
import { entriesOf, member, type ArmNode } from '../../../arm/node.ts'

const SECURE = ['securestring', 'secureobject']

/** Whether a parameter declaration of a template has a secure type. */
export const isSecure = (template: ArmNode, declaration: ArmNode | undefined): boolean =>
  SECURE.includes(declaredType(template, declaration) ?? '')

/** Names, lower case, of the secure parameters of a template. */
export function secureParameters(root: ArmNode): Set<string> {
  const all = entriesOf(member(root, 'parameters'))
  return new Set(all.filter(({ value }) => isSecure(root, value)).map(({ key }) => key))
}
