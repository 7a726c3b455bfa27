import type { Listing } from '../model/listing.ts'

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
  help?: string
}

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

function fieldOf(name: string, schema: Record<string, unknown>, isRequired: boolean): Field {
  const { title, description, minimum, maximum } = schema
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(textOf) : undefined
  return {
    name,
    label: typeof title === 'string' ? title : name,
    type: TYPES.find((type) => type === schema['type']) ?? 'string',
    isRequired,
    initial: textOf(schema['default']),
    isParameter: true,
    ...(choices ? { choices } : {}),
    ...(typeof minimum === 'number' ? { minimum } : {}),
    ...(typeof maximum === 'number' ? { maximum } : {}),
    ...(typeof description === 'string' ? { help: description } : {}),
  }
}

/** The parameters a template's manifest declares (a JSON Schema object), as fields of a form. */
export function parameterFields(listing: Listing): Field[] {
  const schema = listing.extra['parameters']
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
  return undefined
}

/** What is wrong with a typed text, as a sentence; undefined when it will do. Patterns are left to the job, which has time limits. */
export function fieldProblem(field: Field, text: string): string | undefined {
  if (text === '') return field.isRequired ? `${field.label} is needed.` : undefined
  const why = typeProblem(field, text) ?? limitProblem(field, text)
  return why && `${field.label} ${why}.`
}
