import { lettersOf, type TextIndex } from './text-index.ts'
import { EXACT, FIELD_WEIGHT, FIELDS, INSIDE, PREFIX, TWO_TYPOS, TYPO } from './weights.ts'
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

/** `exact`: the word itself. `direct`: also words that begin with it or hold it. `typo`: words a few slips away. */
export type How = 'exact' | 'direct' | 'typo'

const WEIGHTS = FIELDS.map((field) => FIELD_WEIGHT[field])

/** Puts into `rows` the best score of each row for one typed word; what is better there stays. */
export function scoreTerm(
  { index, rowOf }: { index: TextIndex; rowOf: Uint32Array },
  term: string,
  how: How,
  rows: Float32Array,
): void {
  const { words, letters, starts, postings } = index
  const wanted = lettersOf(term)
  const most = how === 'typo' ? allowedTypos(term) : 0
  const match = how === 'direct' ? directMatch : typoMatch
  for (let id = 0; id < words.length; id++) {
    if (bitsIn(wanted & ~(letters[id] ?? 0)) > most) continue
    const word = words[id] ?? ''
    const quality = how === 'exact' ? (word === term ? EXACT : 0) : match(term, word)
    if (quality === 0) continue
    const end = starts[id + 1] ?? 0
    for (let at = starts[id] ?? 0; at < end; at++) {
      const posting = postings[at] ?? 0
      const score = quality * (WEIGHTS[posting & 7] ?? 0)
      const row = rowOf[posting >>> 3] ?? 0
      if (score > (rows[row] ?? 0)) rows[row] = score
    }
  }
}

function bitsIn(value: number): number {
  let bits = 0
  for (let left = value; left !== 0; left &= left - 1) bits++
  return bits
}
