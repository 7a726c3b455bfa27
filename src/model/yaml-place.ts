import { isNode, type Document, type LineCounter } from 'yaml'

/** Where the deepest part of a path stands that is there; line and column count from 1. */
export function placeInYaml(
  { document, lines }: { document: Document.Parsed; lines: LineCounter },
  path: readonly PropertyKey[],
): { line: number; column: number } {
  for (let depth = path.length; depth > 0; depth--) {
    let node: unknown
    try {
      node = document.getIn(path.slice(0, depth), true)
    } catch {
      // The path leads through something that is no collection; its parent is near enough.
      continue
    }
    if (!isNode(node) || !node.range) continue
    const { line, col } = lines.linePos(node.range[0])
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  return { line: 1, column: 1 }
}
