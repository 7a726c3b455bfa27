import { join } from 'node:path'
import { CAUSE_VARIABLE } from '../system/cause.ts'
import type { Cache } from '../cache/cache.ts'
import { openCache } from '../cache/open-cache.ts'
import type { SettingsFlags } from '../config/load-settings.ts'
import { secretOf } from '../config/secret.ts'
import type { LoadedSettings } from '../config/settings.ts'
import { openBreakers } from '../http/breaker.ts'
import { openPublishing } from './open-publishing.ts'
import { openStore, type Store, type StoreParts } from './open-store.ts'
import { openWorks } from './open-works.ts'
import { openValidation } from './open-validation.ts'
import { openTrail, toldDetails, trailOf } from './open-trail.ts'
import { openJobs } from '../jobs/open-jobs.ts'
import type { Marketplace, RegistryStatus } from '../marketplace.ts'
import { openMetrics } from '../metrics/open-metrics.ts'
import { failureOf } from '../model/failure-type.ts'
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
import { openEventHub, type EventHub } from '../system/event-hub.ts'
import { limitedRun } from '../system/limited-run.ts'
import { pathsOf } from '../system/paths.ts'
import type { System } from '../system/system.ts'

export interface MarketplaceOptions {
  system: System
  loaded: LoadedSettings
  program: { name: string; version: string }
  /** Folder of the built-in goods. */
  goods: string
  /** Variables with which a process of a job loads the same settings. */
  environment: Record<string, string>
  /** The command or the screens this process does the work of, for the audit trail. */
  cause?: string
  /** How the settings were found; nothing when they lie where they lie by default. */
  flags?: SettingsFlags
}

/**
 * Builds every room in order, lower ones first, and hands them out as the Marketplace. The only place that knows
 * them all. Nothing is contacted and nothing is read from disk until it is asked for, and the rooms of long work are
 * not even loaded: a search pays for searching alone.
 */
export async function openMarketplace(options: MarketplaceOptions): Promise<Marketplace> {
  const { loaded, program, goods, cause = 'library', flags = {} } = options
  const environment = { ...options.environment, [CAUSE_VARIABLE]: cause }
  const { settings } = loaded
  const system = { ...options.system, run: limitedRun(options.system.run, settings.process.timeoutMs) }
  const paths = pathsOf(system.env)
  const hub = openEventHub((text) => system.log.warn(text))
  const { emit } = hub
  const audit = openTrail({ system, folder: paths.audit, hub, cause })
  const cache = await openMarketCache({ system, settings, paths, emit })
  const figures = openFigures({ system, settings, cache, hub, folder: join(paths.state, 'metrics') })
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
  const jobs = openJobs({ ...shared, folder: paths.jobs, types: works.types, program: program.version, environment })
  return {
    program,
    paths,
    loaded,
    jobs,
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
    ...countedBy(figures),
    audit: trailOf(paths.audit),
    ...heardBy(hub),
    async close(isLeaving) {
      await jobs.close()
      await Promise.allSettled([...desk.list.map((registry) => registry.close()), writes.close()])
      await Promise.allSettled([cache.close(isLeaving), health.close(), audit.close(), closeThreads()])
      figures.close()
    },
  }
}

const heardBy = ({ on, onAny }: EventHub): Pick<Marketplace, 'on' | 'onAny'> => ({ on, onAny })

/** The figures, and who tells them of errors. */
const countedBy = (figures: ReturnType<typeof openFigures>): Pick<Marketplace, 'metrics' | 'noteError'> => ({
  metrics: figures,
  noteError: figures.noteError,
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

interface FigureParts {
  system: System
  settings: LoadedSettings['settings']
  cache: Cache
  hub: EventHub
  folder: string
}

/** The figures, fed by the events of this run; hit figures are kept by the cache itself. */
function openFigures({ system, settings, cache, hub, folder }: FigureParts) {
  const metrics = openMetrics({ system, folder, settings: settings.metrics, on: hub.on })
  return {
    async figures() {
      await metrics.gather()
      return { ...metrics.figures(), cache: await cache.stats() }
    },
    clear: metrics.clear,
    close: metrics.close,
    noteError: (error: unknown, command?: string): void =>
      hub.emit('error.told', { ...failureOf(error), ...(command === undefined ? {} : { command }) }),
  }
}
