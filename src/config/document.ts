import { configInvalid, type MarketError } from '../model/errors.ts'
import { placeInYaml } from '../model/yaml-place.ts'
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
  const { data } = read
  const placeOf = (path: readonly (string | number)[]) => ({ file, ...placeInYaml(read, path) })
  return { document: { data, placeOf }, problems: [] }
}
