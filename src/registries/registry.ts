import type { MarketError } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { Artifact, Listing, Release } from '../model/listing.ts'
import type { Query } from '../model/query.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'
import type { TtlClass } from '../cache/cache.ts'
import type { RegistryCredentials } from '../http/credentials.ts'
import type { Http } from '../http/http.ts'

export interface Call {
  signal?: AbortSignal
  report?: (done: number, total: number | undefined) => void
}

export interface Skipped {
  item: string
  reason: string
}

/** What a connection hands over: good listings, and the entries it could not read. */
export interface Batch {
  listings: Listing[]
  skipped: Skipped[]
  validator?: string
  total?: number
  /** Set when a later page failed: what came is here, and this says what did not. */
  partial?: Error
  /** Ids of the listings that came just now, where the others were taken from an older answer. */
  newIds?: ReadonlySet<string>
  /** Files read in each shape, where there are several shapes. */
  shapes?: Record<string, number>
}

export type Maybe<T> = T | 'not-modified'

/**
 * A live connection to one registry, made by its protocol. It only speaks the wire: no cache, no deadline, no
 * retry, no breaker. It has `list` (the registry can hand over everything) or `search` (the registry searches).
 * Errors are `registry.*` MarketErrors.
 */
export interface Connection {
  /**
   * Everything the registry has. `validator` is that of the last answer; `'not-modified'` when nothing changed. With
   * `refresh` a person asked to look again.
   */
  list?(call: Call & { refresh?: boolean }, validator?: string): Promise<Maybe<Batch>>
  search?(query: Query, call: Call, validator?: string): Promise<Maybe<Batch>>
  /** One item with all its releases; nothing in it when the registry does not have it. Falls back to `list` when absent. */
  item?(
    name: string,
    version: string | undefined,
    call: Call,
    validator?: string,
  ): Promise<Maybe<{ listing?: Listing; validator?: string }>>
  categories?(call: Call): Promise<{ name: string; count?: number }[]>
  publish?(entry: Record<string, unknown>, call: Call): Promise<{ url?: string; message?: string }>
  /** Brings the bytes of an artifact to `into`: a file for archives, a folder for the rest. */
  fetch(artifact: Artifact, into: string, call: Call): Promise<{ bytes: number }>
  close?(): Promise<void>
}

export interface ProtocolTools {
  system: System
  http: Http
  emit: Emit
  /** Folder this registry may keep working files in (a git mirror). */
  workFolder: string
  /** For programs that ask in our stead (git); `http` sends them by itself. */
  credentials: RegistryCredentials
}

/** How one talks to a registry. Adding one: a file here and a line in the list of built-in protocols. */
export interface Protocol {
  id: string
  title: string
  /** Soft lifetimes this protocol wants instead of the class defaults, ms; 0 means "revalidate every time". */
  lifetimes?: Partial<Record<TtlClass, number>>
  /** Its connections have `search`: the registry searches by itself, and nobody has all of it. */
  searches?: boolean
  /** Its connections have `publish`. */
  publishes?: boolean
  /** True when an address without `protocol:` looks like this one. */
  recognises(url: string): boolean
  connect(entry: RegistryEntry, tools: ProtocolTools): Promise<Connection> | Connection
}

/** An answer with where it came from. */
export interface Answer<T> {
  value: T
  state: 'fresh' | 'cached' | 'stale'
  /** Age of the value, ms; 0 when fresh. */
  ageMs: number
  /** Why a stale value was used. */
  reason?: Error
}

export interface AskOptions extends Call {
  /** Ask even when the cached answer is fresh. */
  refresh?: boolean
  /** Never ask; answer from the cache or fail. */
  offline?: boolean
}

/** A registry as the rooms of work see it: connection under policy (cache, deadline, stale on error). */
export interface Registry {
  readonly entry: RegistryEntry
  /** True when `search` returns everything there is and the question is answered on our side. */
  readonly listsEverything: boolean
  search(query: Query, options: AskOptions): Promise<Answer<Batch>>
  item(name: string, version: string | undefined, options: AskOptions): Promise<Answer<Listing | undefined>>
  releases(name: string, options: AskOptions): Promise<Answer<Release[]>>
  categories(options: AskOptions): Promise<Answer<{ name: string; count?: number }[]>>
  /** Why nothing can be published there, told without asking it; undefined when it may be tried. */
  publishProblem?(): MarketError | undefined
  publish?(entry: Record<string, unknown>, call: Call): Promise<{ url?: string; message?: string }>
  fetch(artifact: Artifact, into: string, call: Call): Promise<{ bytes: number }>
  /**
   * After an item was changed here: asks for it anew and drops the searches that hold it, so that what is shown next is
   * told from the new answer. When the registry cannot be asked, everything is left as it was.
   */
  renew(name: string, options: AskOptions): Promise<Answer<Listing | undefined>>
  /** Drops what is kept of one item and the searches that hold it; answers how many entries went. */
  forget(name: string): Promise<number>
  close(): Promise<void>
}

/** How a registry fares; kept by health.ts from what the calls report. */
export interface Health {
  /** `unauthorised`: it may be well, but our credentials are missing or were refused. */
  state: 'unknown' | 'up' | 'degraded' | 'down' | 'unauthorised' | 'disabled'
  since?: number
  lastSuccessAt?: number
  lastError?: string
  lastErrorAt?: number
  latencyMs?: number
  /** Set while it is left alone after too many failures: the moment of the next try, ms since 1970. */
  nextTryAt?: number
  items?: number
  skipped: Skipped[]
  ageMs?: number
}
