import type { Listing } from '../model/listing.ts'
import { synonymsOf } from './synonyms.ts'
import { buildIndex, knownIndexOf, type Reading, type TextIndex, textIndexOf } from './text-index.ts'
import { anyText } from './weights.ts'
import { MOST_CHARS, readWords } from './words.ts'

/** Where the words of one question are looked up: an index of each set. Slips need the whole index of a set. */
export type IndexOf = (listings: readonly Listing[]) => TextIndex

/** A set of fewer is read whole at once: it takes a few ms. */
const LONG = 2000
/** So often a long set is asked in part before it is worth an index: that takes as long as several such questions. */
const IN_PART = 4
const timesAsked = new WeakMap<readonly Listing[], number>()

/**
 * Indexes for the words of a question and their other names. What has no index yet is not read whole for the first
 * question of all, which would keep somebody waiting who types into a list that was just opened, nor by a process that
 * asks nothing more (`isOnce`): only what holds one of the words is read.
 */
export function indexesFor(terms: readonly string[], isOnce: boolean): IndexOf {
  const words = [...new Set(terms.flatMap((term) => [term, ...synonymsOf(term, terms).flat()]))]
  const built = new Map<readonly Listing[], TextIndex>()
  const build = (listings: readonly Listing[]): TextIndex => {
    const asked = timesAsked.get(listings) ?? 0
    if (!isOnce && (listings.length < LONG || asked >= IN_PART)) return textIndexOf(listings)
    timesAsked.set(listings, asked + 1)
    return buildIndex(listings, readingOf(words))
  }
  return (listings) => {
    const index = built.get(listings) ?? knownIndexOf(listings) ?? build(listings)
    built.set(listings, index)
    return index
  }
}

/**
 * Reads the words that hold one of these, and names that do, also in several words that count joined, as a whole. What
 * is written beyond ASCII may be spelled in other ways: it is read in any case.
 */
function readingOf(words: readonly string[]): Reading {
  const joined = words.map((word) => word.split('').join('[^a-z0-9]*')).join('|')
  const held = new RegExp(`${BEYOND_ASCII.source}|${joined}`, 'i')
  const test = (text: string): boolean => held.test(text)
  return {
    concerns: (listing) => anyText(listing, test),
    readText(text, isName, call) {
      if (!held.test(text)) return
      if (isName || BEYOND_ASCII.test(text)) readWords(text, call)
      else {
        const lower = text.slice(0, MOST_CHARS).toLowerCase()
        for (const word of words) callHolding(lower, word, call)
      }
    },
  }
}
const BEYOND_ASCII = /[^\0-\x7f]/

/** Calls with each word of an ASCII text that holds a part. */
function callHolding(text: string, part: string, call: (word: string) => unknown): void {
  let end = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, end)) {
    let from = at
    while (from > end && isInWord(text.charCodeAt(from - 1))) from--
    end = at + part.length
    while (isInWord(text.charCodeAt(end))) end++
    call(text.slice(from, end))
  }
}

const isInWord = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
