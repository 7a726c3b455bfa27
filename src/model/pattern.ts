import type { RE2JS } from 're2js'
import { OUTSIDE } from './limits.ts'

let engine: typeof RE2JS | undefined

/** Compiled patterns are kept, as a form tries all of its own at every key and a list one pattern for every entry. */
const compiled = new Map<string, RE2JS>()
/** Patterns that are kept at most: more than any form has. */
const MOST_KEPT = 100

/** Loads what `patternFault` needs; 15 ms that only those pay who have a pattern to try. */
export async function loadPatterns(): Promise<void> {
  engine ??= (await import('re2js')).RE2JS
}

/** Whether `loadPatterns` has ended. */
export const canTryPatterns = (): boolean => engine !== undefined

/**
 * Why a text does not do for a pattern that came with goods, as the end of a sentence; undefined when it does.
 * Patterns are tried by RE2, whose time grows with the text alone: one such as `(a+)+$` keeps V8 busy for ever.
 * It knows no look-ahead, look-behind or back reference, and says so. `loadPatterns` must have ended.
 * An `example` that fits says more than the pattern.
 */
export function patternFault(pattern: string, text: string, example?: string): string | undefined {
  if (!engine) throw new Error('patterns are tried before they are loaded')
  if (pattern.length > OUTSIDE.patternChars) return `has a pattern of more than ${OUTSIDE.patternChars} characters`
  if (text.length > OUTSIDE.patternTextChars)
    return `is longer than the ${OUTSIDE.patternTextChars} characters a pattern is tried on`
  try {
    const known = compile(engine, pattern)
    const fits = (one: string): boolean => known.matcher(one).find()
    if (fits(text)) return undefined
    const isHelp = example !== undefined && example.length <= OUTSIDE.patternTextChars && fits(example)
    return isHelp ? `must look like ${example}: it must match ${pattern}` : `must match ${pattern}`
  } catch {
    return `has a pattern that cannot be tried (${pattern}): look-around, back references and repeats above 1,000 are not known`
  }
}

function compile(re2: typeof RE2JS, pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known) return known
  const made = re2.compile(re2.translateRegExp(pattern))
  if (compiled.size >= MOST_KEPT) compiled.clear()
  compiled.set(pattern, made)
  return made
}
