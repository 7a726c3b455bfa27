import type { Listing } from '../model/listing.ts'
import { FACETS, type FacetName } from '../model/query.ts'
import { licenseGroups } from './licenses.ts'
import type { MergedSet } from './merge.ts'

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
  const leads = placesOf(set)
  const built = Object.fromEntries(FACETS.map((facet) => [facet, buildTable(set, facet, leads)])) as FacetTables
  tables.set(set, built)
  return built
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

/** What each listing of one array has under one facet, as spelled. */
interface Spellings {
  labels: string[]
  starts: Uint32Array
  values: Uint32Array
}
const spellings = new WeakMap<readonly Listing[], Map<FacetName, Spellings>>()

/** Read once for each array: when one registry answers, nothing is read again of the others. */
function spellingsOf(listings: readonly Listing[], facet: FacetName): Spellings {
  const known = spellings.get(listings) ?? new Map<FacetName, Spellings>()
  spellings.set(listings, known)
  let read = known.get(facet)
  if (!read) known.set(facet, (read = readSpellings(listings, facet)))
  return read
}

function readSpellings(listings: readonly Listing[], facet: FacetName): Spellings {
  const labels: string[] = []
  const ids = new Map<string, number>()
  const starts = new Uint32Array(listings.length + 1)
  const values: number[] = []
  const tell = (label: string | undefined): void => {
    if (!label) return
    let id = ids.get(label)
    if (id === undefined) ids.set(label, (id = labels.push(label) - 1))
    values.push(id)
  }
  const visit = visitor(facet)
  for (let at = 0; at < listings.length; at++) {
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
  for (const [part, { listings, rowOf }] of parts.entries()) {
    for (let at = 0; at < rowOf.length; at++) {
      const row = rowOf[at] ?? 0
      if (leads[row] !== listings[at]) continue
      places.part[row] = part
      places.at[row] = at
    }
  }
  return places
}

/** Fields are those of the leading offer; registries are those of all offers. */
function buildTable(set: MergedSet, facet: FacetName, leads: Places): FacetTable {
  const { labels, ids, idOf } = openLabels()
  const parts = set.parts.map(({ listings }) => {
    const spelled = spellingsOf(listings, facet)
    return { ...spelled, ids: new Int32Array(spelled.labels.length).fill(-1) }
  })
  const others = facet === 'registry' ? set.others : new Map<number, Listing[]>()
  const starts = new Uint32Array(set.leads.length + 1)
  let most = 0
  for (const { values } of parts) most += values.length
  const values = new Uint32Array(most)
  let end = 0
  const add = (id: number): void => {
    for (let at = starts[row] ?? 0; at < end; at++) if (values[at] === id) return
    values[end++] = id
  }
  let row = 0
  for (; row < set.leads.length; row++) {
    const part = parts[leads.part[row] ?? 0] as (typeof parts)[number]
    const place = leads.at[row] ?? 0
    const last = part.starts[place + 1] ?? 0
    for (let at = part.starts[place] ?? 0; at < last; at++) {
      const spelling = part.values[at] ?? 0
      if (part.ids[spelling] === -1) part.ids[spelling] = idOf(part.labels[spelling] ?? '')
      add(part.ids[spelling] ?? 0)
    }
    for (const offer of others.get(row) ?? []) add(idOf(offer.registry))
    starts[row + 1] = end
  }
  return { labels, ids, starts, values: values.slice(0, end) }
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
