/**
 * The cache port. A value has a soft lifetime (fresh) and a hard one (still kept, for when the other side fails).
 * keyv returns nothing past its own TTL, so the moment we act on lives inside the stored value (inventory C1).
 */
export type TtlClass =
  | 'search'
  | 'metadata'
  | 'catalog'
  | 'artifact'
  | 'validation.local'
  | 'validation.registry'
  | 'marketIntel'

export interface Cached<T> {
  value: T
  /** Wall clock, ms. */
  storedAt: number
  ageMs: number
  isFresh: boolean
  /** ETag, Last-Modified, commit or fingerprint to revalidate with. */
  validator?: string
}

export interface PutOptions {
  ttlMs?: number
  validator?: string
  /** When the value was learned, ms since 1970; now when left out. */
  storedAt?: number
}

/** One entry to be kept. */
export interface Put {
  ttl: TtlClass
  registry: string
  key: string
  value: unknown
  options?: PutOptions
}

export interface CacheStats {
  hits: number
  misses: number
  staleServed: number
  rate: number
  entries: number
  /** Bytes before and after compression, and on disk. */
  rawBytes: number
  storedBytes: number
  maxBytes: number
  evicted: number
  dropped: number
  byClass: Record<string, { hits: number; misses: number; staleServed: number; entries: number }>
  byRegistry: Record<string, { hits: number; misses: number; staleServed: number }>
  path?: string
  store: string
}

/** Keys read `class:registry:rest`, e.g. `search:official:ab12`. */
export interface Cache {
  get<T>(ttl: TtlClass, registry: string, key: string): Promise<Cached<T> | undefined>
  /** The same without a word in the hit figures, for what is kept beside the answers. */
  peek<T>(ttl: TtlClass, registry: string, key: string): Promise<Cached<T> | undefined>
  put<T>(ttl: TtlClass, registry: string, key: string, value: T, options?: PutOptions): Promise<void>
  /** Keeps several entries in one step of the store, which costs little more than one. */
  putAll(entries: readonly Put[]): Promise<void>
  /** Marks an entry fresh again after the other side said "not modified". */
  touch(ttl: TtlClass, registry: string, key: string): Promise<void>
  /** Records that a stale value was handed out (hit figures). */
  noteStale(ttl: TtlClass, registry: string): void
  /** Removes entries whose full key matches a pattern with `*`; answers how many. */
  clear(pattern: string): Promise<number>
  /** Removes the entries among those that match a pattern whose value is meant; answers how many. Reads each of them. */
  clearWhere(pattern: string, isMeant: (value: unknown, key: string) => boolean): Promise<number>
  /** Removes entries past TTL plus stale window. */
  prune(): Promise<{ entries: number; bytes: number }>
  stats(): Promise<CacheStats>
  /** With `isLeaving` the process ends right after. */
  close(isLeaving?: boolean): Promise<void>
}
