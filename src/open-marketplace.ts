import { join } from 'node:path'
import { packFiles } from './bundle/pack.ts'
import type { Cache } from './cache/cache.ts'
import { openCache } from './cache/open-cache.ts'
import { secretOf } from './config/secret.ts'
import type { LoadedSettings } from './config/settings.ts'
import { openHttp } from './http/open-http.ts'
import { openInstall } from './install/install.ts'
import { openJobs } from './jobs/open-jobs.ts'
import type { JobType } from './jobs/job.ts'
import type { Marketplace } from './marketplace.ts'
import { isMarketError } from './model/errors.ts'
import type { Emit } from './model/events.ts'
import type { Installation } from './model/plan.ts'
import type { RegistryEntry } from './model/registry-entry.ts'
import { packageJobType, validateJobType } from './pipeline/folder-jobs.ts'
import { generateJobType, runJobType } from './pipeline/run-job.ts'
import { openHealth, type HealthBook } from './registries/health.ts'
import type { Registry } from './registries/registry.ts'
import { builtinProtocols } from './registries/builtin.ts'
import { openRegistry } from './registries/open-registry.ts'
import { openLimit } from './search/federate.ts'
import { openLookup } from './search/lookup.ts'
import { openSearch } from './search/open-search.ts'
import { openEventHub } from './system/event-hub.ts'
import { pathsOf } from './system/paths.ts'
import type { System } from './system/system.ts'
import { builtinRules } from './validation/rules/builtin.ts'
import { validatePath } from './validation/validator.ts'

export interface MarketplaceOptions {
  system: System
  loaded: LoadedSettings
  program: { name: string; version: string }
  /** Folder of the built-in goods. */
  goods: string
}

/** The registry of the goods that ship with the program; first in order, always there. */
const builtinEntry = (goods: string): RegistryEntry => ({
  name: 'builtin',
  type: 'official',
  protocol: 'folder',
  url: goods,
  enabled: true,
  priority: -1,
  options: {},
})

/**
 * Builds every room in order, lower ones first, and hands them out as the Marketplace. The only place that knows
 * them all. Nothing is contacted and nothing is read from disk until it is asked for.
 */
export async function openMarketplace(options: MarketplaceOptions): Promise<Marketplace> {
  const { system, loaded, program, goods } = options
  const { settings } = loaded
  const paths = pathsOf(system.env)
  const hub = openEventHub((text) => system.log.warn(text))
  const cache = await openCache({
    system,
    settings: settings.cache,
    path: join(paths.cache, 'cache.sqlite'),
    emit: hub.emit,
  })
  const health = openHealth({ system, file: join(paths.state, 'health.json') })
  const registries = openRegistries({
    system,
    loaded,
    goods,
    cache,
    health,
    emit: hub.emit,
    work: join(paths.cache, 'work'),
  })
  const enabled = registries.filter((registry) => registry.entry.enabled)
  const shared = { system, registries, settings, emit: hub.emit }
  const versions = new Map<string, string | undefined>()
  const installed = async (): Promise<Installation[]> => {
    const all = await install.installed()
    versions.clear()
    for (const one of all) versions.set(one.id, one.version)
    return all
  }
  const install = openInstall({
    ...shared,
    paths,
    registries: () => enabled,
    afterChange: async () => void (await installed()),
    ...(settings.defaultRegistry === undefined ? {} : { defaultRegistry: settings.defaultRegistry }),
  })
  const search = openSearch({ ...shared, installed: () => versions })
  const lookup = openLookup({ ...shared, search, limit: openLimit(settings.concurrency.registries), installed })
  const validate: Marketplace['validate'] = (request) => validatePath({ system, cache, ...request })
  const tools = {
    system,
    validate,
    pack: packFiles,
    roots: [goods],
    find: async (id: string) => (await installed()).find((one) => one.id === id || one.name === id)?.path,
  }
  const types = [
    ...install.jobTypes,
    runJobType(tools),
    generateJobType(tools),
    validateJobType(tools),
    packageJobType(tools),
  ] as JobType[]
  const jobs = openJobs({ system, folder: paths.jobs, types, settings, emit: hub.emit, program: program.version })
  return {
    program,
    paths,
    loaded,
    jobs,
    cache,
    async *search(query, flags) {
      await installed()
      yield* search.search(query, flags)
    },
    peek: search.peek,
    suggest: search.suggest,
    details: lookup.details,
    categories: lookup.categories,
    registries: {
      status: () => registries.map(({ entry }) => ({ entry, health: health.of(entry) })),
      test: lookup.test,
      survey: lookup.survey,
    },
    plan: install.plan,
    installed,
    outdated: install.outdated,
    recover: install.recover,
    validate,
    on: hub.on,
    onAny: hub.onAny,
    async close() {
      await jobs.close()
      await Promise.allSettled(registries.map((registry) => registry.close()))
      await Promise.allSettled([cache.close(), health.close()])
    },
  }
}

interface RegistryParts {
  system: System
  loaded: LoadedSettings
  goods: string
  cache: Cache
  health: HealthBook
  emit: Emit
  work: string
}

/** A registry for every entry; one that names no known protocol becomes a problem of the settings and is left out. */
function openRegistries({ system, loaded, goods, cache, health, emit, work }: RegistryParts): Registry[] {
  const { settings, problems } = loaded
  return [builtinEntry(goods), ...settings.registries].flatMap((entry) => {
    const secret = (text: string): string =>
      secretOf(text, system.env, { ...entry.place, field: `registries.${entry.name}.credentials` })
    const http = openHttp({ system, settings: settings.http, entry, emit, secret })
    const workFolder = join(work, entry.name)
    try {
      return [
        openRegistry(entry, { system, http, cache, health, emit, protocols: builtinProtocols, workFolder, secret }),
      ]
    } catch (error) {
      if (!isMarketError(error)) throw error
      problems.push(error)
      return []
    }
  })
}

/** The table of services and what provides each, for `doctor modules`. */
export function modulesOf({
  settings,
  origins,
}: LoadedSettings): { token: string; provider: string; origin: string }[] {
  const fixed = (token: string, provider: string) => ({ token, provider, origin: 'built in' })
  return [
    fixed('clock', 'system clock, moved by SOUK_NOW'),
    { token: 'cache', provider: settings.cache.store, origin: origins['cache.store'] ?? 'default' },
    fixed('http', 'undici'),
    ...builtinProtocols.map((one) => fixed(`protocol.${one.id}`, one.title)),
    fixed('search', 'merged, ranked on this machine'),
    fixed('validation', `${builtinRules.length} rules`),
    fixed('install', 'store with receipts'),
    fixed('jobs', 'processes with journals'),
    fixed('pipeline', 'generate, enrich, validate, package'),
  ]
}
