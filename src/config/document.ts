import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import { configInvalid, reasonOf, type MarketError } from '../model/errors.ts'
import { harmless } from '../model/text.ts'

/** Largest settings file we read; a hand-written one has a few KiB. */
const MAX_SETTINGS_BYTES = 1024 * 1024
/** Most times aliases may be expanded (a YAML bomb has millions). */
const MAX_ALIASES = 100

/** A settings file as plain data, with the line and column of every part of it. */
export interface SourceDocument {
  data: unknown
  placeOf(path: readonly (string | number)[]): { file: string; line: number; column: number }
}

/** Reads YAML text; syntax errors come back as problems with line and column, and `data` is then undefined. */
export function readDocument(file: string, text: string): { document: SourceDocument; problems: MarketError[] } {
  const lines = new LineCounter()
  const placed = (offset: number): { file: string; line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const nothing: SourceDocument = { data: undefined, placeOf: () => placed(0) }
  const refuse = (why: string, at = placed(0)): { document: SourceDocument; problems: MarketError[] } => ({
    document: nothing,
    problems: [configInvalid(at, why)],
  })
  if (Buffer.byteLength(text) > MAX_SETTINGS_BYTES) return refuse(`is larger than ${MAX_SETTINGS_BYTES} bytes`)
  let parsed: Document.Parsed
  try {
    parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, logLevel: 'silent' })
  } catch (error) {
    // Nesting beyond the stack ends here as a RangeError.
    return refuse(`cannot be read as YAML (${harmless(reasonOf(error), 200)})`)
  }
  const wrong = parsed.errors[0]
  if (wrong) return refuse(`is not valid YAML (${harmless(wrong.message, 200)})`, placed(wrong.pos[0]))
  try {
    const data: unknown = parsed.toJS({ maxAliasCount: MAX_ALIASES })
    return { document: { data, placeOf: (path) => placed(offsetOf(parsed, path)) }, problems: [] }
  } catch (error) {
    return refuse(`cannot be read as YAML (${harmless(reasonOf(error), 200)})`)
  }
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
