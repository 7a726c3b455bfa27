import type { Jobs } from '../jobs/job.ts'
import type { Marketplace } from '../marketplace.ts'
import type { ExitCode, MarketError } from '../model/errors.ts'
import type { Analysis, BadResource, ChunkChoice, FileOutcome, Optimized } from '../model/analysis.ts'
import type { EditOutcome } from '../model/registry-edit.ts'
import type { Report } from '../model/report.ts'
import type { SettingEdit, SettingOutcome } from '../model/setting-edit.ts'
import type { System } from '../system/system.ts'
import type { GlobalFlags } from './global-flags.ts'
import type { Values } from './values.ts'

/** What a shell may offer for a value: words of the market, paths, or a fixed list. */
export type Completes =
  | 'item'
  | 'installed'
  | 'registry'
  | 'job'
  | 'template'
  | 'command'
  | 'file'
  | 'folder'
  | 'category'
  | 'tag'
  | 'author'
  | 'license'
  | 'language'
  | 'service'
  | 'kind'

interface CommandArgument {
  name: string
  summary: string
  isRequired?: boolean
  isMany?: boolean
  completes?: Completes | readonly string[]
}

export interface CommandOption {
  /** Long form with its dashes, e.g. `--category`. */
  flag: string
  /** Placeholder of its value, e.g. `NAME`; absent for a switch. */
  value?: string
  summary: string
  /** May be given several times; the values add up. */
  isMany?: boolean
  /** Several values may stand in one, parted by commas. */
  isList?: boolean
  choices?: readonly string[]
  preset?: string
  completes?: Completes
}

/** What a reader of `--help` may copy. */
interface Example {
  line: string
  text: string
}

/**
 * One command: a record, and a run. The parser, `--help`, `souk commands`, completion and the tables of the README
 * are all drawn from the list of these. `run` answers an exit code, or nothing for 0; it throws MarketErrors.
 */
export interface Command {
  name: string
  /** The command it belongs under, e.g. `registries` for `registries test`. */
  parent?: string
  /** One line, no full stop. */
  summary: string
  /** A paragraph or two. */
  description: string
  examples: readonly Example[]
  arguments: readonly CommandArgument[]
  options: readonly CommandOption[]
  /** Exit codes it may end with beyond 0, 2, 5 and 6. */
  exits?: readonly ExitCode[]
  seeAlso?: readonly string[]
  /** The module that owns it. */
  module: string
  /** Works on what is on this machine whatever the settings are, also when nothing of their file can be read. */
  needsNoSettings?: boolean
  /** Left out of help and tables. */
  isHidden?: boolean
  run(context: CommandContext, args: readonly string[], values: Values): Promise<ExitCode | void>
}

export type ReportFormat = 'table' | 'json' | 'markdown' | 'sarif' | 'junit'

/** One entry of an archive as `package list` shows it. Sizes in bytes. */
export interface PackageEntry {
  path: string
  size: number
  packedBytes: number
}

/** What the archive holds against what its manifest says. It is whole when the three lists are empty. */
interface PackageVerdict {
  entries: number
  bytes: number
  changed: string[]
  missing: string[]
  unlisted: string[]
}

/** One setting as `config list` shows it; secrets are masked. */
interface SettingRow {
  name: string
  value: unknown
  default: unknown
  unit: string
  origin: string
}

/** One middleware as `pipeline show` lists it. */
interface PipelineRow {
  stage: string
  middleware: string
  priority: number
  when: string
  state: string
  origin: string
  about: string
}

type BenchSize = 'small' | 'medium' | 'large' | 'enterprise'

/** How many templates at once were analysed: waits in ms, memory in MB. */
interface BenchLoad {
  concurrency: number
  count: number
  wrong: number
  perSecond: number
  p50Ms: number
  p95Ms: number
  peakRssMb: number
}

