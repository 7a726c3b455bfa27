import { readFile, stat } from 'node:fs/promises'
import { configInvalid, fileProblem, reasonOf } from '../model/errors.ts'
import { OUTSIDE } from '../model/limits.ts'

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
  if (size > OUTSIDE.yamlBytes) throw fileProblem(path, 'it is too large for a file of parameters')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fileProblem(path, `the parameters cannot be read (${reasonOf(error)})`, error)
  })
  const { readYaml } = await import('../model/yaml-text.ts')
  const read = readYaml(text)
  if (read.fault)
    throw configInvalid({ file: path, line: read.fault.line, column: read.fault.column }, read.fault.why, HINT)
  const value = read.data
  if (!isRecord(value)) throw configInvalid({ file: path }, 'it must be a map of names to values', HINT)
  const inner = value['parameters']
  if (typeof value['$schema'] !== 'string' || !isRecord(inner)) return value
  return Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, isRecord(one) ? one['value'] : one]))
}

const HINT = 'Write names and values, such as "location: westus2".'
