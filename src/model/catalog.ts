import type { Listing } from './listing.ts'
import type { FacetName, Query, Sort } from './query.ts'

/** How one registry fared in one call. */
type SourceState = 'fresh' | 'cached' | 'stale' | 'slow' | 'unauthorised' | 'failed' | 'disabled'

export interface Source {
  registry: string
  registryType: string
  state: SourceState | 'pending'
  /** Listings this registry contributed before merging. */
  items: number
  /** Time from asking to settling, ms; 0 while pending. */
  ms: number
  /** Age of the answer, ms, when it came from the cache. */
  ageMs?: number
  reason?: string
  hint?: string
  /** Code of the error, e.g. `registry.timeout`. */
  code?: string
  /** Kind of the error: connection, authentication, authorization or rate_limit (inventory S10.1). */
  fault?: string
  /** Entries of this registry that could not be read, and why. */
  skipped: { item: string; reason: string }[]
}

/** What could not be read, and why; a reason that says the place already stands alone. */
export const skippedText = ({ item, reason }: Source['skipped'][number]): string =>
  reason.startsWith(`${item}:`) ? reason : `${item}: ${reason}`

const WITHOUT_NEW: ReadonlySet<Source['state']> = new Set(['failed', 'unauthorised', 'slow', 'stale'])

/** Whether a registry did not answer anew, or not whole: what people are told of. */
export const hasTrouble = ({ state, code }: Source): boolean =>
  WITHOUT_NEW.has(state) || (code !== undefined && state === 'fresh')

/** Why a row matched: which field, which word, how (exact, prefix, typo ...). */
export interface MatchReason {
  field: string
  term: string
  how: string
  score: number
}

/** One row: the same item from one or several registries. */
export interface Row {
  /** The leading offer; default registry first, then configured order. */
  listing: Listing
  /** All offers, leading one first. */
  offers: Listing[]
  /** Age of the leading offer, ms, when it is stale. */
  staleMs?: number
  score: number
  reasons: MatchReason[]
  installed: boolean
  installedVersion?: string
}

export interface FacetValue {
  value: string
  count: number
  selected: boolean
}
export type Facets = Record<FacetName, FacetValue[]>

/** What to say when nothing was found. */
export interface NothingFound {
  /** How many rows each filter keeps out, largest first. `filter` reads like `category:ml`. */
  excluded: { filter: string; rows: number }[]
  nearest: string[]
}

/** The answer to a query, as far as registries have settled. */
export interface Catalog {
  query: Query
  rows: Row[]
  /** Rows in the whole filtered set; `rows` holds one page of it. */
  total: number
  /** Rows before filters. */
  totalUnfiltered: number
  /** Counted when they are first looked at. */
  facets: Facets
  sorts: { id: Sort; label: string }[]
  sources: Source[]
  /** True when every enabled registry has settled. */
  complete: boolean
  nothing?: NothingFound
}
