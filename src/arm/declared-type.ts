import { member, textOf, type ArmNode } from './node.ts'

/** A user-defined type may stand for another so often; a ring ends there. */
const MAX_STEPS = 20
const REFERENCE = /^#\/definitions\/(.+)$/

/**
 * The type of a parameter, in lower case: its own, or that of the user-defined type its `$ref` leads to (language
 * version 2.0). Undefined when there is none.
 */
export function declaredType(template: ArmNode, declaration: ArmNode | undefined): string | undefined {
  let at = declaration
  for (let step = 0; at && step < MAX_STEPS; step++) {
    const type = textOf(member(at, 'type'))
    if (type !== undefined) return type.toLowerCase()
    const name = REFERENCE.exec(textOf(member(at, '$ref')) ?? '')?.[1]
    if (name === undefined) return undefined
    at = member(template, 'definitions', name.replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return undefined
}
