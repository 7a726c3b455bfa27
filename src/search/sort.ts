import type { Listing } from '../model/listing.ts'
import type { Sort } from '../model/query.ts'
import type { MergedSet } from './merge.ts'

export const SORT_LABELS: { id: Sort; label: string }[] = [
  { id: 'relevance', label: 'Relevance' },
  { id: 'name', label: 'Name' },
  { id: 'downloads', label: 'Downloads' },
  { id: 'rating', label: 'Rating' },
  { id: 'updated', label: 'Last updated' },
  { id: 'score', label: 'Quality score' },
]

type Figure = (listing: Listing) => number | undefined
const updatedOf: Figure = ({ updatedAt }) => {
  const at = updatedAt === undefined ? Number.NaN : Date.parse(updatedAt)
  return Number.isNaN(at) ? undefined : at
}

/** The figures a sort compares, largest meaning most; undefined where the registry gives none. */
const FIGURES: Record<Exclude<Sort, 'relevance' | 'name'>, Figure[]> = {
  downloads: [(listing) => listing.downloads],
  // Of equal ratings the one that more people gave comes first.
  rating: [(listing) => listing.rating, (listing) => listing.ratingCount],
  updated: [updatedOf],
  score: [(listing) => listing.score],
}

export interface SortBy {
  sort: Sort
  order?: 'asc' | 'desc' | undefined
  score: (row: number) => number
  /** How many rows in order are wanted; all of them by default. */
  most?: number | undefined
}

/**
 * The first rows in order. Rows are numbered by name and id, which settles every tie, in either direction.
 * Names rise and everything else falls unless `order` says so; what is unknown always comes last.
 */
export function sortRows(rows: Uint32Array, { leads }: MergedSet, by: SortBy): Uint32Array {
  const turn = (by.order ?? (by.sort === 'name' ? 'asc' : 'desc')) === 'asc' ? -1 : 1
  const most = by.most ?? rows.length
  // The rows come by number, which is by name.
  if (by.sort === 'name') return (turn < 0 ? rows : rows.toReversed()).slice(0, most)
  const keysOf = (of: (row: number) => number | undefined): Float64Array => {
    const keys = new Float64Array(rows.length)
    for (let at = 0; at < keys.length; at++) {
      const key = turn * (of(rows[at] ?? 0) ?? Number.NaN)
      keys[at] = Number.isNaN(key) ? -Infinity : key
    }
    return keys
  }
  const keys =
    by.sort === 'relevance'
      ? [keysOf(by.score)]
      : FIGURES[by.sort].map((figure) => keysOf((row) => figure(leads[row] as Listing)))
  const before = (a: number, b: number): number => {
    for (const one of keys) {
      const left = one[a] ?? 0
      const right = one[b] ?? 0
      if (left !== right) return left > right ? -1 : 1
    }
    return a - b
  }
  return firstOf(rows.length, most, before).map((at) => rows[at] ?? 0)
}

/** The first `most` of the numbers below `count`, in order; one pass with a heap when few of many are wanted. */
function firstOf(count: number, most: number, before: (a: number, b: number) => number): Uint32Array {
  if (most * 4 >= count) {
    const all = new Uint32Array(count)
    for (let at = 0; at < count; at++) all[at] = at
    return all.toSorted(before).subarray(0, most)
  }
  // The last of the chosen is on top, so that most numbers are refused by one comparison.
  const heap = new Uint32Array(most)
  const sink = (from: number): void => {
    const moved = heap[from] ?? 0
    let at = from
    for (;;) {
      let child = 2 * at + 1
      if (child >= most) break
      if (child + 1 < most && before(heap[child + 1] ?? 0, heap[child] ?? 0) > 0) child++
      if (before(heap[child] ?? 0, moved) <= 0) break
      heap[at] = heap[child] ?? 0
      at = child
    }
    heap[at] = moved
  }
  for (let at = 0; at < most; at++) heap[at] = at
  for (let at = (most >>> 1) - 1; at >= 0; at--) sink(at)
  for (let next = most; next < count; next++) {
    if (before(next, heap[0] ?? 0) >= 0) continue
    heap[0] = next
    sink(0)
  }
  return heap.toSorted(before)
}
