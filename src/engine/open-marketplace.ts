import { join } from 'node:path'
import type { Cache } from '../cache/cache.ts'
import { openCache } from '../cache/open-cache.ts'
import { secretOf } from '../config/secret.ts'
import type { LoadedSettings } from '../config/settings.ts'
import { openBreakers } from '../http/breaker.ts'
import { openPublishing } from './open-publishing.ts'
import { openStore, type Store, type StoreParts } from './open-store.ts'
import { openWorks } from './open-works.ts'
import { openValidation } from './open-validation.ts'
import { toldDetails, trailOf } from './open-trail.ts'
import { openWorkshop, type Workshop, type WorkshopOptions } from './open-workshop.ts'
import type { Jobs } from '../jobs/job.ts'
import type { Marketplace, RegistryStatus } from '../marketplace.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { TemplatePlaces } from '../pipeline/run-input.ts'
import { expectedMsOf, openHealth } from '../registries/health.ts'
import type { Health, Registry } from '../registries/registry.ts'
import { watchHealth } from '../registries/watch-health.ts'
import { LateWrites } from '../registries/late-writes.ts'
import { openRegistryDesk, type RegistryDesk } from './registry-desk.ts'
import { openLookup, type Lookup } from '../search/lookup.ts'
import { latePlugins } from './late-plugins.ts'
import { openPlaces } from '../search/places.ts'
import { openSearch, type Search } from '../search/open-search.ts'
import type { EventHub } from '../system/event-hub.ts'
import type { System } from '../system/system.ts'

export interface MarketplaceOptions extends Omit<WorkshopOptions, 'openMarket'> {
  /** Folder of the built-in goods. */
  goods: string
  /** What was opened before the market; opened with it when left out. */
  workshop?: Workshop
}

/**
 * Builds every room in order, lower ones first, and hands them out as the Marketplace. The only place that knows
 * them all. Nothing is contacted and nothing is read from disk until it is asked for, and the rooms of long work are
 * not even loaded: a search pays for searching alone.
 */
export async function openMarketplace(options: MarketplaceOptions): Promise<Marketplace> {
  const { loaded, program, goods, flags = {}, workshop = openWorkshop(options) } = options
  const { settings } = loaded
  const { system, paths, environment, audit, jobs } = workshop
  const { emit } = workshop.hub
  const cache = await openMarketCache({ system, settings, paths, emit })
  const { health, breakers, healthOf } = openBooks({ system, settings, paths })
  const plugins = latePlugins({ system, settings, paths, emit })
  const writes = new LateWrites(system.clock, cache)
  const books = { cache, writes, health, breakers, foreign: plugins.protocol }
  const desk = openRegistryDesk({ system, loaded, flags, environment, goods, ...books, emit, paths })
  const shared = { system, registries: desk.list, settings, emit }
  const places = openPlaces(settings.concurrency.registries, system.clock)
  const store = openStore({ ...shared, paths, take: places.take })
  const asking = { ...shared, places, expectedMs: ({ entry }: Registry) => expectedMsOf(health.of(entry)) }
  const search = openSearch({ ...asking, installed: () => store.versions })
  const lookup = openLookup({ ...asking, search, installed: store.installed })
  const { closeThreads, ...validation } = openValidation({ ...shared, loaded, cache, paths, store, goods })
  desk.onChange((names) => {
    search.forget(names)
    store.reopen()
  })
  const publishing = openPublishing({ ...shared, cache, validate: validation.validate, paths, ready: audit.ready })
  const works = openWorks({ ...shared, ...validation, store, goods, audit, cache, program, publishing, loaded })
  workshop.take(works.kinds)
  return {
    program,
    paths,
    loaded,
    jobs: knowingAll(jobs, writes),
    cache,
    async *search(query, flags) {
      await store.installed()
      yield* search.search(query, flags)
    },
    ...knownBy(search),
    ...askedOf({ ...shared, cache, search, lookup }),
    registries: registriesOf({ ...shared, desk, lookup, healthOf }),
    ...changesOf(store, { system, roots: [goods] }),
    ...validation,
    templates: works.templates,
    publication: publishing.prepare,
    plugins,
    ...countedBy(workshop, cache),
    audit: trailOf(paths.audit),
    ...heardBy(workshop.hub),
    async close(isLeaving) {
      await jobs.close()
      await Promise.allSettled([...desk.list.map((registry) => registry.close()), writes.close()])
      await Promise.allSettled([cache.close(isLeaving), health.close(), closeThreads()])
      await workshop.close()
    },
  }
}

