import type { Catalog, Row } from '../model/catalog.ts'
import type { Query } from '../model/query.ts'
import { facetsOf } from './facets.ts'
import type { SourceAnswer } from './federate.ts'
import { conditionsOf, sieve } from './filter.ts'
import { type Merged, merge, type MergedSet, type MergeOptions } from './merge.ts'
import { nothingFound } from './nothing.ts'
import { reasonsOf, scoreRows } from './rank.ts'
import { SORT_LABELS, sortRows } from './sort.ts'
import { INSTALLED, VERIFIED } from './weights.ts'

export interface CatalogContext {
  /** Installed versions by `registry/name`; undefined for items without versions. */
  installed: ReadonlyMap<string, string | undefined>
  defaultRegistry?: string | undefined
  /** Registry names, leading one first. */
  order: readonly string[]
}

interface Kept {
  merged: MergedSet
  options: MergeOptions
}
const kept = new WeakMap<readonly SourceAnswer[], Kept[]>()

/** Merged once for each array of answers, so that a key press only filters and ranks. */
function mergedOf(answers: readonly SourceAnswer[], options: MergeOptions): MergedSet {
  const known = kept.get(answers) ?? []
  const same = known.find(
    (one) =>
      one.options.noMerge === options.noMerge &&
      one.options.defaultRegistry === options.defaultRegistry &&
      one.options.order.join('\n') === options.order.join('\n'),
  )
  if (same) return same.merged
  const merged = merge(answers, options)
  kept.set(answers, [...known, { merged, options }])
  return merged
}

/** The answer to a query over what the registries said. Pure: same answers in any order give the same rows. */
export function catalogOf(query: Query, answers: readonly SourceAnswer[], context: CatalogContext): Catalog {
  const { defaultRegistry, order, installed } = context
  const set = mergedOf(answers, { noMerge: query.noMerge, defaultRegistry, order })
  const isInstalled = (row: Merged): boolean => row.offers.some((offer) => installed.has(offer.id))
  const scores = scoreRows(set, query.text)
  const conditions = conditionsOf(set, query, isInstalled)
  const left = sieve(scores, conditions)
  const score = (at: number): number => (scores[at] ?? 0) + boost(set.rows[at] as Merged, isInstalled)
  const numbers = sortRows(left.passed, set.rows, { sort: query.sort, order: query.order, score })
  const page = numbers.slice(query.offset, query.limit === 0 ? undefined : query.offset + query.limit)
  const catalog: Catalog = {
    query,
    rows: page.map((at) => rowOf(set.rows[at] as Merged, score(at), query, installed)),
    total: numbers.length,
    totalUnfiltered: left.matched,
    facets: facetsOf(set, query, conditions, left),
    sorts: SORT_LABELS,
    sources: answers.map((answer) => answer.source),
    complete: answers.every((answer) => answer.source.state !== 'pending'),
  }
  if (numbers.length === 0) catalog.nothing = nothingFound(set, query, conditions, left)
  return catalog
}

const boost = (row: Merged, isInstalled: (row: Merged) => boolean): number =>
  (row.listing.verified === true ? VERIFIED : 0) + (isInstalled(row) ? INSTALLED : 0)

function rowOf(merged: Merged, score: number, query: Query, installed: CatalogContext['installed']): Row {
  const here = merged.offers.find((offer) => installed.has(offer.id))
  const version = here && installed.get(here.id)
  return {
    listing: merged.listing,
    offers: merged.offers,
    ...(merged.staleMs === undefined ? {} : { staleMs: merged.staleMs }),
    score: Math.round(score * 1000) / 1000,
    reasons: reasonsOf(merged.offers, query.text),
    installed: here !== undefined,
    ...(version === undefined ? {} : { installedVersion: version }),
  }
}
