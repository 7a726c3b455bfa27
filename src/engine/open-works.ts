import type { Audit } from '../audit/late-audit.ts'
import type { Cache } from '../cache/cache.ts'
import type { LoadedSettings } from '../config/settings.ts'
import type { JobType } from '../jobs/job.ts'
import type { Marketplace } from '../marketplace.ts'
import type { openPublishing } from './open-publishing.ts'
import type { Store } from './open-store.ts'
import type { MarketJobs } from './open-workshop.ts'
import { openPrices, openTemplates, pricesFile } from './open-templates.ts'
import type { Emit } from '../model/events.ts'
import type { Keep, RunTools } from '../pipeline/run-state.ts'
import type { System } from '../system/system.ts'

/** Keeps what was made under the digest of all it was made from, this version of the program included. */
const keepWith =
  (cache: Cache, version: string): Keep =>
  async <T>(from: unknown, ttlMs: number | undefined, make: () => T) => {
    const { createHash } = await import('node:crypto')
    const key = createHash('sha256')
      .update(JSON.stringify([version, from]))
      .digest('hex')
    const kept = await cache.get<T>('artifact', 'local', key)
    if (kept?.isFresh && kept.ageMs <= (ttlMs ?? Number.POSITIVE_INFINITY)) return { value: kept.value, isCached: true }
    const value = make()
    await cache.put('artifact', 'local', key, value, ttlMs === undefined ? {} : { ttlMs })
    return { value, isCached: false }
  }

interface JobParts {
  system: System
  cache: Cache
  program: { version: string }
  store: Store
  validate: Marketplace['validate']
  goods: string
  audit: Audit
  settings: LoadedSettings['settings']
  publishing: ReturnType<typeof openPublishing>
  loaded: LoadedSettings
  emit: Emit
}

/** The kinds of jobs, and what can be asked of a template before one runs: both from the same tools. */
export function openWorks(parts: JobParts): { kinds: MarketJobs; templates: Marketplace['templates'] } {
  const prices = pricesFile(parts.loaded, parts.system)
  const tools = toolsOf(parts, prices)
  return {
    kinds: jobsOf(parts, tools),
    templates: openTemplates({ tools, prices, cwd: parts.system.env.cwd, emit: parts.emit }),
  }
}

/** What the pipeline is handed, made when it is first needed. */
const toolsOf =
  ({ system, store, validate, goods, cache, program, settings, publishing }: JobParts, prices: string | undefined) =>
  async (): Promise<RunTools> => {
    const { packFiles } = await import('../bundle/pack.ts')
    const { publish, checkRegistry } = publishing
    const places = { system, roots: [goods], find: store.find }
    const keep = keepWith(cache, program.version)
    const work = { validate, pack: packFiles, keep, publish, checkRegistry }
    return { ...places, ...work, prices: () => openPrices(prices), adjustments: settings.pipeline }
  }

/** How the kinds of jobs are loaded that need the market. */
function jobsOf({ store, audit, publishing }: JobParts, tools: () => Promise<RunTools>): MarketJobs {
  const change = (type: string) => async (): Promise<JobType> => {
    const [room] = await Promise.all([store.install(), audit.ready()])
    const found = room.jobTypes.find((one) => one.type === type)
    if (!found) throw new Error(`the install room knows no job of type ${type}`)
    return found
  }
  return {
    install: change('install'),
    update: change('update'),
    uninstall: change('uninstall'),
    run: async () => (await import('../pipeline/run-job.ts')).runJobType(await tools()),
    generate: async () => (await import('../pipeline/run-job.ts')).generateJobType(await tools()),
    validate: async () => (await import('../pipeline/folder-jobs.ts')).validateJobType(await tools()),
    publish: publishing.jobType,
  }
}
