import type { Listing } from '../model/listing.ts'
import type { FacetName } from '../model/query.ts'
import { licenseGroups } from './licenses.ts'
import { LEFT_OUT, type MergedSet } from './merge.ts'

/** The values of one facet over a merged set: numbered, without regard to case, and which row has which. */
export interface FacetTable {
  /** As shown; of several spellings the first by code point, so that no answer order shows. */
  labels: string[]
  ids: Map<string, number>
  /** Where the leading offer of each row stands. */
  places: Places
  /** For each array of the set what its listings have, and the number each of its values has here. */
  parts: (PartValues & { idOf: Uint32Array })[]
  /** What the further offers of a row add. */
  more: Map<number, number[]>
}

const tables = new WeakMap<MergedSet, { places: Places; byFacet: Map<FacetName, FacetTable> }>()

/** The table of one facet of a set, made once, when it is first asked for. */
export function facetTableOf(set: MergedSet, facet: FacetName): FacetTable {
  let known = tables.get(set)
  if (!known) tables.set(set, (known = { places: placesOf(set), byFacet: new Map() }))
  let table = known.byFacet.get(facet)
  if (!table) known.byFacet.set(facet, (table = buildTable(set, facet, known.places)))
  return table
}

/** Adds to the count of each value how many of the rows have it. */
export function countRows({ parts, places, more }: FacetTable, rows: ArrayLike<number>, counts: Uint32Array): void {
  for (let nth = 0; nth < rows.length; nth++) {
    const row = rows[nth] ?? 0
    const part = parts[places.part[row] ?? 0]
    if (!part) continue
    const { starts, values, idOf } = part
    const at = places.at[row] ?? 0
    const end = starts[at + 1] ?? 0
    for (let next = starts[at] ?? 0; next < end; next++) {
      const id = idOf[values[next] ?? 0] ?? 0
      counts[id] = (counts[id] ?? 0) + 1
    }
    if (more.size > 0) for (const id of more.get(row) ?? []) counts[id] = (counts[id] ?? 0) + 1
  }
}

/** Whether a row has a value. */
export function hasValue({ parts, places, more }: FacetTable, row: number, id: number): boolean {
  const part = parts[places.part[row] ?? 0]
  const at = places.at[row] ?? 0
  const end = part?.starts[at + 1] ?? 0
  for (let next = part?.starts[at] ?? 0; next < end; next++) {
    if (part?.idOf[part.values[next] ?? 0] === id) return true
  }
  return more.get(row)?.includes(id) ?? false
}

/** Says what a listing has under a facet. */
type Tell = (value: string | undefined) => void

function visitor(facet: FacetName): (listing: Listing, tell: Tell) => void {
  switch (facet) {
    case 'category':
      return (listing, tell) => listing.categories.forEach(tell)
    case 'tag':
      return (listing, tell) => listing.tags.forEach(tell)
    case 'author':
      return (listing, tell) => tell(listing.author)
    case 'registry':
      return (listing, tell) => tell(listing.registry)
    case 'kind':
      return (listing, tell) => tell(listing.kind)
    case 'license': {
      const groupOf = licenseGroups()
      return ({ license }, tell) => (tell(license), tell(groupOf(license)))
    }
    case 'verified':
      // What no registry calls verified is not verified (C48).
      return (listing, tell) => tell(listing.verified === true ? 'true' : 'false')
    case 'language':
      return (listing, tell) => listing.languages.forEach(tell)
    case 'service':
      return (listing, tell) => listing.services.forEach(tell)
  }
}

/** What each listing of one array has under one facet. */
interface PartValues {
  labels: string[]
  starts: Uint32Array
  values: Uint32Array
}
const read = new WeakMap<readonly Listing[], Map<FacetName, PartValues>>()

/** Read once for each array: when one registry answers, nothing is read again of the others. */
function valuesOf(listings: readonly Listing[], facet: FacetName): PartValues {
  const known = read.get(listings) ?? new Map<FacetName, PartValues>()
  read.set(listings, known)
  let values = known.get(facet)
  if (!values) known.set(facet, (values = readValues(listings, facet)))
  return values
}

function readValues(listings: readonly Listing[], facet: FacetName): PartValues {
  const { labels, idOf } = openLabels()
  const bySpelling = new Map<string, number>()
  const starts = new Uint32Array(listings.length + 1)
  const values: number[] = []
  let from = 0
  const tell = (label: string | undefined): void => {
    if (!label) return
    let id = bySpelling.get(label)
    if (id === undefined) bySpelling.set(label, (id = idOf(label)))
    for (let at = from; at < values.length; at++) if (values[at] === id) return
    values.push(id)
  }
  const visit = visitor(facet)
  for (let at = 0; at < listings.length; at++) {
    from = values.length
    visit(listings[at] as Listing, tell)
    starts[at + 1] = values.length
  }
  return { labels, starts, values: Uint32Array.from(values) }
}

/** Where the leading offer of each row stands: in which part, and at which place of it. */
interface Places {
  part: Uint16Array
  at: Uint32Array
}

function placesOf({ leads, parts }: MergedSet): Places {
  const places = { part: new Uint16Array(leads.length), at: new Uint32Array(leads.length) }
  for (const [part, { listings, rowOf, isLeftOut }] of parts.entries()) {
    if (isLeftOut) continue
    for (let at = 0; at < rowOf.length; at++) {
      const row = rowOf[at] ?? 0
      if (row === LEFT_OUT || leads[row] !== listings[at]) continue
      places.part[row] = part
      places.at[row] = at
    }
  }
  return places
}

/** Fields are those of the leading offer; registries are those of all offers. */
function buildTable(set: MergedSet, facet: FacetName, places: Places): FacetTable {
  const { labels, ids, idOf } = openLabels()
  const parts = set.parts.map(({ listings }) => {
    const part = valuesOf(listings, facet)
    return { ...part, idOf: Uint32Array.from(part.labels, idOf) }
  })
  const more = new Map<number, number[]>()
  for (const [row, others] of facet === 'registry' ? set.others : []) {
    const own = idOf(set.leads[row]?.registry ?? '')
    more.set(
      row,
      [...new Set(others.map((offer) => idOf(offer.registry)))].filter((id) => id !== own),
    )
  }
  return { labels, ids, places, parts, more }
}

/** Numbers labels without regard to case. */
function openLabels() {
  const labels: string[] = []
  const ids = new Map<string, number>()
  const idOf = (label: string): number => {
    const key = label.toLowerCase()
    let id = ids.get(key)
    if (id === undefined) ids.set(key, (id = labels.push(label) - 1))
    else if (label < (labels[id] ?? '')) labels[id] = label
    return id
  }
  return { labels, ids, idOf }
}
