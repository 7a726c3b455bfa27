import type { FacetName, Sort } from './vocabulary.ts'

export { FACETS, SORTS, type FacetName, type Sort } from './vocabulary.ts'

/**
 * A question. Several values of one facet mean "either", except tags with `allTags`. `limit` 0 means all.
 * `offset` counts rows of the merged, sorted list, never of one registry.
 */
export interface Query {
  text: string
  filters: Partial<Record<FacetName, string[]>>
  allTags: boolean
  sort: Sort
  order?: 'asc' | 'desc' | undefined
  offset: number
  limit: number
  updatedSince?: string | undefined
  updatedBefore?: string | undefined
  minDownloads?: number | undefined
  maxDownloads?: number | undefined
  /** One row per registry instead of one row per item. */
  noMerge: boolean
  /** Words no row may hold (`!word` in the search box). */
  exclude?: string[] | undefined
  /** Only what is installed here (`is:installed`). */
  installedOnly?: boolean | undefined
  /** Least quality score; items without a score are left out. */
  minScore?: number | undefined
}

type Parts = { [Member in keyof Query]?: Query[Member] | undefined }

/** A whole query from some of its members. */
export function makeQuery(part: Parts = {}): Query {
  const given = Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined))
  const query: Query = {
    text: '',
    filters: {},
    allTags: false,
    sort: 'relevance',
    offset: 0,
    limit: 20,
    noMerge: false,
  }
  return Object.assign(query, given)
}
