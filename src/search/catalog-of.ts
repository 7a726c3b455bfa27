import type { Catalog, Row } from '../model/catalog.ts'
import type { Listing } from '../model/listing.ts'
import type { Query } from '../model/query.ts'
import { facetsOf } from './facets.ts'
import type { SourceAnswer } from './federate.ts'
import { conditionsOf, sieve } from './filter.ts'
import { type MergedSet, merge, offersOf, type Parts, partsOf } from './merge.ts'
import { knownMerge, mergedOf } from './merged.ts'
import { narrowing } from './narrow.ts'
import { nothingFound } from './nothing.ts'
import { type IndexOf, indexesFor } from './partial-index.ts'
import { scoreRows, termsOf } from './rank.ts'
import { reasonsOf } from './reasons.ts'
import { SORT_LABELS, sortRows } from './sort.ts'
import { INSTALLED, VERIFIED } from './weights.ts'

export interface CatalogContext {
  /** Installed versions by `registry/name`; undefined for items without versions. */
  installed: ReadonlyMap<string, string | undefined>
  defaultRegistry?: string | undefined
  /** Registry names, leading one first. */
  order: readonly string[]
  /** Nothing more will be asked of these answers. */
  isOnce?: boolean
}

/** The answer to a query over what the registries said. Pure: same answers in any order give the same rows. */
export function catalogOf(query: Query, answers: readonly SourceAnswer[], context: CatalogContext): Catalog {
  const { defaultRegistry, order, installed } = context
  const parts = partsOf(answers, { noMerge: query.noMerge, defaultRegistry, order })
  const indexOf = indexesFor(termsOf(query.text), context.isOnce ?? false)
  const set = setFor(query, parts, indexOf)
  const isInstalled = (row: number): boolean => installed.size > 0 && installedOffer(set, row, installed) !== undefined
  const scores = scoreRows(set, query.text, indexOf)
  const conditions = conditionsOf(set, query, isInstalled)
  const left = sieve(scores, conditions)
  const score = (row: number): number =>
    (scores[row] ?? 0) + (set.leads[row]?.verified === true ? VERIFIED : 0) + (isInstalled(row) ? INSTALLED : 0)
  const most = query.limit === 0 ? undefined : query.offset + query.limit
  const sorted = sortRows(left.passed, set, { sort: query.sort, order: query.order, score, most })
  const facts = { terms: termsOf(query.text), installed, stale: staleOf(answers) }
  const catalog: Catalog = {
    query,
    rows: Array.from(sorted.subarray(query.offset), (row) => rowOf(set, row, { ...facts, score: score(row) })),
    total: left.passed.length,
    totalUnfiltered: left.matched,
    facets: facetsOf(set, query, conditions, left),
    sorts: SORT_LABELS,
    sources: answers.map((answer) => answer.source),
    complete: answers.every((answer) => answer.source.state !== 'pending'),
  }
  if (catalog.total === 0) catalog.nothing = nothingFound(() => mergedOf(parts), query, conditions, left)
  return catalog
}

/**
 * What a query is asked of: everything merged when that was done before or when every row may be in the answer, else only
 * what bears on the text, which a further answer makes little work. Both give the same rows.
 */
function setFor(query: Query, parts: Parts, indexOf: IndexOf): MergedSet {
  const whole = query.text.trim() === '' ? mergedOf(parts) : knownMerge(parts)
  return whole ?? merge(parts, narrowing(parts, query.text, indexOf))
}

const STALE = new Set(['stale', 'slow'])

interface Stale {
  ms: number
  newIds: ReadonlySet<string> | undefined
}

/** Age of the answer, ms, of the registries whose answer is stale, and what of it is new all the same. */
const staleOf = (answers: readonly SourceAnswer[]): Map<string, Stale> =>
  new Map(
    answers.flatMap(({ source, ageMs, newIds }) =>
      STALE.has(source.state) && ageMs !== undefined ? [[source.registry, { ms: ageMs, newIds }] as const] : [],
    ),
  )

type Installed = CatalogContext['installed']

/** The id under which a row is installed here. */
function installedOffer(set: MergedSet, row: number, installed: Installed): string | undefined {
  const lead = set.leads[row]?.id ?? ''
  if (installed.has(lead)) return lead
  return set.others.get(row)?.find((offer) => installed.has(offer.id))?.id
}

interface RowFacts {
  score: number
  terms: readonly string[]
  installed: Installed
  stale: ReadonlyMap<string, Stale>
}

function rowOf(set: MergedSet, number: number, { score, terms, installed, stale: ages }: RowFacts): Row {
  const listing = set.leads[number] as Listing
  const offers = offersOf(set, number)
  const here = installedOffer(set, number, installed)
  const version = here === undefined ? undefined : installed.get(here)
  const stale = ages.get(listing.registry)
  return {
    listing,
    offers,
    ...(stale === undefined || stale.newIds?.has(listing.id) ? {} : { staleMs: stale.ms }),
    score: Math.round(score * 1000) / 1000,
    // Told when they are looked at: few rows of few catalogs ever are.
    get reasons() {
      return reasonsOf(offers, terms)
    },
    installed: here !== undefined,
    ...(version === undefined ? {} : { installedVersion: version }),
  }
}
