import type { Listing } from '../model/listing.ts'
import { FACETS, type FacetName } from '../model/query.ts'
import { licenseGroups } from './licenses.ts'
import type { Merged, MergedSet } from './merge.ts'

/** The values of one facet over a merged set: numbered, without regard to case, and which row has which. */
export interface FacetTable {
  /** As shown; of several spellings the first by code point, so that no answer order shows. */
  labels: string[]
  ids: Map<string, number>
  starts: Uint32Array
  values: Uint32Array
}
export type FacetTables = Record<FacetName, FacetTable>

const tables = new WeakMap<MergedSet, FacetTables>()

/** The tables of a set, made once. */
export function facetTablesOf(set: MergedSet): FacetTables {
  const known = tables.get(set)
  if (known) return known
  const built = Object.fromEntries(FACETS.map((facet) => [facet, buildTable(set.rows, facet)])) as FacetTables
  tables.set(set, built)
  return built
}

/** What a row has under a facet. Fields are those of the leading offer; registries are those of all offers. */
function valuesOf(row: Merged, facet: FacetName, groupOf: ReturnType<typeof licenseGroups>): readonly string[] {
  const listing: Listing = row.listing
  const one = (value: string | undefined): string[] => (value ? [value] : [])
  switch (facet) {
    case 'category':
      return listing.categories
    case 'tag':
      return listing.tags
    case 'author':
      return one(listing.author)
    case 'registry':
      return row.offers.map((offer) => offer.registry)
    case 'kind':
      return one(listing.kind)
    case 'license':
      return [...one(listing.license), ...one(groupOf(listing.license))]
    case 'verified':
      // What no registry calls verified is not verified (C48).
      return [String(listing.verified === true)]
    case 'language':
      return listing.languages
    case 'service':
      return listing.services
  }
}

function buildTable(rows: readonly Merged[], facet: FacetName): FacetTable {
  const table = { labels: [] as string[], ids: new Map<string, number>(), starts: new Uint32Array(rows.length + 1) }
  const values: number[] = []
  const groupOf = licenseGroups()
  for (const [at, row] of rows.entries()) {
    const from = values.length
    for (const label of valuesOf(row, facet, groupOf)) {
      const key = label.toLowerCase()
      let id = table.ids.get(key)
      if (id === undefined) {
        id = table.labels.length
        table.ids.set(key, id)
        table.labels.push(label)
      } else if (label < (table.labels[id] ?? '')) table.labels[id] = label
      if (values.indexOf(id, from) < 0) values.push(id)
    }
    table.starts[at + 1] = values.length
  }
  return { ...table, values: Uint32Array.from(values) }
}
