import type { AuditEntry } from './audit/entry.ts'
import type { TrailQuery, TrailVerdict } from './audit/read-trail.ts'
import type { Cache, CacheStats } from './cache/cache.ts'
import type { LoadedSettings } from './config/settings.ts'
import type { Jobs } from './jobs/job.ts'
import type { Catalog, Source } from './model/catalog.ts'
import type { CostQuery, CostReport } from './model/cost.ts'
import type { DeployQuery, Deployment } from './model/deployment.ts'
import type { EnvironmentDiff, Side } from './model/environment-diff.ts'
import type { EnvironmentTable } from './model/environment-table.ts'
import type { EventName, Events } from './model/events.ts'
import type { Installation, Outdated, Plan } from './model/plan.ts'
import type { Figures } from './model/figures.ts'
import type { ToldIntel } from './model/intel.ts'
import type { PluginStatus } from './model/plugin.ts'
import type { Publication } from './model/publication.ts'
import type { Query } from './model/query.ts'
import type { RegistryEntry } from './model/registry-entry.ts'
import type { EditOutcome, Probe, RegistryEdit, Suggestion } from './model/registry-edit.ts'
import type { MarketError } from './model/errors.ts'
import type { Finding, Report, Scanner } from './model/report.ts'
import type { StreamRequest } from './pipeline/stream-run.ts'
import type { HealthChange } from './registries/watch-health.ts'
import type { Health } from './registries/registry.ts'
import type { Found } from './search/lookup.ts'
import type { Paths } from './system/paths.ts'

export interface SearchOptions {
  signal?: AbortSignal
  refresh?: boolean
  offline?: boolean
  /** Only the complete catalog, for those who show nothing before it. */
  lastOnly?: boolean
}

/** One registry as `souk registries` and the Registries screen show it. */
export interface RegistryStatus {
  entry: RegistryEntry
  health: Health
}

interface DetailsPurpose {
  version?: string
  isShown?: boolean
  isAhead?: boolean
}

/** One item, where from, and how old the word is. */
export type Details = Found

export interface PlanRequest {
  action: 'install' | 'update' | 'uninstall'
  /** `name`, `registry/name`, `name@range`. Empty with `update` means all. */
  ids: string[]
  cascade?: boolean
  refresh?: boolean
  offline?: boolean
  signal?: AbortSignal
}

export interface EditFlags {
  /** Works out the change and writes nothing. */
  isTrial?: boolean
}

export interface ProbeFlags {
  /** A name that is already chosen. */
  name?: string
  /** Members of the entry to be: protocol, credentials, branch ... */
  members?: Record<string, unknown>
  signal?: AbortSignal
}

export interface ValidateRequest {
  path: string
  rule?: string
  /** The rules of these steps only. */
  only?: readonly Scanner[]
  /** Versions of the host to judge for; the newest alone when absent. */
  hostVersions?: readonly number[]
  /** A SARIF log of another scanner, whose findings count too. */
  importSarif?: string
  /** The steps tell when they began and ended. */
  isTraced?: boolean
  /** A report of files that differ in white space and order of members only counts as theirs. */
  isCanonical?: boolean
  /** Nothing is taken from the cache. */
  isFresh?: boolean
  /** One of many: threads pay then for small ones too. */
  isOneOfMany?: boolean
  /** The policy file; the one beside what is validated, or that of the settings, when absent. */
  policy?: string
  /** Whether suppressions, policies and baselines count; they do when absent. */
  isStrict?: boolean
  /** A file of findings that are known. */
  baseline?: string
  /** The folder of the Azure toolkit, in place of that of the settings. */
  armTtk?: string
  signal?: AbortSignal
  onProgress?: (done: number, total: number, file: string) => void
  onFinding?: (finding: Finding) => void
}

/** What a watch saw: a report with what came and what went since the one before, or why there is none. */
export type WatchedValidation =
  | { report: Report; came: Finding[]; went: Finding[]; tookMs: number; error?: undefined }
  | { error: MarketError }

/** The API versions that resources are judged by. */
export interface ApiVersionsStatus {
  /** The day up to which versions are known, such as 2026-02-13. */
  date: string
  ageDays: number
  types: number
  /** `shipped`, or where they were updated from. */
  source: string
}

