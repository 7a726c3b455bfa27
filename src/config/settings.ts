import type { MarketError } from '../model/errors.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'

/** Every limit and threshold, with unit in its name. Defaults in defaults.ts; settings file, environment and flags go over them. */
export interface Settings {
  registries: RegistryEntry[]
  defaultRegistry?: string
  cache: {
    /** `disk`, `memory`, an address, or several parted by spaces (model/store-address.ts). */
    store: string
    /** Whether the screens fetch the details of the row one rests on. */
    prefetch: boolean
    maxBytes: number
    staleWindowMs: number
    compressAboveBytes: number
    ttlMs: Record<
      'search' | 'metadata' | 'catalog' | 'artifact' | 'validation.local' | 'validation.registry' | 'marketIntel',
      number
    >
  }
  concurrency: { registries: number; downloads: number; validation: number; processes: number; jobs: number }
  http: {
    timeoutMs: Record<'search' | 'metadata' | 'catalog' | 'download' | 'publish' | 'health', number>
    connectMs: number
    /** Tries in all, the first one included. */
    tries: number
    retryBaseMs: number
    /** Failures in a row after which a registry is left alone, and for how long. */
    breakerFailures: number
    breakerOpenMs: number
    maxBodyBytes: number
    connections: number
    /** Whether registries on this very machine may be asked in the clear. */
    insecureLoopback: boolean
  }
  install: {
    maxUnpackedBytes: number
    maxEntries: number
    maxFileBytes: number
    maxRatio: number
    /** `scan` looks for secrets and scripts, `full` also runs the rules, `required` refuses what no rule looked at. */
    validation: 'scan' | 'full' | 'required'
  }
  publish: { enabled: boolean }
  /** By the id of a middleware: whether it works, when, and where in its stage. */
  pipeline: Record<string, { enabled: boolean; priority: number; when: string }>
  /** A file of prices for estimates of costs; `none` for those of the program. */
  cost: { prices: string }
  /** How many finished jobs are kept, for how long, and from how much memory on one warns and none begins. */
  jobs: { keep: number; keepForMs: number; warnBytes: number; holdBytes: number }
  /** From so much memory on a validation warns. */
  memory: { warnBytes: number }
  validation: {
    /** Threads that inspect files side by side. */
    workers: number
    /** How long the rules may take for one file; then the rule at work is left out and told. */
    timeoutMs: number
    /** A policy file for everything that has none of its own beside it; `none` for none. */
    policy: string
    /** The folder of the Azure toolkit; `none` leaves it out. */
    armTtk: string
    /** PowerShell, by name or path. */
    pwsh: string
    armTtkTimeoutMs: number
  }
  /** How often the health of registries is looked at while someone watches. */
  health: { intervalMs: number }
  metrics: { enabled: boolean; maxBytes: number }
  /** Outside programs such as git. */
  process: {
    timeoutMs: number
    /** How long the code of a plugin may take to load, and how much memory its process. */
    pluginStartMs: number
    pluginBytes: number
  }
  /** Folders of plugins besides those in the data folder. */
  plugins: string[]
  /** What is written of a run, line by line. `-` is standard error; with a file, `off` counts as `info`. */
  log: { level: 'off' | 'debug' | 'info' | 'warn'; file: string }
  /** `development`, `staging` or `production`; what each of them sets stands in profiles.ts. */
  profile: string
  ui: { color: boolean; mouse: boolean; reader: boolean; theme: string }
}

export type Origin = 'default' | 'profile' | 'file' | 'environment' | 'flag'

/** Settings with where they came from and what was wrong with them; wrong entries are left out, the rest loads. */
export interface LoadedSettings {
  settings: Settings
  /** The file read, and whether it is our own or the older place. */
  file?: { path: string; origin: 'flag' | 'environment' | 'config folder' | 'cloudworkstation' }
  /** What marks the state of the file as it was read: an edit of any other is refused. */
  stamp?: string
  problems: MarketError[]
  /** Set when nothing of the file could be read: it is no YAML, or no map of sections. Also among the problems. */
  unreadable?: MarketError
  /** Settings the file gives another value since it was read again: they count from the next start. */
  waiting?: string[]
  /** Where each setting came from, by dotted name. */
  origins: Record<string, Origin>
}
