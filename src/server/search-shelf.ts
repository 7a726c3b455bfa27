import type { Listing } from '../model/listing.ts'
import type { Shelf } from './shelf.ts'

/** A question as it stands in the address of a request. */
export interface WireQuery {
  q: string
  categories: string[]
  verified: boolean
  sortBy: string
  sortOrder: string
  limit: number
  offset: number
}

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 1000

const whole = (text: string | null, fallback: number, most: number): number => {
  const value = text === null || !/^\d{1,9}$/.test(text) ? fallback : Number(text)
  return Math.min(value, most)
}

/** Reads the query; `category` may be repeated, and `categories` may be a comma list. Odd numbers get the default. */
export function wireQueryOf(parameters: URLSearchParams): WireQuery {
  const listed = (parameters.get('categories') ?? '').split(',').filter(Boolean)
  return {
    q: (parameters.get('q') ?? '').slice(0, 1000),
    categories: [...parameters.getAll('category').filter(Boolean), ...listed].slice(0, 100),
    verified: parameters.get('verified') === 'true',
    sortBy: parameters.get('sort_by') ?? 'relevance',
    sortOrder: parameters.get('sort_order') ?? '',
    limit: whole(parameters.get('limit'), DEFAULT_LIMIT, MAX_LIMIT),
    offset: whole(parameters.get('offset'), 0, 1_000_000),
  }
}

const byName = (a: Listing, b: Listing): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
const ORDERS: Record<string, (a: Listing, b: Listing) => number> = {
  rating: (a, b) => (b.rating ?? -1) - (a.rating ?? -1) || (b.ratingCount ?? -1) - (a.ratingCount ?? -1),
  popularity: (a, b) => (b.downloads ?? -1) - (a.downloads ?? -1),
  updated: (a, b) => (b.updatedAt ?? '').localeCompare(a.updatedAt ?? ''),
}

/**
 * Filtered, sorted and cut to the page asked for. By relevance when no order is asked for; other orders have unknown
 * figures last and equals by name.
 */
export function searchShelf(
  all: readonly Listing[],
  query: WireQuery,
  rank: Shelf['rank'],
): { page: Listing[]; filtered: number } {
  const isAsked = query.q.trim() !== ''
  const found = (isAsked ? rank(all, query.q) : all).filter(
    (one) =>
      (query.categories.length === 0 || query.categories.some((category) => one.categories.includes(category))) &&
      (!query.verified || one.verified === true),
  )
  const cut = (some: Listing[]) => ({
    page: some.slice(query.offset, query.offset + query.limit),
    filtered: some.length,
  })
  if (isAsked && query.sortBy === 'relevance') return cut(query.sortOrder === 'asc' ? found.toReversed() : found)
  const order = Object.hasOwn(ORDERS, query.sortBy) ? ORDERS[query.sortBy] : undefined
  const named = order ? query.sortOrder === 'asc' : query.sortOrder === 'desc'
  const sorted = found.toSorted(
    (a, b) => (order?.(a, b) ?? 0) * (named ? -1 : 1) || byName(a, b) * (!order && named ? -1 : 1),
  )
  return cut(sorted)
}
