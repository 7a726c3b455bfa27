import { canTryPatterns, patternFault } from '../model/pattern.ts'
import { harmless } from '../model/text.ts'
import { entriesOf, isRecord, listed, type Field } from './parameters.ts'

function typeProblem(field: Field, text: string): string | undefined {
  const number = Number(text)
  if (field.type === 'integer' && !Number.isInteger(number)) return 'must be a whole number'
  if (field.type === 'number' && !Number.isFinite(number)) return 'must be a number'
  if (field.type === 'boolean' && text !== 'true' && text !== 'false') return 'must be true or false'
  if ((field.type !== 'array' && field.type !== 'object') || entriesOf(field, text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const isRight = field.type === 'array' ? Array.isArray(value) : isRecord(value)
    return isRight ? undefined : `must be a JSON ${field.type}`
  } catch {
    return field.item ? 'must be a list with commas between' : `must be a JSON ${field.type}`
  }
}

/** What is wrong with a list: how many entries it has, or the first entry that will not do. */
function entryProblem(field: Field, entries: readonly string[]): string | undefined {
  const { item, minItems, maxItems } = field
  if (minItems !== undefined && entries.length < minItems) return `needs at least ${minItems}, with commas between`
  if (maxItems !== undefined && entries.length > maxItems) return `takes at most ${maxItems}`
  if (!item) return undefined
  for (const one of entries) {
    const why = typeProblem(item, one) ?? limitProblem(item, one)
    if (why !== undefined) return `has "${harmless(one, 40)}", which ${why}`
  }
  return undefined
}

function limitProblem(field: Field, text: string): string | undefined {
  const entries = entriesOf(field, text)
  if (entries) return entryProblem(field, entries)
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
  const why =
    field.pattern === undefined || !canTryPatterns() ? undefined : patternFault(field.pattern, text, field.example)
  return why && harmless(why, 1000)
}

/** What is wrong with a typed text, as a sentence; undefined when it will do. */
export function fieldProblem(field: Field, text: string): string | undefined {
  if (text === '') return field.isRequired ? `${field.label} is needed.` : undefined
  const why = typeProblem(field, text) ?? limitProblem(field, text)
  return why && `${field.label} ${why}.`
}
