import type { Listing } from '../../model/listing.ts'
import type { Batch, Skipped } from '../registry.ts'

/** Rows asked for at once. */
export const PAGE_ROWS = 1000
/** Most pages and most goods of one answer: what a list in a terminal can hold with sense. */
const MAX_PAGES = 10
const MAX_GOODS = 10_000

/** One page: what was read of it, and how many rows it had, readable or not. */
export interface Page extends Batch {
  rows: number
}

/**
 * Reads page after page until the total the other side names, or until a page is short when it names none. Goods of
 * one name count once. Ends at a page that brings nothing new, so a server that repeats itself for ever is left.
 */
export async function readPages(fetchPage: (offset: number) => Promise<Page>): Promise<Batch> {
  const byName = new Map<string, Listing>()
  const skipped: Skipped[] = []
  let offset = 0
  let total: number | undefined
  for (let count = 0; count < MAX_PAGES && byName.size < MAX_GOODS; count++) {
    const page = await fetchPage(offset)
    const before = byName.size
    for (const one of page.listings) if (!byName.has(one.name)) byName.set(one.name, one)
    const isRepeated = page.listings.length > 0 && byName.size === before
    if (page.rows === 0 || isRepeated) break
    skipped.push(...page.skipped)
    offset += page.rows
    total = page.total
    if (total === undefined ? page.rows < PAGE_ROWS : offset >= total) break
  }
  const listings = [...byName.values()].slice(0, MAX_GOODS)
  if (total !== undefined && offset < total)
    skipped.push({ item: 'the rest', reason: `it names ${total} goods; the first ${listings.length} were read` })
  return { listings, skipped, ...(total === undefined ? {} : { total }) }
}
