import type { Marketplace } from '../../marketplace.ts'
import type { Catalog } from '../../model/catalog.ts'

const holds = (catalog: Catalog, id: string): boolean => catalog.rows.some((row) => row.listing.id === id)

/**
 * The page of a catalog on which a row stands: what arrives before it must not take it from under the cursor. The same
 * catalog when the row is on it, or nowhere any more.
 */
export function pageOf(marketplace: Marketplace, catalog: Catalog, id: string | undefined): Catalog {
  const { query, rows, total, sources, complete } = catalog
  if (id === undefined || rows.length >= total || holds(catalog, id)) return catalog
  const all = marketplace.peek({ ...query, offset: 0, limit: 0 })
  const index = all.rows.findIndex((row) => row.listing.id === id)
  if (index < 0) return catalog
  // In the middle of its page it has neighbours on both sides, so that its line on the screen can stay too.
  const offset = Math.max(0, Math.min(index - Math.floor(query.limit / 2), total - query.limit))
  return { ...marketplace.peek({ ...query, offset }), sources, complete }
}
