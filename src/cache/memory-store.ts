import { EventEmitter } from 'node:events'
import type { KeyvStorageEntry, KeyvStorageGetResult } from 'keyv'
import {
  KEYV_CAPABILITIES,
  LARGEST_PART,
  partsOf,
  type CachePolicy,
  type Envelope,
  type EntryStore,
  type Figures,
  type StoreFacts,
  type Tally,
} from './entry-store.ts'
import { pack, unpack, type Packed } from './packing.ts'

interface Kept extends Packed {
  storedAt: number
  expiresAt: number
}

/** The store of this process alone. Values are kept as bytes, so that nobody shares an object and sizes are known. */
export class MemoryStore extends EventEmitter implements EntryStore {
  readonly capabilities = KEYV_CAPABILITIES
  readonly #policy: CachePolicy
  /** Least recently used first. */
  readonly #entries = new Map<string, Kept>()
  readonly #figures = new Map<string, Figures>()
  readonly #lost = { evicted: 0, dropped: 0 }
  #losses = { evicted: 0, evictedBytes: 0, dropped: 0 }
  #bytes = 0

  constructor(policy: CachePolicy) {
    super()
    this.#policy = policy
  }

  async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    const kept = this.#entries.get(key)
    if (!kept) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, kept)
    return { value: unpack(kept, kept.storedAt) } as KeyvStorageGetResult<Value>
  }

  async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    return Promise.all(keys.map((key) => this.get<Value>(key)))
  }

  async has(key: string): Promise<boolean> {
    return this.#entries.has(key)
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return keys.map((key) => this.#entries.has(key))
  }

  async set(key: string, stored: unknown): Promise<boolean> {
    const { value: envelope } = stored as { value: Envelope }
    this.#remove(key)
    const packed = pack(envelope, this.#policy.compressAboveBytes)
    if (packed.bytes.length > this.#policy.maxBytes * LARGEST_PART) {
      this.#losses.evicted++
      this.#losses.evictedBytes += packed.bytes.length
      return false
    }
    const expiresAt = envelope.storedAt + envelope.ttlMs + this.#policy.staleWindowMs
    this.#entries.set(key, { ...packed, storedAt: envelope.storedAt, expiresAt })
    this.#bytes += packed.bytes.length
    for (const [oldest, kept] of this.#entries) {
      if (this.#bytes <= this.#policy.maxBytes) break
      this.#remove(oldest)
      this.#losses.evicted++
      this.#losses.evictedBytes += kept.bytes.length
    }
    return true
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value }) => this.set(key, value)))
  }

  async delete(key: string): Promise<boolean> {
    return this.#remove(key)
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    return keys.map((key) => this.#remove(key))
  }

  async clear(): Promise<void> {
    this.clearMatching('*')
  }

  touch(key: string, storedAt: number): void {
    const kept = this.#entries.get(key)
    if (kept) Object.assign(kept, { storedAt, expiresAt: kept.expiresAt - kept.storedAt + storedAt })
  }

  keysMatching(pattern: string): string[] {
    const parts = pattern.split('*')
    return [...this.#entries.keys()].filter((key) => matches(key, parts))
  }

  clearMatching(pattern: string): number {
    return this.keysMatching(pattern).filter((key) => this.#remove(key)).length
  }

  prune(now: number): { entries: number; bytes: number } {
    const old = [...this.#entries].filter(([, kept]) => kept.expiresAt <= now)
    for (const [key] of old) this.#remove(key)
    return { entries: old.length, bytes: old.reduce((sum, [, kept]) => sum + kept.bytes.length, 0) }
  }

  note(tally: Tally): void {
    for (const [name, added] of tally.figures) {
      const kept = this.#figures.get(name) ?? { hits: 0, misses: 0, stale: 0 }
      this.#figures.set(name, {
        hits: kept.hits + added.hits,
        misses: kept.misses + added.misses,
        stale: kept.stale + added.stale,
      })
    }
    this.#lost.evicted += tally.evicted
    this.#lost.dropped += tally.dropped
  }

  facts(): StoreFacts {
    const entriesByClass: Record<string, number> = {}
    let rawBytes = 0
    for (const [key, kept] of this.#entries) {
      const name = partsOf(key).class
      entriesByClass[name] = (entriesByClass[name] ?? 0) + 1
      rawBytes += kept.rawSize
    }
    const figures = [...this.#figures].map(([name, one]) => ({ ...partsOf(name), figures: one }))
    return { entries: this.#entries.size, rawBytes, storedBytes: this.#bytes, ...this.#lost, entriesByClass, figures }
  }

  takeLosses(): { evicted: number; evictedBytes: number; dropped: number } {
    const losses = this.#losses
    this.#losses = { evicted: 0, evictedBytes: 0, dropped: 0 }
    return losses
  }

  close(): void {
    this.#entries.clear()
  }

  #remove(key: string): boolean {
    const kept = this.#entries.get(key)
    if (!kept) return false
    this.#bytes -= kept.bytes.length
    return this.#entries.delete(key)
  }
}

/** Whether a text is made of these parts in order with anything between them. */
function matches(text: string, parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of rest) {
    at = text.indexOf(part, at)
    if (at < 0) return false
    at += part.length
  }
  return at <= text.length - last.length
}
