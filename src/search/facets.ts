import type { Facets, FacetValue } from '../model/catalog.ts'
import { FACETS, type FacetName, type Query } from '../model/query.ts'
import { countRows, type FacetTable, facetTableOf } from './facet-values.ts'
import type { Condition, Sieve } from './filter.ts'
import type { MergedSet } from './merge.ts'

/**
 * Values with counts. A count is the number of rows one gets by choosing that value: all other conditions hold, the
 * facet's own are lifted, except tags with `allTags`, where a further tag narrows. Chosen values stay listed at 0.
 * A facet is counted when it is first looked at: most catalogs are drawn without any.
 */
export function facetsOf(set: MergedSet, query: Query, conditions: readonly Condition[], left: Sieve): Facets {
  const facets = {}
  for (const facet of FACETS) {
    let values: FacetValue[] | undefined
    const get = (): FacetValue[] => (values ??= valuesOf(facet, { set, query, conditions, left }))
    Object.defineProperty(facets, facet, { enumerable: true, get })
  }
  return facets as Facets
}

interface Counting {
  set: MergedSet
  query: Query
  conditions: readonly Condition[]
  left: Sieve
}

function valuesOf(facet: FacetName, { set, query, conditions, left }: Counting): FacetValue[] {
  const table = facetTableOf(set, facet)
  const counts = new Uint32Array(table.labels.length)
  countRows(table, left.passed, counts)
  if (!(facet === 'tag' && query.allTags)) {
    const own = conditions.findIndex((condition) => condition.facet === facet)
    if (own >= 0) countRows(table, left.nearly[own] ?? [], counts)
  }
  return listed(table, counts, query.filters[facet] ?? [])
}

/** Largest count first, then by name. */
function listed(table: FacetTable, counts: Uint32Array, chosen: readonly string[]): FacetValue[] {
  const picked = new Set(chosen.map((value) => value.toLowerCase()))
  const values: FacetValue[] = []
  for (const [key, id] of table.ids) {
    const selected = picked.delete(key)
    const count = counts[id] ?? 0
    if (count > 0 || selected) values.push({ value: table.labels[id] ?? key, count, selected })
  }
  // Chosen, but unknown here (yet): still listed so that it can be taken back.
  for (const key of picked) values.push({ value: key, count: 0, selected: true })
  return values.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
}
