/**
 * What a plugin is, as its author sees it: a plain object with lists of what it adds. Types alone. Goods travel in the
 * shape of the registry protocol (`souk serve` describes it at `/api/v1/openapi.json`), so that they are read by the same
 * checks as any registry's.
 */

/** The registry of the settings that is asked through the plugin. */
export interface SourceEntry {
  name: string
  type: 'official' | 'community' | 'institutional' | 'private'
  url: string
  /** Members of the entry that no protocol of ours knows. */
  options: Record<string, unknown>
  /** The Authorization header its credentials make; there only when the entry says `shareCredentials: true`. */
  authorization?: string
}

/** An HTTP answer; one that says no (404, 500) is an answer too. */
interface Fetched {
  status: number
  ok: boolean
  /** By lower-case name. */
  headers: Record<string, string>
  text: string
  /** The text parsed. Throws when it is no JSON. */
  json(): unknown
}

/** What a plugin may use during one call; it is good for nothing after it. */
export interface SourceTools {
  /**
   * Asks the registry's own origin, or a host of the manifest's `permissions.net`. An address without a host is meant
   * below the registry's. Credentials of the entry go along to its own origin by themselves. Rejects when no answer came.
   */
  fetch(
    url: string,
    options?: { method?: 'GET' | 'POST' | 'HEAD'; headers?: Record<string, string>; body?: string },
  ): Promise<Fetched>
  /** Writes to the log of the run (`--log-level debug`). */
  log(...values: unknown[]): void
  /** The moment of the call, ms since 1970; the same during all of it. */
  now(): number
  /** Numbers from 0 up to 1; the same question draws the same ones. */
  random(): number
}

/** What is looked for. Filters that the other side does not know may be left alone: they are applied here as well. */
export interface SourceQuery {
  /** Words typed; empty for everything. */
  text: string
  /** Any of these. */
  categories: string[]
  verified?: boolean
  sort?: 'name' | 'rating' | 'updated' | 'popularity'
  order?: 'asc' | 'desc'
  /** Rows wanted, from this one on. */
  limit: number
  offset: number
}

/** One item. Members unknown to the program are kept and shown as they are. */
export interface Goods {
  /** A machine name, unique within the registry. */
  name: string
  description: string
  title?: string
  version?: string
  /** `template` when left out. */
  kind?: string
  author?: string
  license?: string
  categories?: string[]
  tags?: string[]
  services?: string[]
  /** ISO time. */
  last_updated?: string
  /** Markdown. */
  long_description?: string
  documentation_url?: string
  source_url?: string
  /** Where its archive is; left out when the plugin has `download`. */
  download_url?: string
  /** Of the archive, in hex. Without one an install says that the bytes could not be checked. */
  sha256?: string
  /** Bytes of the archive. */
  size?: number
  dependencies?: { name: string; version?: string }[]
  /** All its versions; the others are asked for one by one. */
  versions?: (string | { version: string })[]
  marketplace?: {
    downloads?: number
    rating?: number
    rating_count?: number
    verified?: boolean
    publisher?: string
  }
  [member: string]: unknown
}

/** A page of goods, and how many there are in all; a bare list is the whole answer. */
type Found = Goods[] | { templates: Goods[]; total: number }

type Soon<T> = T | Promise<T>

/** A registry that `connect` let in. */
export interface Source {
  search(query: SourceQuery, tools: SourceTools): Soon<Found>
  /** The newest version when none is named; nothing when the registry does not have it. */
  getTemplate(name: string, version: string | null, tools: SourceTools): Soon<Goods | undefined | null>
  /** Asked in place of `search` when nothing is looked for. */
  list?(tools: SourceTools): Soon<Goods[]>
  categories?(tools: SourceTools): Soon<(string | { name: string; count?: number })[]>
  /** The archive of a version: its bytes (up to 8 MiB), or the address to download it from. */
  download?(name: string, version: string, tools: SourceTools): Soon<Uint8Array | string>
}

/** How one talks to a kind of registry: settings then say `protocol: <id>`. */
export interface SourceProtocol {
  id: string
  title: string
  /** Called once for each registry. What it throws is told where the registry is shown. */
  connect(entry: SourceEntry, tools: SourceTools): Soon<Source>
}

/** What a plugin adds. */
export interface PluginLists {
  protocols?: SourceProtocol[]
}

/** A plugin. What stands in its manifest too must be the same there. */
export interface Plugin extends PluginLists {
  name: string
  version: string
  /** Versions of this contract it works with, such as `^1`. */
  needs: string
  permissions?: { net?: string[] }
}
