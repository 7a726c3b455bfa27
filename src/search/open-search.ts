import type { Catalog } from '../model/catalog.ts'
import { allRegistriesFailed } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { Listing } from '../model/listing.ts'
import { makeQuery, type Query } from '../model/query.ts'
import type { Registry } from '../registries/registry.ts'
import type { System } from '../system/system.ts'
import { catalogOf, type CatalogContext } from './catalog-of.ts'
import { federate, type SourceAnswer, unaskedSources } from './federate.ts'
import { openMemory } from './memory.ts'
import { partsOf } from './merge.ts'
import { mergedOf } from './merged.ts'
import { openPlaces, type Places } from './places.ts'
import { suggest } from './suggest.ts'
import { buildOn } from './text-index.ts'

export interface SearchParts {
  system: System
  registries: readonly Registry[]
  settings: {
    defaultRegistry?: string | undefined
    concurrency: { registries: number }
    http: { timeoutMs: { search: number } }
  }
  emit: Emit
  /** Shared by everything that asks registries, so that the ceiling holds over all of it; one of its own when left out. */
  places?: Places
  /** What is known of the time a registry takes, ms. */
  expectedMs?: (registry: Registry) => number
  /** Installed versions by `registry/name`, as of now. */
  installed: () => ReadonlyMap<string, string | undefined>
}

export interface AskFlags {
  signal?: AbortSignal
  refresh?: boolean
  offline?: boolean
  /** Only the complete catalog, so that those on the way are never computed. */
  lastOnly?: boolean
}

export interface Search {
  /** A catalog from memory when there is one, then a better one at each settle; the last one is complete. */
  search(query: Query, flags?: AskFlags): AsyncIterable<Catalog>
  /** From memory, at once, asking nobody. */
  peek(query: Query): Catalog
  /** Reads the words of all that is known, a little at a time, so that the first letter need not wait for it. */
  prepare(): Promise<void>
  /** Lines that go on from what is typed, from what this process knows. */
  suggest(typed: string): string[]
  /** What this process knows under `registry/name`, or under a name in any registry; leading offer first. */
  find(id: string): Listing[]
  /** Everything this process knows, for similar items. */
  known(): Listing[]
  /** The list of registries changed: what those named said counts no more, and the order is worked out anew. */
  forget(registries: readonly string[]): void
}

/** Searching over a set of registries, with what they last said kept in memory. */
export function openSearch(parts: SearchParts): Search {
  const { registries, settings, system, emit } = parts
  const { places = openPlaces(settings.concurrency.registries, system.clock), expectedMs } = parts
  const memory = openMemory(registries)
  let order: readonly string[] = orderOf(registries)
  const context = (): CatalogContext => ({
    installed: parts.installed(),
    defaultRegistry: settings.defaultRegistry,
    order,
  })
  const place = (listing: Listing): number =>
    listing.registry === settings.defaultRegistry ? -1 : order.indexOf(listing.registry)

  async function* search(query: Query, flags: AskFlags = {}): AsyncGenerator<Catalog> {
    const enabled = registries.filter((one) => one.entry.enabled)
    const { lastOnly = false } = flags
    emit('search.started', { text: query.text, registries: enabled.map((one) => one.entry.name) })
    const start = memory.pending(unaskedSources(registries))
    const timeoutMs = settings.http.timeoutMs.search
    const isKnown = start.some((one) => one.listings.length > 0)
    const options = { registries, clock: system.clock, places, timeoutMs, expectedMs, ...flags }
    let last = start
    for await (const answers of federate(query, options, isKnown && !lastOnly ? start : undefined)) {
      last = memory.learn(answers)
      throwWhenAllFailed(last, enabled.length)
      if (!lastOnly) yield catalogOf(query, last, context())
    }
    if (lastOnly || enabled.length === 0) yield catalogOf(query, last, { ...context(), isOnce: lastOnly })
  }

  /** Code that runs for the first time takes several times as long, and so does the first suggestion. */
  async function rehearse(): Promise<void> {
    for (const text of REHEARSED) {
      await system.clock.turn()
      catalogOf(makeQuery({ text }), memory.all(), context())
      await system.clock.turn()
      suggested(text)
    }
  }
  const suggested = (typed: string): string[] =>
    suggest(typed, mergedOf(partsOf(memory.all(), { ...context(), noMerge: false })))

  return {
    search,
    async prepare() {
      for (const { listings, parts: some = [listings] } of memory.all())
        for (const part of some) while (!buildOn(part, AT_ONCE)) await system.clock.turn()
      await rehearse()
    },
    peek: (query) => catalogOf(query, memory.all(), context()),
    suggest: suggested,
    find(id) {
      const found = memory.all().flatMap((one) => one.listings.filter((item) => item.id === id || item.name === id))
      return found.toSorted((a, b) => place(a) - place(b))
    },
    known: () => memory.all().flatMap((one) => one.listings),
    forget(names) {
      memory.forget(names)
      order = orderOf(registries)
    },
  }
}

/** Names by priority, then as configured. */
const orderOf = (registries: readonly Registry[]): string[] =>
  registries
    .map((one, at) => ({ name: one.entry.name, priority: one.entry.priority, at }))
    .toSorted((a, b) => a.priority - b.priority || a.at - b.at)
    .map((one) => one.name)

/** What is typed first, more or less: one letter, and two, from which on lines are suggested. */
const REHEARSED = ['s', 'se']

/** Listings read between two looks at the keys: a few ms. */
const AT_ONCE = 250

const WITHOUT_ANSWER = new Set(['failed', 'unauthorised', 'slow'])

/** Only when nobody answered and nothing is kept: one failure among several is an entry in `sources`. */
function throwWhenAllFailed(answers: readonly SourceAnswer[], enabled: number): void {
  const failed = answers.filter((one) => WITHOUT_ANSWER.has(one.source.state) && one.ageMs === undefined)
  if (enabled === 0 || failed.length < enabled) return
  throw allRegistriesFailed(failed.map(({ source }) => ({ registry: source.registry, reason: source.reason ?? '' })))
}