/** Things of other rooms that some commands need and that the front door hands in. */
export interface Doors {
  /** Draws the screens from a route on; answers the exit code. */
  openScreens(route: string): Promise<ExitCode>
  /** Serves a folder as a registry. */
  openServer(
    folder: string,
    options: ServerOptions,
  ): Promise<{ url: string; items: number; skipped?: { item: string; reason: string }[]; close(): Promise<void> }>
  /** Writes the first settings file, or tells what would be in it. Throws when there is a file. */
  writeFirstSettings(isTrial: boolean): Promise<EditOutcome>
  /** The settings as loaded, without opening the market. */
  settings(): Promise<Marketplace['loaded']>
  listSettings(loaded: Marketplace['loaded']): Promise<readonly SettingRow[]>
  /** Changes one setting in the settings file. */
  editSetting(loaded: Marketplace['loaded'], edit: SettingEdit, isTrial: boolean): Promise<SettingOutcome>
  /** A fault for each entry whose protocol nobody knows. Registries are opened by it only when they are asked. */
  unknownProtocols(loaded: Marketplace['loaded']): Promise<readonly MarketError[]>
  /** Words reports in one of the formats; `width` in cells is for the table, 0 being no limit. */
  formatReports(reports: readonly Report[], format: Exclude<ReportFormat, 'json'>, width: number): Promise<string>
  /** Writes the findings of reports down as known; answers how many. */
  writeBaseline(reports: readonly Report[], path: string): Promise<number>
  verifyPackage(file: string, signal: AbortSignal): Promise<PackageVerdict>
  listPackage(file: string, call: (entry: PackageEntry) => void, signal: AbortSignal): Promise<void>
  /** Stages and middleware in the order they run, by the settings. */
  pipeline(): Promise<readonly PipelineRow[]>
  /** How much of a large file is read at a time, for what `--chunk-size` says. */
  chunkSize(asked: string | undefined): Promise<ChunkChoice>
  /** Counts what a template holds, as a stream; `-` is standard input. */
  analyze(request: LargeRequest & { onBad(bad: BadResource): void }): Promise<Analysis>
  /** The same for several files, in threads; answers in their order. */
  analyzeMany(request: {
    sources: readonly string[]
    chunkBytes: number
    /** Threads; all cores but one when left out. */
    workers?: number
    signal: AbortSignal
    onProgress(doneBytes: number): void
    onBad(source: string, bad: BadResource): void
  }): Promise<FileOutcome[]>
  /** Writes a template again without what it does not need, as a stream; `-` is standard output. */
  optimize(
    request: LargeRequest & { into: string; hasShorterExpressions: boolean; isForced: boolean },
  ): Promise<Optimized>
  /** Measures the program itself. */
  bench: {
    /** Every size asked for, and both reports in a dated folder below `out`. */
    sizes(request: {
      sizes: readonly BenchSize[]
      seed: number
      out: string
      signal: AbortSignal
      onSize(size: BenchSize): void
    }): Promise<{ report: { missed: string[] } & Record<string, unknown>; folder: string; text: string }>
    load(request: {
      concurrency: readonly number[]
      count: number
      workers: readonly number[]
      seed: number
      signal: AbortSignal
    }): Promise<{ loads: BenchLoad[]; speeds: { workers: number; ms: number; timesFaster: number }[] }>
    synth(file: string, size: BenchSize, seed: number): Promise<{ resources: number; bytes: number }>
    /** What takes over a tenth longer in the second report, a sentence each. Throws `file.problem`. */
    compare(before: string, after: string): Promise<string[]>
  }
  /** The provider table of the engine, for `doctor modules`. */
  modules(): Promise<readonly { token: string; provider: string; origin: string }[]>
}

/** A file that may be larger than memory. */
interface LargeRequest {
  source: string
  chunkBytes: number
  signal: AbortSignal
  onProgress(doneBytes: number, totalBytes: number | undefined): void
}

interface ServerOptions {
  port: number
  host: string
  /** The token that publishers send, and readers where reading is private. */
  token?: string
  /** File of the keys whose signed requests are believed. */
  allowedSigners?: string
  /** Reading needs the token or a signature too. */
  isPrivate?: boolean
}

/** All that a command gets. The market and the jobs open when first asked for. */
export interface CommandContext {
  system: System
  /** `runtime` is the version of Node, such as v26.1.0. */
  program: { name: string; version: string; runtime?: string }
  global: GlobalFlags
  /** Aborted by Ctrl-C; a hang-up does not abort it. */
  signal: AbortSignal
  market(): Promise<Marketplace>
  /** The jobs alone, which open in a fraction of the time. */
  jobs(): Promise<Jobs>
  doors: Partial<Doors>
  /** Hears of the error a command ended with, for the figures. */
  told?(error: unknown): void
  /** Every command, those of modules included. */
  commands: readonly Command[]
}

/** The words by which a command is called: `registries test`. */
export const pathOf = (command: Pick<Command, 'name' | 'parent'>): string =>
  command.parent ? `${command.parent} ${command.name}` : command.name
