import { parameterInvalid } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import type { Manifest } from '../../model/manifest.ts'
import { patternFault } from '../../model/pattern.ts'

/** The part of JSON Schema that a parameter may use. */
interface Schema {
  type?: string
  enum?: unknown[]
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  default?: unknown
  examples?: unknown[]
  /** Other words for some values: word -> value. */
  aliases?: Record<string, string>
}

/** Parameters with defaults filled in, once `loadPatterns` has ended. `given` values that are text are read by the type the manifest says. */
export function checkParameters(manifest: Manifest, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const schemas = (manifest.parameters?.properties ?? {}) as Record<string, Schema>
  const known = Object.keys(schemas)
  const problems: string[] = []
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(schemas, name)) problems.push(`${manifest.id} has no parameter "${name.slice(0, 80)}".`)
  }
  const checked: [string, unknown][] = []
  for (const [name, schema] of Object.entries(schemas)) {
    const raw = Object.hasOwn(given, name) ? given[name] : structuredClone(schema.default)
    if (raw === undefined) {
      if (manifest.parameters?.required.includes(name)) problems.push(`Parameter "${name}" is required.`)
      continue
    }
    const value = coerce(raw, schema)
    problems.push(...problemsOf(value, schema, `Parameter "${name}"`))
    checked.push([name, value])
  }
  if (problems.length > 0) throw parameterInvalid(problems, known)
  return Object.fromEntries(checked)
}

/** Text from a command line as the type that is wanted; what cannot be read stays text and is then refused. */
function coerce(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) return withAliases(value, schema)
  if (typeof value !== 'string') return value
  const text = aliasOf(value.trim(), schema)
  switch (schema.type) {
    case 'integer':
    case 'number':
      return /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? Number(text) : value
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : value
    case 'array':
      if (text.startsWith('[')) return withAliases(readJson(text), schema)
      return text === '' ? [] : text.split(',').map((part) => coerce(part.trim(), schema.items ?? {}))
    case 'object':
      return readJson(text)
    default:
      return schema.aliases ? text : value
  }
}

const withAliases = (list: unknown, { items = {} }: Schema): unknown =>
  Array.isArray(list) ? list.map((one: unknown) => (typeof one === 'string' ? aliasOf(one, items) : one)) : list

const aliasOf = (text: string, { aliases = {} }: Schema): string =>
  Object.hasOwn(aliases, text) ? (aliases[text] ?? text) : text

/** Sentences on the values that stand for others, such as a region whose service is in a neighbouring one. */
export function aliasNotes(manifest: Manifest, given: Readonly<Record<string, unknown>>): string[] {
  const schemas = (manifest.parameters?.properties ?? {}) as Record<string, Schema>
  return Object.entries(given).flatMap(([name, value]) => {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined
    const aliases = schema?.items?.aliases ?? schema?.aliases ?? {}
    const words = Object.keys(aliases).filter((word) => mentions(value, word))
    return words.map((word) => `${name}: "${word}" is delivered as ${aliases[word]}.`)
  })
}

const mentions = (value: unknown, word: string): boolean =>
  Array.isArray(value)
    ? value.includes(word)
    : typeof value === 'string' && value.split(/[,"[\]]/).some((part) => part.trim() === word)

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isSafeInteger(value),
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

function problemsOf(value: unknown, schema: Schema, where: string): string[] {
  const isRight = TYPES[schema.type ?? 'string']
  if (isRight && !isRight(value)) return [`${where} must be of type ${schema.type ?? 'string'}.`]
  const problems: string[] = []
  if (schema.enum && !schema.enum.includes(value)) {
    problems.push(`${where} must be one of ${schema.enum.map(String).join(', ')}.`)
  }
  if (typeof value === 'string') problems.push(...textProblems(value, schema, where))
  if (typeof value === 'number') problems.push(...boundProblems(value, [schema.minimum, schema.maximum], where))
  if (Array.isArray(value)) {
    problems.push(...boundProblems(value.length, [schema.minItems, schema.maxItems], `The length of ${where}`))
    value.forEach((item, index) => problems.push(...problemsOf(item, schema.items ?? {}, `${where}[${index}]`)))
  } else if (typeof value === 'object' && value !== null) {
    problems.push(...memberProblems(value as Record<string, unknown>, schema, where))
  }
  return problems
}

function memberProblems(value: Record<string, unknown>, schema: Schema, where: string): string[] {
  const absent = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name))
  return [
    ...absent.map((name) => `${where} needs a member "${name}".`),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
      Object.hasOwn(value, name) ? problemsOf(value[name], member, `${where}.${name}`) : [],
    ),
  ]
}

function textProblems(value: string, schema: Schema, where: string): string[] {
  const problems = boundProblems(
    value.length,
    [schema.minLength, schema.maxLength ?? OUTSIDE.patternTextChars],
    `The length of ${where}`,
  )
  if (schema.pattern === undefined || problems.length > 0) return problems
  const why = patternFault(schema.pattern, value, exampleOf(schema))
  return why === undefined ? [] : [`${where} ${why}.`]
}

const exampleOf = ({ examples: [first] = [] }: Schema): string | undefined =>
  typeof first === 'string' ? first : undefined

function boundProblems(value: number, [least, most]: (number | undefined)[], where: string): string[] {
  if (least !== undefined && value < least) return [`${where} must be at least ${least}.`]
  return most !== undefined && value > most ? [`${where} must be at most ${most}.`] : []
}
