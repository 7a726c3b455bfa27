import type { Listing } from '../model/listing.ts'
import { editDistance, normalised, wordsOf } from './words.ts'

const AT_MOST = 3

/** What is known of the item that is missing: at least its name. */
export type Missing = Pick<Listing, 'name'> & Partial<Pick<Listing, 'id' | 'kind' | 'tags' | 'categories' | 'services'>>

/** Up to `most` other listings near a missing one: by name, shared tags, categories and services, and kind (S8.7). */
export function similar(missing: Missing, listings: readonly Listing[], most = AT_MOST): Listing[] {
  const name = normalised(missing.name)
  const words = new Set(wordsOf(missing.name))
  const marks = new Set(marksOf(missing))
  const scored = listings
    .filter((listing) => listing.id !== missing.id)
    .map((listing) => {
      const distance = editDistance(name, normalised(listing.name), 3)
      const sharedWords = wordsOf(listing.name).filter((word) => words.has(word)).length
      const sharedMarks = marksOf(listing).filter((mark) => marks.has(mark)).length
      const near = (4 - distance) * 3 + sharedWords * 4 + sharedMarks * 2
      return { listing, score: near > 0 && listing.kind === missing.kind ? near + 1 : near }
    })
  return scored
    .filter((one) => one.score > 0)
    .toSorted((a, b) => b.score - a.score || (a.listing.id < b.listing.id ? -1 : 1))
    .slice(0, most)
    .map((one) => one.listing)
}

const marksOf = (item: Missing): string[] =>
  [...(item.tags ?? []), ...(item.categories ?? []), ...(item.services ?? [])].map((mark) => mark.toLowerCase())
