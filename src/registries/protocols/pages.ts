import type { Listing } from '../../model/listing.ts'
import type { Batch, Skipped } from '../registry.ts'

/** Rows asked for at once. */
export const PAGE_ROWS = 1000
/** Most pages and most goods of one answer: what a list in a terminal can hold with sense. */
const MAX_PAGES = 50
const MAX_GOODS = 10_000

/** One page: what was read of it, and how many rows it had, readable or not. */
export interface Page extends Batch {
  rows: number
}

/** Where pages come from, and what is said when one after the first does not. */
export interface PageSource {
  fetchPage(offset: number): Promise<Page>
  /** The error for the rows that came; undefined when nobody waits for them any more, and the fault is thrown. */
  partialOf(facts: { have: number; total: number | undefined; page: number }, fault: unknown): Error | undefined
}

/**
 * Reads page after page until the total the other side names, or until a page is short when it names none. Goods of
 * one name count once. Ends at a page that brings nothing new, so a server that repeats itself for ever is left. When
 * a page after the first fails, what came before it is the answer, marked as partial.
 */
export async function readPages({ fetchPage, partialOf }: PageSource): Promise<Batch> {
  const byName = new Map<string, Listing>()
  const skipped: Skipped[] = []
  let offset = 0
  let total: number | undefined
  let partial: Error | undefined
  for (let count = 0; count < MAX_PAGES && byName.size < MAX_GOODS; count++) {
    let page: Page
    try {
      page = await fetchPage(offset)
    } catch (error) {
      partial = count === 0 ? undefined : partialOf({ have: byName.size, total, page: count + 1 }, error)
      if (!partial) throw error
      break
    }
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
  if (!partial && total !== undefined && offset < total)
    skipped.push({ item: 'the rest', reason: `it names ${total} goods; the first ${listings.length} were read` })
  return { listings, skipped, ...(total === undefined ? {} : { total }), ...(partial ? { partial } : {}) }
}
