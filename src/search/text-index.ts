import type { Listing } from '../model/listing.ts'
import { EXACT, FIELD_WEIGHT, FIELDS, fieldText, INSIDE, PREFIX, TWO_TYPOS, TYPO } from './weights.ts'
import { allowedTypos, editDistance, wordsOf } from './words.ts'

/**
 * A word index of one set of listings. Every distinct word stands once with the listings that hold it, so a key press
 * looks at words instead of listings. Postings are packed as `listing * 8 + field`.
 */
export interface TextIndex {
  words: string[]
  /** Which letters a word holds, one bit each; rules out most words before any edit is counted. */
  letters: Uint32Array
  starts: Uint32Array
  postings: Uint32Array
  names: string[]
  titles: string[]
}

const indexes = new WeakMap<readonly Listing[], TextIndex>()

/** The index of a set, built once for each array: typing asks the same array again and again. */
export function textIndexOf(listings: readonly Listing[]): TextIndex {
  const known = indexes.get(listings)
  if (known) return known
  const built = buildIndex(listings)
  indexes.set(listings, built)
  return built
}

function buildIndex(listings: readonly Listing[]): TextIndex {
  const ids = new Map<string, number>()
  const words: string[] = []
  const lastSeen: number[] = []
  const counts: number[] = []
  const pairs: number[] = []
  const names: string[] = []
  const titles: string[] = []
  const add = (word: string, listing: number, field: number): void => {
    let id = ids.get(word)
    if (id === undefined) {
      id = words.length
      ids.set(word, id)
      words.push(word)
      lastSeen.push(-1)
      counts.push(0)
    }
    // Fields come heaviest first, so the first sight of a word in a listing is its best one.
    if (lastSeen[id] === listing) return
    lastSeen[id] = listing
    counts[id] = (counts[id] ?? 0) + 1
    pairs.push(id, listing * 8 + field)
  }
  for (const [at, listing] of listings.entries()) {
    for (const [field, name] of FIELDS.entries()) {
      const found = wordsOf(fieldText(listing, name))
      if (name === 'name') names.push(found.join(' '))
      if (name === 'title') titles.push(found.join(' '))
      for (const word of found) add(word, at, field)
      // `cosmosdb` finds `cosmos-db` too.
      if (field < 2 && found.length > 1) add(found.join(''), at, field)
    }
  }
  return { words, letters: Uint32Array.from(words, lettersOf), names, titles, ...pack(counts, pairs) }
}

function pack(counts: readonly number[], pairs: readonly number[]): Pick<TextIndex, 'starts' | 'postings'> {
  const starts = new Uint32Array(counts.length + 1)
  for (const [id, count] of counts.entries()) starts[id + 1] = (starts[id] ?? 0) + count
  const next = starts.slice()
  const postings = new Uint32Array(pairs.length / 2)
  for (let at = 0; at < pairs.length; at += 2) {
    const id = pairs[at] ?? 0
    const place = next[id] ?? 0
    postings[place] = pairs[at + 1] ?? 0
    next[id] = place + 1
  }
  return { starts, postings }
}

function lettersOf(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at++) bits |= 1 << (word.charCodeAt(at) & 31)
  return bits
}

function bitsIn(value: number): number {
  let bits = 0
  for (let left = value; left !== 0; left &= left - 1) bits++
  return bits
}

/** How well a word of a listing answers a typed word, 0 for not at all. */
export function directMatch(term: string, word: string): number {
  if (word === term) return EXACT
  if (word.startsWith(term)) return PREFIX + 0.2 * (term.length / word.length)
  return term.length > 2 && word.includes(term) ? INSIDE : 0
}

/** The same when slips are allowed. A slip in a half-typed word counts a little less than in a whole one. */
export function typoMatch(term: string, word: string): number {
  const most = allowedTypos(term)
  if (most === 0 || word.length < 3) return 0
  const whole = editDistance(term, word, most)
  if (whole <= most) return whole <= 1 ? TYPO : TWO_TYPOS
  const start = editDistance(term, word, most, true)
  return start > most ? 0 : (start <= 1 ? TYPO : TWO_TYPOS) * 0.8
}

export type How = 'exact' | 'direct' | 'typo'

/** The best score of each listing for one typed word, by listing number. */
export function scoreTerm(index: TextIndex, term: string, how: How, into: Float32Array): void {
  const letters = lettersOf(term)
  const most = allowedTypos(term)
  for (let id = 0; id < index.words.length; id++) {
    const word = index.words[id] ?? ''
    let quality = 0
    if (how === 'exact') quality = word === term ? EXACT : 0
    else if (how === 'direct') quality = directMatch(term, word)
    else if (bitsIn(letters & ~(index.letters[id] ?? 0)) <= most) quality = typoMatch(term, word)
    if (quality === 0) continue
    const end = index.starts[id + 1] ?? 0
    for (let at = index.starts[id] ?? 0; at < end; at++) {
      const posting = index.postings[at] ?? 0
      const score = quality * (WEIGHTS[posting & 7] ?? 0)
      if (score > (into[posting >>> 3] ?? 0)) into[posting >>> 3] = score
    }
  }
}

const WEIGHTS = FIELDS.map((field) => FIELD_WEIGHT[field])
