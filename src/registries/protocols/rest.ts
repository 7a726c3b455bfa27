import { z } from 'zod'
import { isMarketError, reasonOf, registryAnswer, registryStatus } from '../../model/errors.ts'
import type { Listing } from '../../model/listing.ts'
import type { Query } from '../../model/query.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import { compareVersions } from '../../model/versions.ts'
import type { HttpRequest } from '../../http/http.ts'
import { isEntry, Members } from '../shapes/members.ts'
import { parseJson } from '../shapes/parse-text.ts'
import { restEntry, versionsOf } from '../shapes/rest-entry.ts'
import type { Call, Protocol, ProtocolTools } from '../registry.ts'
import { fetchArtifact } from './fetch-artifact.ts'
import { PAGE_ROWS, readPages, type Page } from './pages.ts'

/** Versions of one item that are asked for one by one. */
const MAX_VERSIONS = 50

const SORTS: Partial<Record<Query['sort'], string>> = {
  name: 'name',
  rating: 'rating',
  updated: 'updated',
  downloads: 'popularity',
}

/** What of a question goes over the wire, from a row on; also what its cached answer is filed under. */
export function restQuery(query: Query, offset = 0): [string, string][] {
  const sort = SORTS[query.sort]
  return [
    ['q', query.text],
    ...(query.filters.category ?? []).map((one): [string, string] => ['category', one]),
    ...((query.filters.verified ?? []).join() === 'true' ? ([['verified', 'true']] as [string, string][]) : []),
    ...(sort ? ([['sort_by', sort]] as [string, string][]) : []),
    ...(sort && query.order ? ([['sort_order', query.order]] as [string, string][]) : []),
    ['limit', String(PAGE_ROWS)],
    ['offset', String(offset)],
  ]
}

/** Conversation with one registry: paths below `/api/v1`, JSON answers. */
function openWire(entry: RegistryEntry, tools: ProtocolTools) {
  const prefix = /\/api\/v1\/?$/.test(entry.url) ? '' : '/api/v1'
  return async (path: string, request: Omit<HttpRequest, 'url'>, call: Call): Promise<unknown> => {
    const answer = await tools.http.request({
      ...request,
      url: `${entry.url.replace(/\/+$/, '')}${prefix}${path}`,
      ...(call.signal ? { signal: call.signal } : {}),
    })
    // The client hands a 404 over as an answer; here it is told like any other refusal.
    if (answer.status === 404) throw registryStatus(entry.name, 404)
    try {
      return parseJson(answer.text, path)
    } catch (error) {
      const why = /^\s*</.test(answer.text) ? 'it is a web page, not a registry' : reasonOf(error).replace(/\.$/, '')
      throw registryAnswer(entry.name, why, error)
    }
  }
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

const isMissing = (error: unknown): boolean => isMarketError(error) && error.details['status'] === 404

/** The registry protocol of our own server and of the source document. */
export const rest: Protocol = {
  id: 'rest',
  title: 'Registry with a search of its own (HTTP)',
  options: z.looseObject({}),
  recognises: (url) => /^https?:\/\//i.test(url) && !/\.(?:git|json|ya?ml)\/?(?:[?#].*)?$/i.test(url),
  connect(entry, tools) {
    const wire = openWire(entry, tools)
    const context = { registry: entry.name, registryType: entry.type, address: entry.url }
    const one = async (
      name: string,
      version: string | undefined,
      call: Call,
    ): Promise<{ listing: Listing; raw: unknown } | undefined> => {
      try {
        const query: [string, string][] = version === undefined ? [] : [['version', version]]
        const raw = await wire(`/templates/${encodeURIComponent(name)}`, { kind: 'metadata', query }, call)
        return { listing: restEntry(raw, name, context), raw }
      } catch (error) {
        if (isMissing(error)) return undefined
        if (isMarketError(error) && error.code === 'item.manifest')
          throw registryAnswer(entry.name, reasonOf(error).replace(/\.$/, ''), error)
        throw error
      }
    }
    return {
      async search(query, call) {
        return readPages(async (offset) =>
          pageOf(await wire('/search', { kind: 'search', query: restQuery(query, offset) }, call), entry, offset),
        )
      },
      async item(name, version, call) {
        const found = await one(name, version, call)
        if (!found || version !== undefined) return found?.listing
        const others = versionsOf(found.raw).filter((other) => other !== found.listing.version)
        const rest = await Promise.all(others.slice(0, MAX_VERSIONS).map((other) => one(name, other, call)))
        const releases = [found, ...rest].flatMap((other) => other?.listing.releases ?? [])
        return { ...found.listing, releases: releases.toSorted((a, b) => compareVersions(a.version, b.version)) }
      },
      async categories(call) {
        const answer = await wire('/categories', { kind: 'catalog' }, call)
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
        const answer = new Members(await wire('/templates', request, call), 'answer')
        const url = answer.text('url')
        const message = answer.text('message')
        return { ...(url === undefined ? {} : { url }), ...(message === undefined ? {} : { message }) }
      },
      fetch: (artifact, into, call) => fetchArtifact(artifact, into, call, { registry: entry.name, tools }),
    }
  },
}
