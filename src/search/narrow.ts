import type { Listing } from '../model/listing.ts'
import { hitsOf, type How } from './hits.ts'
import { numberOf, numbersOf } from './item-keys.ts'
import type { Parts } from './merge.ts'
import type { IndexOf } from './partial-index.ts'
import { ENOUGH, termsOf } from './rank.ts'
import { synonymsOf } from './synonyms.ts'
import { textIndexOf } from './text-index.ts'
import { allowedTypos } from './words.ts'

/**
 * Which places of each array bear on a text: the listings that hold one of its words, with slips or by another name where
 * these may count, and the same items of other registries, whose offers belong to the row. More than needed is no fault,
 * less would be: no other listing can be in the answer or change it. (What a facet's values are called depends on all
 * listings; the arrays of a narrow set are whole, only its rows are fewer.)
 */
export function narrowing(
  { arrays, isAlone }: Parts,
  text: string,
  indexOf: IndexOf,
): (listings: readonly Listing[]) => Uint32Array {
  const masks: Masks = new Map()
  const mark = (term: string, how: How): void => {
    for (const listings of arrays) {
      const { at: places } = hitsOf((how === 'typo' ? textIndexOf : indexOf)(listings), term, how)
      if (places.length === 0) continue
      const mask = maskOf(masks, listings)
      for (const at of places) mask[at] = 1
    }
  }
  const terms = termsOf(text)
  for (const term of terms) {
    mark(term, 'direct')
    if (allowedTypos(term) > 0 && !isHeldByEnough(arrays, term, indexOf)) mark(term, 'typo')
    for (const word of synonymsOf(term, terms).flat()) mark(word, 'exact')
  }
  if (!isAlone) markSame(masks, arrays)
  return (listings) => markedOf(masks.get(listings))
}

/** The marked places of those arrays that have any. */
type Masks = Map<readonly Listing[], Uint8Array>

function maskOf(masks: Masks, listings: readonly Listing[]): Uint8Array {
  let mask = masks.get(listings)
  if (!mask) masks.set(listings, (mask = new Uint8Array(listings.length)))
  return mask
}

/** Whether so many items hold a word as typed that no slips are looked for. */
function isHeldByEnough(arrays: Parts['arrays'], term: string, indexOf: IndexOf): boolean {
  const items = new Set<number>()
  for (const listings of arrays) {
    for (const at of hitsOf(indexOf(listings), term, 'direct').at) {
      items.add(numberOf((listings[at] as Listing).name))
      if (items.size >= ENOUGH) return true
    }
  }
  return false
}

/** Marks what may be the same item as one that is marked. */
function markSame(masks: Masks, arrays: Parts['arrays']): void {
  const wanted = new Set<number>()
  for (const [listings, mask] of masks) {
    const numbers = numbersOf(listings)
    for (let at = 0; at < mask.length; at++) if (mask[at] === 1) wanted.add(numbers[at] ?? 0)
  }
  for (const listings of arrays) {
    const numbers = numbersOf(listings)
    for (let at = 0; at < numbers.length; at++) if (wanted.has(numbers[at] ?? 0)) maskOf(masks, listings)[at] = 1
  }
}

const NONE = new Uint32Array()

function markedOf(mask: Uint8Array | undefined): Uint32Array {
  if (!mask) return NONE
  const places = new Uint32Array(mask.length)
  let count = 0
  for (let at = 0; at < mask.length; at++) if (mask[at] === 1) places[count++] = at
  return places.slice(0, count)
}
