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

/** Indexes that are being built in steps. */
const begun = new WeakMap<readonly Listing[], IndexBuilding>()

/** The index of a set, built once for each array: typing asks the same array again and again. */
export function textIndexOf(listings: readonly Listing[]): TextIndex {
  let index = indexes.get(listings)
  while (!index) index = buildOn(listings, listings.length)
  return index
}

/** Reads some more listings of a set; answers its index when that is complete. */
export function buildOn(listings: readonly Listing[], some: number): TextIndex | undefined {
  const known = indexes.get(listings)
  if (known) return known
  const building = begun.get(listings) ?? new IndexBuilding(listings)
  begun.set(listings, building)
  if (!building.read(some)) return undefined
  const built = building.done()
  begun.delete(listings)
  indexes.set(listings, built)
  return built
}

/** The index of a set if it was built before. */
export const knownIndexOf = (listings: readonly Listing[]): TextIndex | undefined => indexes.get(listings)

const TITLE = FIELDS.indexOf('title')

/** Blocks that are used again: most sets are small, and to make a block takes as long as to fill it. */
const free: Uint32Array<ArrayBuffer>[] = []
/** Largest block kept for that, and how many are, enough for one building. */
const [KEPT_LENGTH, MOST_FREE] = [1 << 12, 4]

/**
 * Numbers in a growing block of memory; a plain list of millions of them keeps the garbage collector busy, and so would
 * large blocks for the many small sets.
 */
class Numbers {
  #block = free.pop() ?? new Uint32Array(1 << 8)
  length = 0

  push(value: number): void {
    if (this.length === this.#block.length) {
      const larger = new Uint32Array(this.length * 2)
      larger.set(this.#block)
      this.#block = larger
    }
    this.#block[this.length++] = value
  }
  at(place: number): number {
    return this.#block[place] ?? 0
  }
  /** Answers whether that is a change. */
  set(place: number, value: number): boolean {
    if (this.#block[place] === value) return false
    this.#block[place] = value
    return true
  }
  /** What is in it; nothing may be put into it any more. */
  done(): Uint32Array {
    const numbers = this.#block.slice(0, this.length)
    if (this.#block.length <= KEPT_LENGTH && free.length < MOST_FREE) free.push(this.#block)
    this.#block = numbers
    return numbers
  }
}

/** What of the listings an index knows. */
export interface Reading {
  /** Whether any text of a listing is read. */
  concerns(listing: Listing): boolean
  /** Calls with the words of a text that the index is to know. */
  readText(text: string, isName: boolean, call: (word: string) => unknown): void
}

const WHOLE: Reading = {
  concerns: () => true,
  readText: (text, _isName, call) => readWords(text, call),
}

/** An index of what a reading gives, kept nowhere. */
export function buildIndex(listings: readonly Listing[], reading: Reading): TextIndex {
  const building = new IndexBuilding(listings, reading)
  building.read(listings.length)
  return building.done()
}

/** An index on the way: listings are read in their order, as many at a time as one likes. */
class IndexBuilding {
  readonly #listings: readonly Listing[]
  readonly #reading: Reading
  readonly #ids = new Map<string, number>()
  readonly #words: string[] = []
  readonly #lastSeen = new Numbers()
  readonly #pairs = new Numbers()
  readonly #names: ReturnType<typeof openLines>
  readonly #titles: ReturnType<typeof openLines>
  #posting = 0
  #next = 0

  constructor(listings: readonly Listing[], reading = WHOLE) {
    this.#listings = listings
    this.#reading = reading
    this.#names = openLines(listings.length, this.#words)
    this.#titles = openLines(listings.length, this.#words)
  }

  /** Reads some more; true when all are read. */
  read(some: number): boolean {
    const end = Math.min(this.#listings.length, this.#next + some)
    const listings = this.#listings
    const { concerns } = this.#reading
    for (let at = this.#next; at < end; at++) if (concerns(listings[at] as Listing)) this.#readListing(at)
    this.#next = end
    return end === listings.length
  }

  done(): TextIndex {
    const words = this.#words
    const letters = new Uint32Array(words.length)
    for (let id = 0; id < words.length; id++) letters[id] = lettersOf(words[id] ?? '')
    const packed = pack(words.length, this.#pairs.done())
    this.#lastSeen.done()
    return { words, letters, names: this.#names.done(), titles: this.#titles.done(), ...packed }
  }

  #readListing(at: number): void {
    const listing = this.#listings[at] as Listing
    for (let field = 0; field < FIELDS.length; field++) {
      this.#posting = at * 8 + field
      const line = field === 0 ? this.#names : field === TITLE ? this.#titles : undefined
      const call = field === 0 ? this.#seeInName : field === TITLE ? this.#seeInTitle : this.#see
      if (field !== TITLE || listing.title !== listing.name) {
        for (const text of fieldTexts(listing, FIELDS[field])) this.#reading.readText(text, line !== undefined, call)
      }
      // `cosmosdb` finds `cosmos-db` too.
      const joined = line?.end(at)
      if (joined !== undefined) this.#see(joined)
    }
  }

  readonly #see = (word: string): number => {
    let id = this.#ids.get(word)
    if (id === undefined) {
      id = this.#words.push(word) - 1
      this.#ids.set(word, id)
      this.#lastSeen.push(0)
    }
    // Fields come heaviest first, so the first sight of a word in a listing is its best one.
    if (this.#lastSeen.set(id, (this.#posting >>> 3) + 1)) {
      this.#pairs.push(id)
      this.#pairs.push(this.#posting)
    }
    return id
  }
  readonly #seeInName = (word: string): void => this.#names.words.push(this.#see(word))
  readonly #seeInTitle = (word: string): void => this.#titles.words.push(this.#see(word))
}

function openLines(count: number, words: readonly string[]) {
  const starts = new Uint32Array(count + 1)
  const found = new Numbers()
  let ended = 0
  let from = 0
  return {
    words: found,
    /** Ends a line, those left out before it being empty; answers its words joined to one when there are several. */
    end(at: number): string | undefined {
      if (ended < at) starts.fill(from, ended + 1, at + 1)
      ended = at + 1
      starts[ended] = found.length
      const first = from
      from = found.length
      if (from - first < 2) return undefined
      let joined = ''
      for (let next = first; next < from; next++) joined += words[found.at(next)] ?? ''
      return joined
    },
    done: (): Lines => ({ starts: starts.fill(from, ended + 1), words: found.done() }),
  }
}

/** The pairs of word and posting as one run of postings for each word. */
function pack(count: number, pairs: Uint32Array): Pick<TextIndex, 'starts' | 'postings'> {
  const starts = new Uint32Array(count + 1)
  for (let at = 0; at < pairs.length; at += 2) {
    const id = pairs[at] ?? 0
    starts[id + 1] = (starts[id + 1] ?? 0) + 1
  }
  for (let id = 0; id < count; id++) starts[id + 1] = (starts[id + 1] ?? 0) + (starts[id] ?? 0)
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