/** The engine as seen from any door: the CLI, the screens and tests call nothing else. */
export interface Marketplace {
  readonly program: { name: string; version: string }
  readonly paths: Paths
  readonly loaded: LoadedSettings
  /** A catalog now and a better one whenever a registry answers; the last one is complete. Throws only when all registries failed with nothing cached. */
  search(query: Query, options?: SearchOptions): AsyncIterable<Catalog>
  /** The answer from what this process already knows, at once, asking nobody. */
  peek(query: Query): Catalog
  /** Makes ready what the first letter typed will need, a little at a time. */
  prepare(): Promise<void>
  /** Up to eight lines that go on from what is typed, by the names, tags and authors this process knows. */
  suggest(typed: string): string[]
  /**
   * One item. `isShown` says that a person asked to see it, which the audit trail keeps; `isAhead` that nobody asked
   * for it yet and the cursor only rests on it.
   */
  details(id: string, options?: SearchOptions & DetailsPurpose): Promise<Details>
  /** What the registries say of an item and of what is like it, kept for `cache.ttl.marketIntel`. */
  intel(id: string, options?: SearchOptions): Promise<ToldIntel>
  categories(
    options?: SearchOptions,
  ): Promise<{ categories: { name: string; count?: number; registries: string[] }[]; sources: Source[] }>
  readonly registries: {
    status(): RegistryStatus[]
    /** Asks one registry now and answers how it fared. */
    test(name: string, signal?: AbortSignal): Promise<Source>
    /** Fills health (items, skipped, state) for every enabled registry. */
    survey(options?: SearchOptions): Promise<Source[]>
    /** Asks every registry at each `health.interval` and tells what changed, if anything, until taken back. */
    watch(call: (changes: HealthChange[]) => void): () => void
    /** Looks at what lies at an address and answers what it is; nothing is written. */
    probe(address: string, flags?: ProbeFlags): Promise<Probe>
    /** Changes the settings file; registries are opened and closed here accordingly. */
    edit(edit: RegistryEdit, flags?: EditFlags): Promise<EditOutcome>
    /** Reads the settings file again, for what another program wrote into it. */
    reload(): Promise<void>
    /** Public registries that the settings do not have. Nothing is contacted. */
    suggested(): Promise<Suggestion[]>
  }
  plan(request: PlanRequest): Promise<Plan>
  installed(): Promise<Installation[]>
  outdated(options?: SearchOptions): Promise<Outdated[]>
  /** Removes what a killed install left; answers what it removed. Called by every install first. */
  recover(): Promise<string[]>
  validate(request: ValidateRequest): Promise<Report>
  /**
   * Validates now, and again whenever a file changed, until the signal of the request. What did not change is not
   * inspected again.
   */
  watchValidation(request: ValidateRequest & { signal: AbortSignal }): AsyncIterable<WatchedValidation>
  readonly apiVersions: {
    status(): Promise<ApiVersionsStatus>
    /** Takes a newer table from a file or an address (https, or this machine). Throws `file.problem`. */
    update(source: string, signal?: AbortSignal): Promise<ApiVersionsStatus>
  }
  /** What can be asked of a template (an id or an absolute folder) before it is run; nothing is written. */
  readonly templates: {
    /** Settings, features and tiers of its environments, cell by cell. */
    table(template: string): Promise<EnvironmentTable>
    /** Generates each side in memory, as a run would, and tells what differs. */
    compare(request: { template: string; sides: readonly Side[] }, signal?: AbortSignal): Promise<EnvironmentDiff>
    /** Costs of a template, or of a folder that was generated; `prices` is a file in place of that of the settings. */
    cost(query: CostQuery, signal?: AbortSignal): Promise<CostReport>
    /** The commands that deploy it; nothing runs. */
    deployments(query: DeployQuery): Promise<Deployment[]>
    /** Tells that somebody ran them, and how that ended: it leaves a line in the audit trail. */
    deployed(end: Events['deploy.ended']): void
    /** The table of prices in force. */
    prices(): Promise<object>
  }
  /**
   * Generates the main template of one environment straight into `write`, piece by piece in UTF-8, without a job: the
   * bytes are others once `write` is done with them. `template` is an id or an absolute folder.
   */
  streamTemplate(
    request: StreamRequest,
    write: (bytes: Uint8Array) => Promise<void> | void,
    signal: AbortSignal,
  ): Promise<{ resources: number; characters: number }>
  /**
   * The dry run of the job `publish`: looks whether the registry may be published to, reads, checks and packs, and
   * sends nothing. `path` is absolute: a folder of goods, its manifest, or a ZIP.
   */
  publication(request: { path: string; registry: string; signal?: AbortSignal }): Promise<Publication>
  /** Code of others that adds protocols. Throws `plugin.*`. */
  readonly plugins: {
    list(): Promise<PluginStatus[]>
    /** Writes down that a plugin may be used as it is now, or as it was seen; any change of its files takes that back. */
    trust(name: string, digest?: string): Promise<PluginStatus>
    untrust(name: string): Promise<PluginStatus>
  }
  readonly metrics: {
    /** Everything known up to now; the hit figures are those of the cache. */
    figures(): Promise<Figures & { cache: CacheStats }>
    /** Forgets all but the hit figures of the cache; answers how many bytes that were. */
    clear(): number
  }
  /** Told of an error the user was shown, and of the command that ended with it. */
  noteError(error: unknown, command?: string): void
  readonly jobs: Jobs
  readonly cache: Cache
  readonly audit: {
    /** The lines that fit, oldest first, and how many could not be read. */
    read(query: TrailQuery): Promise<{ entries: AuditEntry[]; unreadable: number }>
    /** Follows the chain of hashes from the first line to the kept head. */
    verify(): Promise<TrailVerdict>
  }
  on<N extends EventName>(name: N, call: (payload: Events[N]) => void): () => void
  onAny(call: (name: EventName, payload: unknown) => void): () => void
  /** With `isLeaving` the process ends right after, and nothing waits for the disk that need not. */
  close(isLeaving?: boolean): Promise<void>
}
