import type { Listing } from '../model/listing.ts'
import { canTryPatterns, patternFault } from '../model/pattern.ts'
import { harmless } from '../model/text.ts'

/** One line of a form. */
export interface Field {
  name: string
  label: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object'
  isRequired: boolean
  initial: string
  /** False for the fields every run has. */
  isParameter: boolean
  choices?: string[]
  minimum?: number
  maximum?: number
  /** Characters of a text. */
  minLength?: number
  maxLength?: number
  pattern?: string
  /** The text is a list of these, with blanks or commas between. */
  members?: readonly string[]
  help?: string
}

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string =>
  harmless(value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value), 4000)

const LIMITS = ['minimum', 'maximum', 'minLength', 'maxLength'] as const

const limitsOf = (schema: Record<string, unknown>): Partial<Record<(typeof LIMITS)[number], number>> =>
  Object.fromEntries(
    LIMITS.map((name) => [name, schema[name]] as const).filter(([, value]) => typeof value === 'number'),
  )

function fieldOf(name: string, schema: Record<string, unknown>, isRequired: boolean): Field {
  const { title, description, pattern } = schema
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(textOf) : undefined
  return {
    name,
    label: harmless(typeof title === 'string' ? title : name, 100),
    type: TYPES.find((type) => type === schema['type']) ?? 'string',
    isRequired,
    initial: textOf(schema['default']),
    isParameter: true,
    ...(choices ? { choices } : {}),
    ...limitsOf(schema),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    ...(typeof description === 'string' ? { help: harmless(description, 1000) } : {}),
  }
}

/** The folder of goods that lie on this machine. */
export function folderOf(listing: Listing, installedIn: string | undefined): string | undefined {
  const [artifact] = listing.releases[0]?.artifacts ?? []
  return installedIn ?? (artifact?.form === 'files' ? artifact.root : undefined)
}

/** The parameters of a template (a JSON Schema object), as fields of a form. */
export function parameterFields(schema: unknown): Field[] {
  if (!isRecord(schema) || !isRecord(schema['properties'])) return []
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return Object.entries(schema['properties']).map(([name, one]) =>
    fieldOf(name, isRecord(one) ? one : {}, required.includes(name)),
  )
}

/** The typed value of a text that `fieldProblem` found good. */
export function valueOf(field: Field, text: string): unknown {
  if (field.type === 'integer' || field.type === 'number') return Number(text)
  if (field.type === 'boolean') return text === 'true'
  return field.type === 'array' || field.type === 'object' ? JSON.parse(text) : text
}

function typeProblem(field: Field, text: string): string | undefined {
  const number = Number(text)
  if (field.type === 'integer' && !Number.isInteger(number)) return 'must be a whole number'
  if (field.type === 'number' && !Number.isFinite(number)) return 'must be a number'
  if (field.type === 'boolean' && text !== 'true' && text !== 'false') return 'must be true or false'
  if (field.type !== 'array' && field.type !== 'object') return undefined
  try {
    const value: unknown = JSON.parse(text)
    const isRight = field.type === 'array' ? Array.isArray(value) : isRecord(value)
    return isRight ? undefined : `must be a JSON ${field.type}`
  } catch {
    return `must be a JSON ${field.type}`
  }
}

function limitProblem(field: Field, text: string): string | undefined {
  if (field.choices && !field.choices.includes(text)) return `must be one of ${field.choices.join(', ')}`
  if (field.minimum !== undefined && Number(text) < field.minimum) return `must be at least ${field.minimum}`
  if (field.maximum !== undefined && Number(text) > field.maximum) return `must be at most ${field.maximum}`
  if (field.type !== 'string') return undefined
  const { length } = text
  if (field.minLength !== undefined && length < field.minLength)
    return `must have at least ${field.minLength} characters`
  if (field.maxLength !== undefined && length > field.maxLength)
    return `must have at most ${field.maxLength} characters`
  const strange = field.members && listed(text).find((one) => !field.members?.includes(one))
  if (strange !== undefined) return `has no ${harmless(strange, 40)}; there are ${field.members?.join(', ')}`
  // Until they are loaded, a moment after the form is opened, patterns are left to the job.
  const why = field.pattern === undefined || !canTryPatterns() ? undefined : patternFault(field.pattern, text)
  return why && harmless(why, 1000)
}

/** The words of a text, with blanks or commas between, each once. */
export const listed = (text: string): string[] => [...new Set(text.split(/[ ,]+/).filter(Boolean))]

/** What is wrong with a typed text, as a sentence; undefined when it will do. */
export function fieldProblem(field: Field, text: string): string | undefined {
  if (text === '') return field.isRequired ? `${field.label} is needed.` : undefined
  const why = typeProblem(field, text) ?? limitProblem(field, text)
  return why && `${field.label} ${why}.`
}
