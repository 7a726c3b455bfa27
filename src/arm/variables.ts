import { member, propertyOf, type ArmNode } from './node.ts'

/** The outcome of following `[variables('x').a[0]]`. */
export type Expansion = { ok: true; value: ArmNode | undefined; followed: boolean } | { ok: false; missing: string }

const SHAPE = /^\s*\[\s*variables\s*\(\s*'([^']*)'\s*\)((?:\.\w+|\[\d+\])*)\s*\]\s*$/i
const STEP = /\.(\w+)|\[(\d+)\]/g

/**
 * Follows an expression that is nothing but a variable with members, one level and never further. Anything else is
 * given back as it is (`followed` false); an unknown variable or member is not ok.
 */
export function expandVariable(template: ArmNode, node: ArmNode): Expansion {
  const match = node.kind === 'string' ? SHAPE.exec(node.value) : null
  if (!match) return { ok: true, value: node, followed: false }
  const [, name = '', rest = ''] = match
  let at = propertyOf(member(template, 'variables'), name)?.value
  if (!at) return { ok: false, missing: `variables('${name}')` }
  for (const [step, key, index] of rest.matchAll(STEP)) {
    at = key === undefined ? (at.kind === 'array' ? at.items[Number(index)] : undefined) : propertyOf(at, key)?.value
    if (!at) return { ok: false, missing: `variables('${name}')…${step}` }
  }
  return { ok: true, value: at, followed: true }
}