/** A job reads the cache in a process of its own: what this one has learned is written before that begins. */
const knowingAll = (jobs: Jobs, writes: LateWrites): Jobs => ({
  ...jobs,
  async start(...job) {
    await writes.flush()
    return jobs.start(...job)
  },
  async rerun(id) {
    await writes.flush()
    return jobs.rerun(id)
  },
})

const heardBy = ({ on, onAny }: EventHub): Pick<Marketplace, 'on' | 'onAny'> => ({ on, onAny })

/** The figures, and who tells them of errors; hit figures are kept by the cache itself. */
const countedBy = ({ metrics, noteError }: Workshop, cache: Cache): Pick<Marketplace, 'metrics' | 'noteError'> => ({
  metrics: {
    async figures() {
      await metrics.gather()
      return { ...metrics.figures(), cache: await cache.stats() }
    },
    clear: metrics.clear,
  },
  noteError,
})

interface AskedParts extends Pick<StoreParts, 'system' | 'registries' | 'settings' | 'emit'> {
  cache: Cache
  search: Search
  lookup: Lookup
}

/** Questions about one item, and about all of them. */
function askedOf({ lookup, settings, ...parts }: AskedParts): Pick<Marketplace, 'details' | 'categories' | 'intel'> {
  return {
    details: toldDetails(lookup.details, parts.emit),
    categories: lookup.categories,
    async intel(id, flags) {
      const { marketIntel } = await import('./market-intel.ts')
      return marketIntel({ ...parts, lookup, partialMs: settings.cache.ttlMs.search }, id, flags)
    },
  }
}

/** What is answered from memory. */
const knownBy = ({ peek, prepare, suggest }: Search): Pick<Marketplace, 'peek' | 'prepare' | 'suggest'> => ({
  peek,
  prepare,
  suggest,
})

/** The cache where the settings say; `${VAR}` in the address of a server is read when it is connected to. */
const openMarketCache = ({ system, settings, paths, emit }: Omit<StoreParts, 'registries' | 'take'>): Promise<Cache> =>
  openCache({
    system,
    settings: settings.cache,
    path: join(paths.cache, 'cache.sqlite'),
    emit,
    secret: (text) => secretOf(text, system.env, { field: 'cache.store' }),
  })

type Changes = Pick<Marketplace, 'plan' | 'installed' | 'outdated' | 'recover' | 'streamTemplate'>
const changesOf = (store: Store, places: TemplatePlaces): Changes => ({
  async streamTemplate(request, write, signal) {
    const { streamRun } = await import('../pipeline/stream-run.ts')
    return streamRun({ ...places, find: store.find }, request, write, signal)
  },
  plan: async (request) => (await store.install()).plan(request),
  installed: store.installed,
  outdated: async (flags) => (await store.install()).outdated(flags),
  recover: async () => (await store.install()).recover(),
})

/** What is known of how registries fare, kept across runs. */
function openBooks({ system, settings, paths }: Pick<StoreParts, 'system' | 'settings' | 'paths'>) {
  const health = openHealth({ system, file: join(paths.state, 'health.json') })
  const breakers = openBreakers({ system, file: join(paths.state, 'breakers.json'), settings: settings.http })
  const healthOf = (entry: RegistryEntry): Health => {
    const nextTryAt = entry.enabled ? breakers.of(entry).nextTryAt() : undefined
    return { ...health.of(entry), ...(nextTryAt === undefined ? {} : { nextTryAt }) }
  }
  return { health, breakers, healthOf }
}

/** The registries as the doors see them: how they fare, and changes to the list of them. */
function registriesOf({ system, settings, desk, lookup, healthOf }: FareParts): Marketplace['registries'] {
  const { edit, probe, reload, suggested } = desk
  const { test, survey } = lookup
  const status = (): RegistryStatus[] => desk.list.map(({ entry }) => ({ entry, health: healthOf(entry) }))
  const watch = { clock: system.clock, everyMs: settings.health.intervalMs, survey, status }
  return { status, test, survey, watch: (call) => watchHealth(watch, call), edit, probe, reload, suggested }
}

interface FareParts {
  system: System
  settings: LoadedSettings['settings']
  desk: RegistryDesk
  lookup: Lookup
  healthOf: (entry: RegistryEntry) => Health
}
