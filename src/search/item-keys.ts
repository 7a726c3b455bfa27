import type { Listing } from '../model/listing.ts'

const SEPARATORS = /[\s_.]+/g
const nameKeyOf = (name: string): string => name.toLowerCase().replace(SEPARATORS, '-')

/** Kind and name without case and separators: `Cosmos_DB` and `cosmos-db` of one kind are one item (C17). */
export const keyOf = (listing: Listing): string => `${listing.kind.toLowerCase()}\n${nameKeyOf(listing.name)}`

const known = new WeakMap<readonly Listing[], Uint32Array>()

/**
 * A number for the name of each listing, made without texts in between. Names of the same key have the same number;
 * other names may share it. Read once for each array.
 */
export function numbersOf(listings: readonly Listing[]): Uint32Array {
  let numbers = known.get(listings)
  if (!numbers) {
    numbers = new Uint32Array(listings.length)
    for (let at = 0; at < listings.length; at++) numbers[at] = numberOf((listings[at] as Listing).name)
    known.set(listings, numbers)
  }
  return numbers
}

/** The number of a name: FNV-1a over lower case without separators, in 31 bits. */
export function numberOf(name: string): number {
  let hash = 0x811c_9dc5
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at)
    // Other letters have rules of their own for case, and other blanks are separators too.
    if (code > 127) return asciiNumberOf(nameKeyOf(name))
    hash = mixed(hash, code)
  }
  return hash >>> 1
}

function asciiNumberOf(key: string): number {
  let hash = 0x811c_9dc5
  for (let at = 0; at < key.length; at++) hash = mixed(hash, key.charCodeAt(at))
  return hash >>> 1
}

/** A dash, an underscore, a dot and what is white space count nothing. */
function mixed(hash: number, code: number): number {
  if (code === 45 || code === 95 || code === 46 || code === 32 || (code >= 9 && code <= 13)) return hash
  const lower = code >= 65 && code <= 90 ? code + 32 : code
  return Math.imul(hash ^ lower, 0x0100_0193)
}

/** The numbers that stand more than once: only listings with one of these can be the same item as another. */
export function repeatedNumbers(arrays: readonly (readonly Listing[])[]): Set<number> {
  const all = new Uint32Array(arrays.reduce((sum, one) => sum + one.length, 0))
  let count = 0
  for (const listings of arrays) {
    all.set(numbersOf(listings), count)
    count += listings.length
  }
  all.sort()
  const repeated = new Set<number>()
  for (let at = 1; at < all.length; at++) if (all[at] === all[at - 1]) repeated.add(all[at] ?? 0)
  return repeated
}
