import { isNode, type Document, type LineCounter } from 'yaml'
import { configInvalid, type MarketError } from '../model/errors.ts'
import { readYaml } from '../model/yaml-text.ts'

/** Largest settings file we read; a hand-written one has a few KiB. */
export const MAX_SETTINGS_BYTES = 1024 * 1024

/** A settings file as plain data, with the line and column of every part of it. */
export interface SourceDocument {
  data: unknown
  placeOf(path: readonly (string | number)[]): { file: string; line: number; column: number }
}

/** Reads YAML text; syntax errors come back as problems with line and column, and `data` is then undefined. */
export function readDocument(file: string, text: string): { document: SourceDocument; problems: MarketError[] } {
  const start = { file, line: 1, column: 1 }
  const nothing: SourceDocument = { data: undefined, placeOf: () => start }
  const refuse = (why: string, at = start): { document: SourceDocument; problems: MarketError[] } => ({
    document: nothing,
    problems: [configInvalid(at, why)],
  })
  if (Buffer.byteLength(text) > MAX_SETTINGS_BYTES) return refuse(`is larger than ${MAX_SETTINGS_BYTES} bytes`)
  const read = readYaml(text)
  if (read.fault) return refuse(read.fault.why, { file, line: read.fault.line, column: read.fault.column })
  const { data, document, lines } = read
  const placeOf = (path: readonly (string | number)[]) => placed(file, lines, offsetOf(document, path))
  return { document: { data, placeOf }, problems: [] }
}

function placed(file: string, lines: LineCounter, offset: number): { file: string; line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { file, line: Math.max(1, line), column: Math.max(1, col) }
}

/** Offset of the deepest part of `path` that exists. */
function offsetOf(parsed: Document.Parsed, path: readonly (string | number)[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    try {
      const node = parsed.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return node.range[0]
    } catch {
      // The path leads through something that is no collection; its parent is near enough.
    }
  }
  return 0
}
