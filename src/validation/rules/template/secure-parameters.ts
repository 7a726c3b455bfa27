import { entriesOf, member, textOf, type ArmNode } from '../../../arm/node.ts'

const SECURE = ['securestring', 'secureobject']

/** Whether a parameter declaration has a secure type. */
export const isSecure = (declaration: ArmNode | undefined): boolean =>
  SECURE.includes(textOf(member(declaration, 'type'))?.toLowerCase() ?? '')

/** Names, lower case, of the secure parameters of a template. */
export function secureParameters(root: ArmNode): Set<string> {
  const all = entriesOf(member(root, 'parameters'))
  return new Set(all.filter(({ value }) => isSecure(value)).map(({ key }) => key))
}
