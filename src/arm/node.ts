/** A JSON value that knows where it stands: `start` and `end` are offsets into the text it was read from. */
export type ArmNode = ObjectNode | ArrayNode | StringNode | NumberNode | BooleanNode | NullNode

interface Range {
  readonly start: number
  /** Offset just past the last character. */
  readonly end: number
}

export interface Property extends Range {
  readonly name: string
  /** The name in lower case: ARM compares names without regard to case. */
  readonly key: string
  readonly value: ArmNode
}

export interface ObjectNode extends Range {
  readonly kind: 'object'
  readonly properties: readonly Property[]
}

interface ArrayNode extends Range {
  readonly kind: 'array'
  readonly items: readonly ArmNode[]
}

export interface StringNode extends Range {
  readonly kind: 'string'
  readonly value: string
}

/** `1` is an integer, `1.0` is not: the toolkit tells them apart. */
export interface NumberNode extends Range {
  readonly kind: 'number'
  readonly value: number
  readonly isInteger: boolean
}

interface BooleanNode extends Range {
  readonly kind: 'boolean'
  readonly value: boolean
}

interface NullNode extends Range {
  readonly kind: 'null'
}

/** The same text as V8 keeps names of members: two of these that differ are told apart without a look at their letters. */
export function asMember(text: string): string {
  const members = Object.create(null) as Record<string, unknown>
  members[text] = 0
  for (const name in members) return name
  return text
}

/** So many names that rules ask for are kept in lower case; there are some hundred. */
const MOST_ASKED = 4096
const asked = new Map<string, string>()

function keyOf(name: string): string {
  let key = asked.get(name)
  if (key === undefined) {
    key = asMember(name.toLowerCase())
    if (asked.size < MOST_ASKED) asked.set(name, key)
  }
  return key
}

/** The property of an object by name, without regard to case; undefined for anything that is not an object. */
export function propertyOf(node: ArmNode | undefined, name: string): Property | undefined {
  if (node?.kind !== 'object') return undefined
  const key = keyOf(name)
  for (const property of node.properties) if (property.key === key) return property
  return undefined
}

/** The value at a chain of names, without regard to case. */
export function member(node: ArmNode | undefined, ...names: string[]): ArmNode | undefined {
  let at = node
  for (const name of names) at = propertyOf(at, name)?.value
  return at
}

/** The text of a string node; undefined for anything else. */
export function textOf(node: ArmNode | undefined): string | undefined {
  return node?.kind === 'string' ? node.value : undefined
}

/** The properties of an object; none for anything else. */
export function entriesOf(node: ArmNode | undefined): readonly Property[] {
  return node?.kind === 'object' ? node.properties : []
}

/** The elements of an array; an object's values in order (symbolic names); none for anything else. */
export function elementsOf(node: ArmNode | undefined): readonly ArmNode[] {
  if (node?.kind === 'array') return node.items
  return entriesOf(node).map((property) => property.value)
}

/** A value as text, the way the toolkit's shell prints it; objects and arrays have none. */
export function plainText(node: ArmNode | undefined): string {
  if (node === undefined || node.kind === 'null' || node.kind === 'object' || node.kind === 'array') return ''
  return String(node.value)
}

/** Missing, null, false, 0, "", an empty array and an array of one such value are false; `{}` is true. */
export function isTruthy(node: ArmNode | undefined): node is ArmNode {
  if (node === undefined || node.kind === 'null') return false
  if (node.kind === 'object') return true
  if (node.kind === 'array') return node.items.length > 1 || isTruthy(node.items[0])
  return Boolean(node.value)
}
