import type { KeyvStorageAdapter, KeyvStorageCapability } from 'keyv'
import type { TtlClass } from './cache.ts'

/** What is kept for a key. The moment it was stored is kept beside it, so that a touch rewrites no bytes. */
export interface Envelope {
  value: unknown
  /** Wall clock, ms. */
  storedAt: number
  ttlMs: number
  validator?: string
}

/** The part of the settings this room needs; sizes in bytes. */
export interface CachePolicy {
  /** `disk`, `memory`, an address of a Redis server, or several of them parted by spaces: mirrors. */
  store: string
  maxBytes: number
  staleWindowMs: number
  compressAboveBytes: number
  ttlMs: Record<TtlClass, number>
}

export interface Figures {
  hits: number
  misses: number
  stale: number
}

export interface StoreFacts {
  entries: number
  rawBytes: number
  storedBytes: number
  evicted: number
  dropped: number
  entriesByClass: Record<string, number>
  /** Hit figures since the store was made, by `class registry`. */
  figures: { class: string; registry: string; figures: Figures }[]
}

/** The facts of an empty store. */
export const NO_FACTS: StoreFacts = {
  entries: 0,
  rawBytes: 0,
  storedBytes: 0,
  evicted: 0,
  dropped: 0,
  entriesByClass: {},
  figures: [],
}

/** Largest part of the cap one entry may take; a larger one is not kept rather than all others lost for it. */
export const LARGEST_PART = 0.25

/** What is new besides the figures since they were last written down. */
export interface Tally {
  figures: ReadonlyMap<string, Figures>
  evicted: number
  dropped: number
}

/** What a store gave up: entries put out for others, and entries that could not be read. */
export interface Losses {
  evicted: number
  evictedBytes: number
  dropped: number
}

/** An answer that a store on this machine has at once. */
type Now<T> = T | Promise<T>

/** A store beyond this machine that does not answer any more; the run goes on without it. */
export class StoreGone extends Error {
  /** Which one, without credentials. */
  readonly store: string

  constructor(store: string, reason: string) {
    super(reason)
    this.store = store
  }
}

/** A store for keyv that can do what a marketplace's cache needs besides. Keys are full: `class:registry:rest`. */
export interface EntryStore extends KeyvStorageAdapter {
  /** Marks an entry stored at `storedAt`; it is kept as long from then on as it was from its own moment. */
  touch(key: string, storedAt: number): Now<void>
  /** The keys that match a pattern with `*`. */
  keysMatching(pattern: string): Now<string[]>
  /** Removes the keys that match a pattern with `*`; answers how many. */
  clearMatching(pattern: string): Now<number>
  /** Removes what expired before `now`. */
  prune(now: number): Now<{ entries: number; bytes: number }>
  /** Adds hit figures and counts to those kept. */
  note(tally: Tally): Now<void>
  facts(): Now<StoreFacts>
  /** What this store evicted and dropped since last asked. */
  takeLosses(): Losses
  /** With `isLeaving` the process ends at once, and what its end does by itself may be left to it. */
  close(isLeaving?: boolean): Now<void>
}

/**
 * What a store tells keyv about itself: that it has lifetimes of its own, so that keyv calls it directly. Lifetimes
 * are by the system's clock and inside the envelope, where "not modified" can prolong them without new bytes.
 */
export const KEYV_CAPABILITIES = { expires: true } as KeyvStorageCapability

/** The class and the registry of a full key. */
export function partsOf(key: string): { class: string; registry: string } {
  const [first = '', second = ''] = key.split(':', 2)
  return { class: first, registry: second }
}
