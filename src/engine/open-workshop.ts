import { join } from 'node:path'
import { CAUSE_VARIABLE } from '../system/cause.ts'
import type { Audit } from '../audit/late-audit.ts'
import type { SettingsFlags } from '../config/load-settings.ts'
import type { LoadedSettings } from '../config/settings.ts'
import type { JobType } from '../jobs/job.ts'
import { lateJobType } from '../jobs/late-job-type.ts'
import { openJobs, type JobDesk } from '../jobs/open-jobs.ts'
import type { Marketplace } from '../marketplace.ts'
import { openMetrics, type Metrics } from '../metrics/open-metrics.ts'
import { failureOf } from '../model/failure-type.ts'
import { openEventHub, type EventHub } from '../system/event-hub.ts'
import { limitedRun } from '../system/limited-run.ts'
import { pathsOf, type Paths } from '../system/paths.ts'
import type { System } from '../system/system.ts'
import { openTrail } from './open-trail.ts'

export interface WorkshopOptions {
  system: System
  loaded: LoadedSettings
  program: { name: string; version: string }
  /** Variables with which a process of a job loads the same settings. */
  environment: Record<string, string>
  /** The command or the screens this process does the work of, for the audit trail. */
  cause?: string
  /** How the settings were found; nothing when they lie where they lie by default. */
  flags?: SettingsFlags
  /** Opens the market on top of this, for a job that needs it. Absent where the market is opened anyway. */
  openMarket?: () => Promise<unknown>
}

/**
 * Kinds of jobs that need the market, which hands over how each is loaded, and whether one sweeps what a killed process
 * of it left.
 */
const MARKET_JOBS = {
  install: false,
  update: false,
  uninstall: false,
  run: true,
  generate: true,
  validate: false,
  publish: true,
} as const
type MarketJob = keyof typeof MARKET_JOBS
export type MarketJobs = Readonly<Record<MarketJob, () => Promise<JobType>>>

/**
 * What stands before the market opens, and all that most jobs and those who follow one need: the jobs, the events of
 * this process, its figures and its audit trail. It loads in a fraction of the time of the market.
 */
export interface Workshop {
  system: System
  paths: Paths
  /** What a process of a job starts with over our own variables. */
  environment: Record<string, string>
  hub: EventHub
  audit: Audit
  metrics: Metrics
  jobs: JobDesk
  /** Takes over the kinds of jobs that the market knows. */
  take(kinds: MarketJobs): void
  noteError: Marketplace['noteError']
  close(): Promise<void>
}

/** Opens the workshop. Nothing is contacted; of the disk, the folder of the jobs alone is touched. */
export function openWorkshop(options: WorkshopOptions): Workshop {
  const { loaded, program, cause = 'library', openMarket } = options
  const { settings } = loaded
  const system = { ...options.system, run: limitedRun(options.system.run, settings.process.timeoutMs) }
  const paths = pathsOf(system.env)
  const environment = { ...options.environment, [CAUSE_VARIABLE]: cause }
  const hub = openEventHub((text) => system.log.warn(text))
  const audit = openTrail({ system, folder: paths.audit, hub, cause })
  const folder = join(paths.state, 'metrics')
  const metrics = openMetrics({ system, folder, settings: settings.metrics, on: hub.on })
  let taken: MarketJobs | undefined
  const types = [
    ...Object.entries(MARKET_JOBS).map(([type, sweeps]) =>
      lateJobType(type, sweeps, async () => {
        if (!taken) await openMarket?.()
        if (!taken) throw new Error(`a job of type ${type} needs the market, which did not open`)
        return taken[type as MarketJob]()
      }),
    ),
    ...ownTypes(system),
  ]
  const jobs = openJobs({
    system,
    folder: paths.jobs,
    types,
    settings,
    emit: hub.emit,
    program: program.version,
    environment,
  })
  return {
    system,
    paths,
    environment,
    hub,
    audit,
    metrics,
    jobs,
    take: (kinds) => void (taken = kinds),
    noteError: (error, command) =>
      hub.emit('error.told', { ...failureOf(error), ...(command === undefined ? {} : { command }) }),
    async close() {
      await jobs.close()
      await audit.close()
      metrics.close()
    },
  }
}

/** Work on files and folders alone; the code of one is loaded when such a job runs. */
const ownTypes = (system: System): JobType[] => [
  lateJobType('analyze', false, async () => (await import('../pipeline/large-jobs.ts')).analyzeJobType(system)),
  lateJobType('optimize', true, async () => (await import('../pipeline/large-jobs.ts')).optimizeJobType(system)),
  lateJobType('package', false, async () => (await import('../pipeline/folder-jobs.ts')).packageJobType({ system })),
]
