import type { Listing } from '../model/listing.ts'
import { FIELDS, fieldTexts } from './weights.ts'
import { readWords } from './words.ts'

/** For each listing a run of word numbers, one after the other. */
export interface Lines {
  starts: Uint32Array
  words: Uint32Array
}

/**
 * A word index of one set of listings. Every distinct word stands once with the listings that hold it, so a key press
 * looks at words instead of listings. Postings are packed as `listing * 8 + field`.
 */
export interface TextIndex {
  words: string[]
  /** Which letters a word holds, one bit each; rules out most words before any is compared. */
  letters: Uint32Array
  starts: Uint32Array
  postings: Uint32Array
  names: Lines
  /** Empty for a listing whose title is its name. */
  titles: Lines
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

const TITLE = FIELDS.indexOf('title')

function buildIndex(listings: readonly Listing[]): TextIndex {
  const ids = new Map<string, number>()
  const words: string[] = []
  const lastSeen: number[] = []
  const counts: number[] = []
  const pairs: number[] = []
  const idOf = (word: string): number => {
    const known = ids.get(word)
    if (known !== undefined) return known
    const id = words.push(word) - 1
    ids.set(word, id)
    lastSeen.push(-1)
    counts.push(0)
    return id
  }
  let posting = 0
  const see = (id: number): void => {
    // Fields come heaviest first, so the first sight of a word in a listing is its best one.
    const listing = posting >>> 3
    if (lastSeen[id] === listing) return
    lastSeen[id] = listing
    counts[id] = (counts[id] ?? 0) + 1
    pairs.push(id, posting)
  }
  const lines = [emptyLines(listings.length), emptyLines(listings.length)] as const
  for (let at = 0; at < listings.length; at++) {
    const listing = listings[at] as Listing
    for (let field = 0; field < FIELDS.length; field++) {
      posting = at * 8 + field
      const line = lines[field]
      const texts = field === TITLE && listing.title === listing.name ? [] : fieldTexts(listing, FIELDS[field])
      for (const text of texts) readWords(text, (word) => see(line ? line.add(idOf(word)) : idOf(word)))
      // `cosmosdb` finds `cosmos-db` too.
      const joined = line?.end(at, words)
      if (joined !== undefined) see(idOf(joined))
    }
  }
  const [names, titles] = [lines[0].done(), lines[1].done()]
  return { words, letters: Uint32Array.from(words, lettersOf), names, titles, ...pack(counts, pairs) }
}

function emptyLines(count: number): {
  add(word: number): number
  /** Ends a line; answers its words joined to one when there are several. */
  end(at: number, words: readonly string[]): string | undefined
  done(): Lines
} {
  const starts = new Uint32Array(count + 1)
  const found: number[] = []
  return {
    add: (word) => (found.push(word), word),
    end(at, words) {
      starts[at + 1] = found.length
      const from = starts[at] ?? 0
      if (found.length - from < 2) return undefined
      let joined = ''
      for (let next = from; next < found.length; next++) joined += words[found[next] ?? 0] ?? ''
      return joined
    },
    done: () => ({ starts, words: Uint32Array.from(found) }),
  }
}

function pack(counts: readonly number[], pairs: readonly number[]): Pick<TextIndex, 'starts' | 'postings'> {
  const starts = new Uint32Array(counts.length + 1)
  for (let id = 0; id < counts.length; id++) starts[id + 1] = (starts[id] ?? 0) + (counts[id] ?? 0)
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

/** The letters of a word as bits; characters far apart may share one. */
export function lettersOf(word: string): number {
  let bits = 0
  for (let at = 0; at < word.length; at++) bits |= 1 << (word.charCodeAt(at) & 31)
  return bits
}
