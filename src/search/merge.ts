import type { Listing } from '../model/listing.ts'
import type { SourceAnswer } from './federate.ts'

/** One item with its offers, leading one first. */
export interface Merged {
  listing: Listing
  offers: Listing[]
  /** Age of the leading offer's answer, ms, when that answer is stale. */
  staleMs?: number
}

export interface MergedSet {
  /** By name and then id: the place in here is the tie-break of every sort. */
  rows: Merged[]
  /** For each source in the order it was merged: its listings, and the row each of them went into. */
  parts: { listings: readonly Listing[]; rowOf: Uint32Array }[]
}

export interface MergeOptions {
  noMerge: boolean
  defaultRegistry?: string | undefined
  /** Registry names, first one leading. Others follow by name. */
  order: readonly string[]
}

/** Default registry first, then the given order, then by name: never by who answered first. */
function byLead(options: MergeOptions): (a: SourceAnswer, b: SourceAnswer) => number {
  const place = (name: string): number => {
    if (name === options.defaultRegistry) return -1
    const at = options.order.indexOf(name)
    return at < 0 ? options.order.length : at
  }
  return (a, b) =>
    place(a.source.registry) - place(b.source.registry) || (a.source.registry < b.source.registry ? -1 : 1)
}

/** Kind and name without case and separators: `Cosmos_DB` and `cosmos-db` of one kind are one item (C17). */
const keyOf = (listing: Listing): string =>
  `${listing.kind.toLowerCase()}\n${listing.name.toLowerCase().replaceAll(/[\s_.]+/g, '-')}`

const STALE = new Set(['stale', 'slow'])

/** Same kind and name from several registries become one row. Two items of one registry are never one row. */
export function merge(answers: readonly SourceAnswer[], options: MergeOptions): MergedSet {
  const found: Merged[] = []
  const byKey = new Map<string, Merged>()
  const parts: { listings: readonly Listing[]; rows: Merged[] }[] = []
  for (const { source, listings, ageMs } of answers.toSorted(byLead(options))) {
    const rows = listings.map((listing) => {
      const key = keyOf(listing)
      const same = options.noMerge ? undefined : byKey.get(key)
      if (same && same.offers.at(-1)?.registry !== listing.registry) {
        same.offers.push(listing)
        return same
      }
      const row: Merged = { listing, offers: [listing] }
      if (STALE.has(source.state) && ageMs !== undefined) row.staleMs = ageMs
      found.push(row)
      if (!same) byKey.set(key, row)
      return row
    })
    parts.push({ listings, rows })
  }
  const keyed = found.map((row) => ({ row, name: row.listing.name.toLowerCase(), id: row.listing.id }))
  const before = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
  const rows = keyed
    .toSorted((a, b) => before(a.name, b.name) || before(a.id, b.id) || before(a.row.listing.kind, b.row.listing.kind))
    .map((one) => one.row)
  const place = new Map(rows.map((row, at) => [row, at]))
  return {
    rows,
    parts: parts.map((part) => ({
      listings: part.listings,
      rowOf: Uint32Array.from(part.rows, (row) => place.get(row) ?? 0),
    })),
  }
}
