import { readFile, stat } from 'node:fs/promises'
import type { Document } from 'yaml'
import { configInvalid, fileProblem, reasonOf } from '../model/errors.ts'

/** More than any hand-written file of parameters has. */
const MAX_BYTES = 4 * 1024 * 1024

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Parameters from a JSON or YAML file: one map of names to values, or a deployment parameters file, whose values
 * stand under `parameters.NAME.value`. Throws `file.problem` or `config.invalid`.
 */
export async function readParameters(path: string): Promise<Record<string, unknown>> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileProblem(path, 'the parameters cannot be read', error)
  })
  if (size > MAX_BYTES) throw fileProblem(path, 'it is too large for a file of parameters')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileProblem(path, `the parameters cannot be read (${reasonOf(error)})`, error)
  })
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [fault] = document.errors
  if (fault) {
    const at = lines.linePos(fault.pos[0])
    const why = fault.message.split('\n', 1)[0] ?? 'it is not YAML'
    throw configInvalid({ file: path, line: at.line, column: at.col }, why.replace(/ at line.*$/, ''), HINT)
  }
  const value = plainValue(document, path)
  if (!isRecord(value)) throw configInvalid({ file: path }, 'it must be a map of names to values', HINT)
  const inner = value['parameters']
  if (typeof value['$schema'] !== 'string' || !isRecord(inner)) return value
  return Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, isRecord(one) ? one['value'] : one]))
}

function plainValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw configInvalid({ file: path }, `it refers to itself too often (${reasonOf(error)})`, HINT)
  }
}

const HINT = 'Write names and values, such as "location: westus2".'
