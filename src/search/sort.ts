import type { Sort } from '../model/query.ts'
import type { Merged } from './merge.ts'

export const SORT_LABELS: { id: Sort; label: string }[] = [
  { id: 'relevance', label: 'Relevance' },
  { id: 'name', label: 'Name' },
  { id: 'downloads', label: 'Downloads' },
  { id: 'rating', label: 'Rating' },
  { id: 'updated', label: 'Last updated' },
  { id: 'score', label: 'Quality score' },
]

/** The figures a sort compares, largest meaning most; undefined where the registry gives none. */
const FIGURES: Record<Exclude<Sort, 'relevance' | 'name'>, (row: Merged) => (number | undefined)[]> = {
  downloads: ({ listing }) => [listing.downloads],
  // Of equal ratings the one that more people gave comes first.
  rating: ({ listing }) => [listing.rating, listing.ratingCount],
  updated: ({ listing }) => {
    const at = listing.updatedAt === undefined ? Number.NaN : Date.parse(listing.updatedAt)
    return [Number.isNaN(at) ? undefined : at]
  },
  score: ({ listing }) => [listing.score],
}

/**
 * Row numbers in order. Rows are numbered by name and id, which settles every tie, in either direction.
 * Names rise and everything else falls unless `order` says so; what is unknown always comes last.
 */
export function sortRows(
  numbers: readonly number[],
  rows: readonly Merged[],
  by: { sort: Sort; order?: 'asc' | 'desc' | undefined; score: (row: number) => number },
): number[] {
  const turn = (by.order ?? (by.sort === 'name' ? 'asc' : 'desc')) === 'asc' ? 1 : -1
  if (by.sort === 'name') return numbers.toSorted((a, b) => turn * (a - b))
  const of = by.sort === 'relevance' ? undefined : FIGURES[by.sort]
  const keyed = numbers.map((row) => ({ row, keys: of ? of(rows[row] as Merged) : [by.score(row)] }))
  const sorted = keyed.toSorted((a, b) => {
    for (const [at, left] of a.keys.entries()) {
      const right = b.keys[at]
      if (left === right) continue
      if (left === undefined) return 1
      if (right === undefined) return -1
      return turn * (left - right)
    }
    return a.row - b.row
  })
  return sorted.map((one) => one.row)
}
