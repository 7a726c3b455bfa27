import { EXACT, INSIDE, PREFIX, TWO_TYPOS, TYPO } from './weights.ts'
import { allowedTypos, editDistance } from './words.ts'

/** How well a word of a listing answers a typed word, 0 for not at all. */
export function directMatch(term: string, word: string): number {
  if (word === term) return EXACT
  if (word.startsWith(term)) return PREFIX + 0.2 * (term.length / word.length)
  return term.length > 2 && word.includes(term) ? INSIDE : 0
}

/** The same when slips are allowed. A slip in a half-typed word counts a little less than in a whole one. */
export function typoMatch(term: string, word: string): number {
  const most = allowedTypos(term)
  if (most === 0 || word.length < 3 || word.length < term.length - most) return 0
  const whole = editDistance(term, word, most)
  if (whole <= most) return whole <= 1 ? TYPO : TWO_TYPOS
  const start = editDistance(term, word, most, true)
  return start > most ? 0 : (start <= 1 ? TYPO : TWO_TYPOS) * 0.8
}
