import type { Listing } from '../model/listing.ts'
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
  /** The heading it stands under. */
  group?: string
  /** What keys go through instead of typing: the text of each, and how it is worded. */
  options?: readonly { text: string; words: string }[]
  choices?: string[]
  minimum?: number
  maximum?: number
  /** Characters of a text. */
  minLength?: number
  maxLength?: number
  /** Entries of a list. */
  minItems?: number
  maxItems?: number
  pattern?: string
  /** What each entry of a list must be; such a list is typed with commas between. */
  item?: Field
  /** The text is a list of these, with blanks or commas between. */
  members?: readonly string[]
  help?: string
  example?: string
}

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isPlain = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) && !String(value).includes(',')

/** A value as it is typed: lists of plain values with commas between, anything else that nests as JSON. */
function textOf(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return ''
  if (typeof value === 'string') return harmless(value, 4000)
  const isList = Array.isArray(value) && value.length > 0 && value.every(isPlain)
  return harmless(isList ? value.join(', ') : JSON.stringify(value), 4000)
}

const LIMITS = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const

const limitsOf = (schema: Record<string, unknown>): Partial<Record<(typeof LIMITS)[number], number>> =>
  Object.fromEntries(
    LIMITS.map((name) => [name, schema[name]] as const).filter(([, value]) => typeof value === 'number'),
  )

/** More answers than these are better typed than gone through. */
const MOST_OPTIONS = 12

/** What the keys go through: yes and no, or the few answers a parameter may have. */
function optionsOf(
  type: Field['type'],
  choices: readonly string[] | undefined,
  isAnswered: boolean,
): Pick<Field, 'options'> {
  const none = isAnswered ? [] : [{ text: '', words: '-' }]
  if (type === 'boolean') return { options: [...none, { text: 'true', words: 'yes' }, { text: 'false', words: 'no' }] }
  if (!choices || choices.length > MOST_OPTIONS) return {}
  return { options: [...none, ...choices.map((text) => ({ text, words: text }))] }
}

function fieldOf(name: string, schema: Record<string, unknown>, isRequired: boolean): Field {
  const { title, description, pattern, group, items } = schema
  const choices = Array.isArray(schema['enum']) ? schema['enum'].map(textOf) : undefined
  const type = TYPES.find((one) => one === schema['type']) ?? 'string'
  const [example] = Array.isArray(schema['examples']) ? (schema['examples'] as unknown[]) : []
  return {
    name,
    label: harmless(typeof title === 'string' ? title : name, 100),
    type,
    isRequired,
    initial: textOf(schema['default']),
    isParameter: true,
    ...(choices ? { choices } : {}),
    ...optionsOf(type, choices, isRequired || schema['default'] !== undefined),
    ...limitsOf(schema),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    ...(type === 'array' && isRecord(items) ? { item: fieldOf(name, items, true) } : {}),
    ...(typeof group === 'string' ? { group: harmless(group, 60) } : {}),
    ...(typeof description === 'string' ? { help: harmless(description, 1000) } : {}),
    ...(example === undefined ? {} : { example: textOf(example) }),
  }
}

/** The folder of goods that lie on this machine. */
export function folderOf(listing: Listing, installedIn: string | undefined): string | undefined {
  const [artifact] = listing.releases[0]?.artifacts ?? []
  return installedIn ?? (artifact?.form === 'files' ? artifact.root : undefined)
}

/** The parameters of a template (a JSON Schema object), as fields of a form; those of one group stand together. */
export function parameterFields(schema: unknown): Field[] {
  if (!isRecord(schema) || !isRecord(schema['properties'])) return []
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  const fields = Object.entries(schema['properties']).map(([name, one]) =>
    fieldOf(name, isRecord(one) ? one : {}, required.includes(name)),
  )
  return [...Map.groupBy(fields, (field) => field.group).values()].flat()
}

/** The words of a text, with blanks or commas between, each once. */
export const listed = (text: string): string[] => [...new Set(text.split(/[ ,]+/).filter(Boolean))]

/** Entries of a typed list; undefined for one that is written as JSON. */
export function entriesOf(field: Field, text: string): string[] | undefined {
  const isJson =
    text.trim().startsWith('[') || field.item === undefined || ['array', 'object'].includes(field.item.type)
  if (field.type !== 'array' || isJson) return undefined
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
}

/** The typed value of a text that `fieldProblem` found good. */
export function valueOf(field: Field, text: string): unknown {
  if (field.type === 'integer' || field.type === 'number') return Number(text)
  if (field.type === 'boolean') return text === 'true'
  const entries = entriesOf(field, text)
  if (entries) return entries.map((one) => valueOf(field.item ?? field, one))
  return field.type === 'array' || field.type === 'object' ? JSON.parse(text) : text
}
