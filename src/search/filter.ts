import { FACETS, type FacetName, type Query } from '../model/query.ts'
import { type FacetTable, facetTableOf, hasValue } from './facet-values.ts'
import type { Listing } from '../model/listing.ts'
import type { MergedSet } from './merge.ts'
import { rowsWith } from './rank.ts'

/** One condition of a query. `facet` is set for those that have counts. */
export interface Condition {
  /** Reads as typed: `category:ml`, `updated since 2025-01-01`. */
  label: string
  facet?: FacetName
  passes(row: number): boolean
}

/** A moment in ms; a bare day means its first or, with `isEnd`, its last moment (ranges are inclusive). */
function momentOf(text: string, isEnd: boolean): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text)
  return Date.parse(day ? `${text}T${isEnd ? '23:59:59.999' : '00:00:00'}Z` : text)
}

function facetCondition(table: FacetTable, facet: FacetName, wanted: readonly string[], all: boolean): Condition {
  const ids = wanted.map((value) => table.ids.get(value.toLowerCase()) ?? -1)
  const has = (row: number, id: number): boolean => hasValue(table, row, id)
  return {
    label: wanted.map((value) => `${facet}:${value}`).join(' '),
    facet,
    passes: (row) => (all ? ids.every((id) => has(row, id)) : ids.some((id) => has(row, id))),
  }
}

/** Everything a query asks of a row besides its text. Unknown dates and figures never fit a range. */
export function conditionsOf(set: MergedSet, query: Query, isInstalled: (row: number) => boolean): Condition[] {
  const conditions: Condition[] = FACETS.flatMap((facet) => {
    const wanted = query.filters[facet] ?? []
    const all = facet === 'tag' && query.allTags
    return wanted.length === 0 ? [] : [facetCondition(facetTableOf(set, facet), facet, wanted, all)]
  })
  const range = (label: string, of: (row: Listing) => number | undefined, fits: (value: number) => boolean): void => {
    const passes = (at: number): boolean => {
      const lead = set.leads[at]
      const value = lead && of(lead)
      return value !== undefined && !Number.isNaN(value) && fits(value)
    }
    conditions.push({ label, passes })
  }
  const updated = ({ updatedAt }: Listing): number | undefined =>
    updatedAt === undefined ? undefined : Date.parse(updatedAt)
  const { updatedSince, updatedBefore, minDownloads, maxDownloads, minScore, exclude } = query
  if (updatedSince) {
    const from = momentOf(updatedSince, false)
    range(`updated since ${updatedSince}`, updated, (at) => at >= from)
  }
  if (updatedBefore) {
    const to = momentOf(updatedBefore, true)
    range(`updated before ${updatedBefore}`, updated, (at) => at <= to)
  }
  const downloads = (listing: Listing): number | undefined => listing.downloads
  if (minDownloads !== undefined) range(`downloads from ${minDownloads}`, downloads, (count) => count >= minDownloads)
  if (maxDownloads !== undefined) range(`downloads to ${maxDownloads}`, downloads, (count) => count <= maxDownloads)
  if (minScore !== undefined)
    range(
      `score from ${minScore}`,
      (listing) => listing.score,
      (score) => score >= minScore,
    )
  if (query.installedOnly) {
    conditions.push({ label: 'is:installed', passes: isInstalled })
  }
  if (exclude?.length) {
    const hit = rowsWith(set, exclude)
    conditions.push({ label: exclude.map((word) => `!${word}`).join(' '), passes: (at) => hit[at] === 0 })
  }
  return conditions
}

/** What the conditions leave of the rows that match the text. */
export interface Sieve {
  passed: Uint32Array
  /** For each condition the rows that match the text and fail this condition alone. */
  nearly: number[][]
  /** Rows that match the text. */
  matched: number
  /** How many matching rows each condition keeps out. */
  excluded: number[]
}

/** Lets the rows with a score through the conditions. */
export function sieve(scores: Float32Array, conditions: readonly Condition[]): Sieve {
  const passed = new Uint32Array(scores.length)
  const nearly: number[][] = conditions.map(() => [])
  const excluded = conditions.map(() => 0)
  let matched = 0
  let kept = 0
  for (let row = 0; row < scores.length; row++) {
    if (scores[row] === 0) continue
    matched++
    let failed = 0
    let last = -1
    for (let at = 0; at < conditions.length; at++) {
      if (conditions[at]?.passes(row)) continue
      failed++
      last = at
      excluded[at] = (excluded[at] ?? 0) + 1
    }
    if (failed === 0) passed[kept++] = row
    else if (failed === 1) nearly[last]?.push(row)
  }
  return { passed: passed.subarray(0, kept), nearly, matched, excluded }
}
