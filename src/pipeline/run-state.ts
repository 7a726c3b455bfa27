import type { PackRequest, Packed } from '../bundle/pack.ts'
import type { Draft } from '../model/draft.ts'
import type { Report } from '../model/report.ts'
import type { Generated } from './generators/arm-template.ts'
import type { Template } from './generators/template-folder.ts'
import type { Format } from './generators/text-files.ts'
import type { TierMode } from './generators/tiers.ts'
import type { OutputFolder } from './output-folder.ts'
import type { CostAnalyzer } from './cost/cost-analyzer.ts'
import type { PriceTable } from './cost/price-table.ts'
import type { StepContext } from '../jobs/job.ts'
import type { Adjustments } from './arrange.ts'
import type { StageId } from '../model/stages.ts'
import type { Middleware, Trace } from './pipeline.ts'
import type { TemplatePlaces } from './run-input.ts'

/** Runs the rules over a folder; the marketplace's own `validate` fits. */
export type Validate = (request: {
  path: string
  signal: AbortSignal
  onProgress: (done: number, total: number) => void
}) => Promise<Report>

/** Writes a ZIP; `packFiles` of the bundle room fits. */
type Pack = (request: PackRequest) => Promise<Packed>

/**
 * Makes a value, or takes the one made before from the same things: `from` is all that it depends on, as plain data.
 * `ttlMs` is how long it is kept; the setting when left out.
 */
export type Keep = <T>(
  from: unknown,
  ttlMs: number | undefined,
  make: () => T,
) => Promise<{ value: T; isCached: boolean }>

/** What the pipeline is handed. */
export interface RunTools extends TemplatePlaces {
  validate: Validate
  pack: Pack
  /** Without one everything is made anew. */
  keep?: Keep
  /** Further middleware, from settings or plugins. */
  middleware?: readonly Middleware[]
  /** The prices of the settings; those of the program when left out. */
  prices?(): Promise<PriceTable>
  /** Further analyzers of costs, from plugins. */
  costAnalyzers?: readonly CostAnalyzer[]
  /** What the settings change of the middleware. */
  adjustments?: Adjustments
  /** Throws when nothing can be published to a registry; asked before the first step. */
  checkRegistry?(name: string): void
  /** Publishes a folder of goods; answers what the registry said. */
  publish?(
    what: { path: string; registry: string; job: string },
    context: StepContext,
  ): Promise<Record<string, unknown>>
}

/** A run on its way: one draft for each environment. */
export interface RunState {
  template: Template
  drafts: Draft[]
  seed: string
  /** Features that are on or off whatever the tables say. */
  features: Readonly<Record<string, boolean>>
  tierMode: TierMode
  format: Format
  level: number | undefined
  /** How long what is generated is kept, ms; the setting when left out. */
  cacheTtlMs: number | undefined
  target: OutputFolder
  /** What was generated, by environment. */
  made: Map<string, Generated>
  /** Environments that were generated before from the same things and taken from the cache. */
  cached: Set<string>
  /** Registry that the template is published to after all else went well. */
  publish: string | undefined
  published?: Record<string, unknown>
  /** The one stage that runs, on what the stage before it left. */
  only: StageId | undefined
  /** Id of the job. */
  job: string
  /** Middleware that is left out of this run. */
  without: readonly string[]
  /** What each middleware did, in the order it began. */
  trace: Trace[]
  /** With `--diff`: the files of each environment as they were generated, before anything was added to them. */
  before?: Map<string, Map<string, string>>
  /** May write over what stands in OUT. */
  isForced: boolean
  /** Folders that were made for the output, outermost first. */
  newFolders: string[]
  /** Files that are now in OUT, with paths from it. */
  placed: string[]
}
