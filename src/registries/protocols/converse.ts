import { reasonOf, registryAnswer, registryPartial } from '../../model/errors.ts'
import type { Listing } from '../../model/listing.ts'
import type { Query } from '../../model/query.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import { compareVersions } from '../../model/versions.ts'
import { isEntry, Members } from '../shapes/members.ts'
import { restEntry, versionsOf } from '../shapes/rest-entry.ts'
import type { Batch, Call, Connection, Maybe } from '../registry.ts'
import { faultState } from '../fault-state.ts'
import { readPages, type Page } from './pages.ts'

/** Versions of one item that are asked for one by one. */
const MAX_VERSIONS = 50

/** For whom is asked, and the mark of the answer already known. */
export interface Asking {
  call: Call
  validator?: string
}
const asking = (call: Call, validator: string | undefined): Asking => ({
  call,
  ...(validator === undefined ? {} : { validator }),
})

/** What came over the wire, parsed. */
export interface Wired {
  value: unknown
  validator?: string
}

/**
 * The questions of the registry protocol, however they travel: over HTTP, or to the process of a plugin. Answers are
 * plain JSON in the shapes of that protocol; nothing in them has been looked at.
 */
export interface Wire {
  /** One page of a search from a row on: `{templates, total_count}`. */
  search(query: Query, offset: number, asking: Asking): Promise<Maybe<Wired>>
  /** One version of an item, the newest when none is named; undefined when the registry does not have it. */
  template(name: string, version: string | undefined, asking: Asking): Promise<Maybe<Wired> | undefined>
  categories?(call: Call): Promise<unknown>
}

/** An answer to a question without a validator cannot be "not modified". */
export function valueOf(wired: Maybe<Wired>, registry: string): unknown {
  if (wired === 'not-modified') throw registryAnswer(registry, 'it said "not modified" to a first question')
  return wired.value
}

function pageOf(answer: unknown, entry: RegistryEntry, offset: number): Page {
  if (!isEntry(answer) || !Array.isArray(answer['templates']))
    throw registryAnswer(entry.name, 'the search answer has no list "templates"')
  const context = { registry: entry.name, registryType: entry.type, address: entry.url }
  const values: unknown[] = answer['templates']
  const page: Page = { listings: [], skipped: [], rows: values.length }
  for (const [index, value] of values.slice(0, 100_000).entries()) {
    const where = `entry ${offset + index + 1}`
    try {
      page.listings.push(restEntry(value, where, context))
    } catch (error) {
      page.skipped.push({ item: where, reason: reasonOf(error) })
    }
  }
  const total = answer['filtered_count'] ?? answer['total_count']
  return typeof total === 'number' ? { ...page, total } : page
}

const NOTHING: Page = { listings: [], skipped: [], rows: 0 }

/** Whether the one who asked has turned away; out of time, rows that came are still welcome. */
const isGivenUp = ({ signal }: Call): boolean => signal?.aborted === true && faultState(signal.reason) !== 'slow'

async function searchAll(wire: Wire, entry: RegistryEntry, query: Query, asking: Asking): Promise<Maybe<Batch>> {
  let first: Maybe<Wired> | undefined
  let pages = 0
  const batch = await readPages({
    async fetchPage(offset) {
      const wired = await wire.search(query, offset, offset === 0 ? asking : { call: asking.call })
      pages++
      first ??= wired
      return wired === 'not-modified' ? NOTHING : pageOf(wired.value, entry, offset)
    },
    partialOf: (facts, fault) => (isGivenUp(asking.call) ? undefined : registryPartial(entry.name, facts, fault)),
  })
  if (first === undefined || first === 'not-modified') return 'not-modified'
  // The mark of a first page says nothing about the pages after it.
  return pages === 1 && !batch.partial && first.validator !== undefined
    ? { ...batch, validator: first.validator }
    : batch
}

function listingOf(raw: unknown, name: string, entry: RegistryEntry): Listing {
  try {
    return restEntry(raw, name, { registry: entry.name, registryType: entry.type, address: entry.url })
  } catch (error) {
    throw registryAnswer(entry.name, reasonOf(error).replace(/\.$/, ''), error)
  }
}

/** An item with the releases of all versions it names, or just the version asked for. */
async function readItem(
  wire: Wire,
  entry: RegistryEntry,
  wanted: { name: string; version: string | undefined },
  asking: Asking,
): Promise<Maybe<{ listing?: Listing; validator?: string }>> {
  const { name, version } = wanted
  const found = await wire.template(name, version, asking)
  if (found === 'not-modified') return found
  if (!found) return {}
  const listing = listingOf(found.value, name, entry)
  const validator = found.validator === undefined ? {} : { validator: found.validator }
  if (version !== undefined) return { listing, ...validator }
  const others = versionsOf(found.value).filter((other) => other !== listing.version)
  const rest = await Promise.all(
    others.slice(0, MAX_VERSIONS).map(async (other) => {
      const wired = await wire.template(name, other, { call: asking.call })
      return wired === undefined ? [] : listingOf(valueOf(wired, entry.name), name, entry).releases
    }),
  )
  const releases = [listing.releases, ...rest].flat()
  return {
    listing: { ...listing, releases: releases.toSorted((a, b) => compareVersions(a.version, b.version)) },
    ...validator,
  }
}

function readCategories(answer: unknown, registry: string): { name: string; count?: number }[] {
  if (!Array.isArray(answer)) throw registryAnswer(registry, 'the categories are not a list')
  return answer.slice(0, 10_000).flatMap((value) => {
    const members = new Members(isEntry(value) ? value : { name: value }, 'category')
    const count = members.count('count')
    const name = members.text('name', 200)
    return name === undefined ? [] : [{ name, ...(count === undefined ? {} : { count }) }]
  })
}

/** A registry that searches by itself, as a connection; what it answers is checked and made harmless entry by entry. */
export function converse(wire: Wire, entry: RegistryEntry): Pick<Connection, 'search' | 'item' | 'categories'> {
  return {
    search: (query, call, validator) => searchAll(wire, entry, query, asking(call, validator)),
    item: (name, version, call, validator) => readItem(wire, entry, { name, version }, asking(call, validator)),
    categories: async (call) => readCategories((await wire.categories?.(call)) ?? [], entry.name),
  }
}
