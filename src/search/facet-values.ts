import type { Listing } from '../model/listing.ts'
import { FACETS, type FacetName } from '../model/query.ts'
import { licenseGroups } from './licenses.ts'
import { type MergedSet, offersOf } from './merge.ts'

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
  const built = Object.fromEntries(FACETS.map((facet) => [facet, buildTable(set, facet)])) as FacetTables
  tables.set(set, built)
  return built
}

/** Says what a row has under a facet. Fields are those of the leading offer; registries are those of all offers. */
type Tell = (value: string | undefined) => void

function visitor(set: MergedSet, facet: FacetName): (row: number, listing: Listing, tell: Tell) => void {
  switch (facet) {
    case 'category':
      return (_, listing, tell) => listing.categories.forEach(tell)
    case 'tag':
      return (_, listing, tell) => listing.tags.forEach(tell)
    case 'author':
      return (_, listing, tell) => tell(listing.author)
    case 'registry':
      return (row, listing, tell) =>
        set.others.has(row) ? offersOf(set, row).forEach((offer) => tell(offer.registry)) : tell(listing.registry)
    case 'kind':
      return (_, listing, tell) => tell(listing.kind)
    case 'license': {
      const groupOf = licenseGroups()
      return (_, { license }, tell) => (tell(license), tell(groupOf(license)))
    }
    case 'verified':
      // What no registry calls verified is not verified (C48).
      return (_, listing, tell) => tell(listing.verified === true ? 'true' : 'false')
    case 'language':
      return (_, listing, tell) => listing.languages.forEach(tell)
    case 'service':
      return (_, listing, tell) => listing.services.forEach(tell)
  }
}

function buildTable(set: MergedSet, facet: FacetName): FacetTable {
  const { leads } = set
  const table = { labels: [] as string[], ids: new Map<string, number>(), starts: new Uint32Array(leads.length + 1) }
  const bySpelling = new Map<string, number>()
  const values: number[] = []
  const idOf = (label: string): number => {
    const key = label.toLowerCase()
    let id = table.ids.get(key)
    if (id === undefined) {
      id = table.labels.push(label) - 1
      table.ids.set(key, id)
    } else if (label < (table.labels[id] ?? '')) table.labels[id] = label
    bySpelling.set(label, id)
    return id
  }
  let from = 0
  const tell = (label: string | undefined): void => {
    if (!label) return
    const id = bySpelling.get(label) ?? idOf(label)
    for (let at = from; at < values.length; at++) if (values[at] === id) return
    values.push(id)
  }
  const visit = visitor(set, facet)
  for (let row = 0; row < leads.length; row++) {
    from = values.length
    visit(row, leads[row] as Listing, tell)
    table.starts[row + 1] = values.length
  }
  return { ...table, values: Uint32Array.from(values) }
}
