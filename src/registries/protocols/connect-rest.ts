import { isMarketError, reasonOf, registryAnswer, registryPartial } from '../../model/errors.ts'
import { withoutEnd } from '../../model/text.ts'
import type { Listing } from '../../model/listing.ts'
import type { Query } from '../../model/query.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import { compareVersions } from '../../model/versions.ts'
import type { HttpRequest } from '../../http/http.ts'
import { isEntry, Members } from '../shapes/members.ts'
import { parseJson } from '../shapes/parse-text.ts'
import { restEntry, versionsOf } from '../shapes/rest-entry.ts'
import type { Batch, Call, Connection, Maybe, ProtocolTools } from '../registry.ts'
import { faultState } from '../fault-state.ts'
import { fetchArtifact } from './fetch-artifact.ts'
import { validatorHeader } from './validator-header.ts'
import { readPages, type Page } from './pages.ts'
import { restQuery } from './rest-query.ts'

/** Versions of one item that are asked for one by one. */
const MAX_VERSIONS = 50

/** For whom is asked, and the mark of the answer already known. */
interface Asking {
  call: Call
  validator?: string
}
const asking = (call: Call, validator: string | undefined): Asking => ({
  call,
  ...(validator === undefined ? {} : { validator }),
})

/** What came over the wire, parsed. */
interface Wired {
  value: unknown
  validator?: string
}

/** Conversation with one registry: paths below `/api/v1`, JSON answers, "not modified" to a validator. */
function openWire(entry: RegistryEntry, tools: ProtocolTools) {
  const prefix = /\/api\/v1\/?$/.test(entry.url) ? '' : '/api/v1'
  return async (path: string, request: Omit<HttpRequest, 'url'>, call: Call, known?: string): Promise<Maybe<Wired>> => {
    const answer = await tools.http.request({
      ...request,
      url: `${withoutEnd(entry.url, '/')}${prefix}${path}`,
      ...(known === undefined ? {} : { headers: validatorHeader(known) }),
      ...(call.signal ? { signal: call.signal } : {}),
    })
    if (answer.status === 304) return 'not-modified'
    if (answer.text.trim() === '') throw registryAnswer(entry.name, 'it is empty')
    try {
      const validator = answer.validator === undefined ? {} : { validator: answer.validator }
      return { value: parseJson(answer.text, path), ...validator }
    } catch (error) {
      const why = /^\s*</.test(answer.text) ? 'it is a web page, not a registry' : reasonOf(error).replace(/\.$/, '')
      throw registryAnswer(entry.name, why, error)
    }
  }
}

/** An answer to a question without a validator cannot be "not modified". */
function valueOf(wired: Maybe<Wired>, registry: string): unknown {
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

const isMissing = (error: unknown): boolean => isMarketError(error) && error.details['status'] === 404

type Wire = ReturnType<typeof openWire>

/** Whether the one who asked has turned away; out of time, rows that came are still welcome. */
const isGivenUp = ({ signal }: Call): boolean => signal?.aborted === true && faultState(signal.reason) !== 'slow'

async function searchAll(wire: Wire, entry: RegistryEntry, query: Query, asking: Asking): Promise<Maybe<Batch>> {
  let first: Maybe<Wired> | undefined
  let pages = 0
  const batch = await readPages({
    async fetchPage(offset) {
      const request = { kind: 'search', query: restQuery(query, offset) } as const
      const wired = await wire('/search', request, asking.call, offset === 0 ? asking.validator : undefined)
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

/** One version of an item as it came; undefined when the registry does not have it. */
async function entryOf(
  wire: Wire,
  name: string,
  version: string | undefined,
  { call, validator }: Asking,
): Promise<Maybe<Wired> | undefined> {
  try {
    const query: [string, string][] = version === undefined ? [] : [['version', version]]
    return await wire(`/templates/${encodeURIComponent(name)}`, { kind: 'metadata', query }, call, validator)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
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
  const found = await entryOf(wire, name, version, asking)
  if (found === 'not-modified') return found
  if (!found) return {}
  const listing = listingOf(found.value, name, entry)
  const validator = found.validator === undefined ? {} : { validator: found.validator }
  if (version !== undefined) return { listing, ...validator }
  const others = versionsOf(found.value).filter((other) => other !== listing.version)
  const rest = await Promise.all(
    others.slice(0, MAX_VERSIONS).map(async (other) => {
      const wired = await entryOf(wire, name, other, { call: asking.call })
      return wired === undefined ? [] : listingOf(valueOf(wired, entry.name), name, entry).releases
    }),
  )
  const releases = [listing.releases, ...rest].flat()
  return {
    listing: { ...listing, releases: releases.toSorted((a, b) => compareVersions(a.version, b.version)) },
    ...validator,
  }
}

/** Connects to a registry that speaks the protocol of our own server and of the source document. */
export function connectRest(entry: RegistryEntry, tools: ProtocolTools): Connection {
  const wire = openWire(entry, tools)
  return {
    search: (query, call, validator) => searchAll(wire, entry, query, asking(call, validator)),
    item: (name, version, call, validator) => readItem(wire, entry, { name, version }, asking(call, validator)),
    async categories(call) {
      const answer = valueOf(await wire('/categories', { kind: 'catalog' }, call), entry.name)
      if (!Array.isArray(answer)) throw registryAnswer(entry.name, 'the categories are not a list')
      return answer.slice(0, 10_000).flatMap((value) => {
        const members = new Members(isEntry(value) ? value : { name: value }, 'category')
        const count = members.count('count')
        const name = members.text('name', 200)
        return name === undefined ? [] : [{ name, ...(count === undefined ? {} : { count }) }]
      })
    },
    async publish(body, call) {
      const request = {
        method: 'POST',
        kind: 'publish',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      } as const
      const answer = new Members(valueOf(await wire('/templates', request, call), entry.name), 'answer')
      const url = answer.text('url')
      const message = answer.text('message')
      return { ...(url === undefined ? {} : { url }), ...(message === undefined ? {} : { message }) }
    },
    fetch: (artifact, into, call) =>
      fetchArtifact(artifact, into, call, { registry: entry.name, home: entry.url, tools }),
  }
}
