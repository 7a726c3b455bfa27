import type { ArmNode, ObjectNode, Property } from './node.ts'

/** An object of a document with the way to it. */
export interface Spot {
  readonly node: ObjectNode
  /** The nearest object around it; arrays are not counted. */
  readonly parent: Spot | undefined
  /** From the parent to here, such as `resources[0]`. */
  readonly segment: string
  /** This or the nearest object around it whose own name starts with `parent`: the toolkit does not look below. */
  readonly hiddenBy: Spot | undefined
}

/** One property of one object. */
export interface Hit {
  readonly owner: Spot
  readonly property: Property
}

/** Every property of a document by its lower-case name, in document order. */
export interface NodeIndex {
  readonly byKey: ReadonlyMap<string, readonly Hit[]>
}

/** Visits a tree once. The reader limits its depth, so recursion is safe. */
export function indexNodes(root: ArmNode | undefined): NodeIndex {
  const byKey = new Map<string, Hit[]>()
  const visitItems = (items: readonly ArmNode[], parent: Spot | undefined, segment: string): void => {
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as ArmNode
      if (hasMembers(item)) visit(item, parent, `${segment}[${index}]`)
    }
  }
  const visit = (node: ArmNode, parent: Spot | undefined, segment: string): void => {
    if (node.kind === 'array') return visitItems(node.items, parent, segment)
    if (node.kind !== 'object') return
    const owner = spotOf(node, parent, segment)
    for (const property of node.properties) {
      const hits = byKey.get(property.key)
      if (hits) hits.push({ owner, property })
      else byKey.set(property.key, [{ owner, property }])
      if (hasMembers(property.value)) visit(property.value, owner, property.name)
    }
  }
  if (root) visit(root, undefined, '')
  return { byKey }
}

const hasMembers = ({ kind }: ArmNode): boolean => kind === 'object' || kind === 'array'

function spotOf(node: ObjectNode, parent: Spot | undefined, segment: string): Spot {
  const spot: { -readonly [K in keyof Spot]: Spot[K] } = { node, parent, segment, hiddenBy: parent?.hiddenBy }
  // By its first letter: this looks at every object.
  if ((segment.charCodeAt(0) | 0x20) === 0x70 && /^parent/i.test(segment)) spot.hiddenBy = spot
  return spot
}

/** First position in a list sorted by `start` that is at or after `offset`. */
export function firstFrom<T>(list: readonly T[], startOf: (item: T) => number, offset: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (startOf(list[middle] as T) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** The objects around a spot, nearest first, that stand inside the range. */
export function ancestorsOf(spot: Spot, within: { start: number; end: number }): Spot[] {
  const found: Spot[] = []
  for (let at = spot.parent; at && at.node.start >= within.start && at.node.end <= within.end; at = at.parent)
    found.push(at)
  return found
}

/** The path of a spot below `within`, such as `resources[0].properties`; empty for `within` itself. */
export function pathOf(spot: Spot, within: ArmNode | undefined): string {
  const segments: string[] = []
  let at: Spot | undefined = spot
  for (; at?.parent && at.node !== within; at = at.parent) {
    if (within && at.parent.node.start < within.start) {
      // `within` is an array that holds the object: only the index below it belongs to the path.
      segments.push(at.segment.slice(at.segment.indexOf('[')))
      break
    }
    segments.push(at.segment)
  }
  return segments.toReversed().join('.')
}

/**
 * The path of the innermost value or property that holds an offset, such as `resources[0].properties.x`; empty when
 * that is the root.
 */
export function pathAt(root: ArmNode | undefined, offset: number): string {
  let path = ''
  for (let at = root; at;) {
    const parts: readonly { start: number; end: number }[] =
      at.kind === 'object' ? at.properties : at.kind === 'array' ? at.items : []
    const index = firstFrom(parts, (part) => part.start, offset + 1) - 1
    const part = parts[index]
    if (!part || offset >= part.end) return path
    if (at.kind === 'object') {
      const property = at.properties[index] as Property
      path += `${path ? '.' : ''}${property.name}`
      at = property.value
    } else {
      path += `[${index}]`
      at = part as ArmNode
    }
  }
  return path
}
