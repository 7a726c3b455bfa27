import type { Listing } from '../model/listing.ts'
import { byName } from '../model/listing-order.ts'
import type { Query } from '../model/query.ts'
import type { Batch } from './registry.ts'

/** Names that contain all words of the question: the rough filter for an answer from what is cached. */
export const matches = (listing: Listing, query: Query): boolean => {
  const text = [listing.name, listing.title, listing.description, ...listing.tags, ...listing.categories]
    .join(' ')
    .toLowerCase()
  const categories = query.filters.category ?? []
  return (
    query.text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word)) &&
    (categories.length === 0 || categories.some((one) => listing.categories.includes(one)))
  )
}

/** What came of a list, and after it what an older list has besides. */
export function filledUp(part: Batch, older: Batch): Batch {
  const newIds = new Set(part.listings.map((one) => one.id))
  const rest = older.listings.filter((one) => !newIds.has(one.id))
  return rest.length === 0 ? part : { ...part, listings: [...part.listings, ...rest], newIds }
}

/** Categories with the number of items in each, by name. */
export const countCategories = (listings: readonly Listing[]): { name: string; count: number }[] => {
  const counts = new Map<string, number>()
  for (const name of listings.flatMap((one) => one.categories)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts].map(([name, count]) => ({ name, count })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** By name; a plugin's protocol may hand over what is no listing, which those who read it will refuse. */
export const inOrder = (listings: Listing[]): Listing[] =>
  Array.isArray(listings) && listings.every((one) => typeof one?.name === 'string')
    ? listings.toSorted(byName)
    : listings
