import { directMatch, typoMatch } from './match.ts'
import { lettersOf, type TextIndex } from './text-index.ts'
import { EXACT, FIELD_WEIGHT, FIELDS } from './weights.ts'
import { allowedTypos } from './words.ts'

/** `exact`: the word itself. `direct`: also words that begin with it or hold it. `typo`: words a few slips away. */
export type How = 'exact' | 'direct' | 'typo'

/** The places of one array whose listings hold a typed word, each once, and what that counts. */
export interface Hits {
  at: Uint32Array
  score: Float32Array
}

const WEIGHTS = FIELDS.map((field) => FIELD_WEIGHT[field])

/** Questions kept for each index: the words of one line with their slips and other names. */
const MOST_KEPT = 12
const kept = new WeakMap<TextIndex, Map<string, Hits>>()

/** Looked up once for each array: when one registry answers, no word is looked for again in what the others said. */
export function hitsOf(index: TextIndex, term: string, how: How): Hits {
  let known = kept.get(index)
  if (!known) kept.set(index, (known = new Map()))
  const question = `${how} ${term}`
  const before = known.get(question)
  if (before) return before
  const hits = findHits(index, term, how)
  const [oldest] = known.size >= MOST_KEPT ? known.keys() : []
  if (oldest !== undefined) known.delete(oldest)
  known.set(question, hits)
  return hits
}

// Best score and list of the listings seen, used again by every call; the scores are left at zero.
let best = new Float32Array(256)
let seen = new Uint32Array(256)

function findHits({ words, letters, starts, postings, names }: TextIndex, term: string, how: How): Hits {
  const listings = names.starts.length - 1
  if (best.length < listings) [best, seen] = [new Float32Array(listings), new Uint32Array(listings)]
  const wanted = lettersOf(term)
  const most = how === 'typo' ? allowedTypos(term) : 0
  const match = how === 'direct' ? directMatch : typoMatch
  let count = 0
  for (let id = 0; id < words.length; id++) {
    if (bitsIn(wanted & ~(letters[id] ?? 0)) > most) continue
    const word = words[id] ?? ''
    const quality = how === 'exact' ? (word === term ? EXACT : 0) : match(term, word)
    if (quality === 0) continue
    const end = starts[id + 1] ?? 0
    for (let next = starts[id] ?? 0; next < end; next++) {
      const posting = postings[next] ?? 0
      const at = posting >>> 3
      const score = quality * (WEIGHTS[posting & 7] ?? 0)
      const before = best[at] ?? 0
      if (before === 0) seen[count++] = at
      if (score > before) best[at] = score
    }
  }
  const hits: Hits = { at: seen.slice(0, count), score: new Float32Array(count) }
  for (let nth = 0; nth < count; nth++) {
    const at = seen[nth] ?? 0
    hits.score[nth] = best[at] ?? 0
    best[at] = 0
  }
  return hits
}

function bitsIn(value: number): number {
  let bits = 0
  for (let left = value; left !== 0; left &= left - 1) bits++
  return bits
}
