import { EventEmitter } from 'node:events'
import type { KeyvStorageEntry, KeyvStorageGetResult } from 'keyv'
import {
  KEYV_CAPABILITIES,
  StoreGone,
  type EntryStore,
  type Envelope,
  type Losses,
  type StoreFacts,
  type Tally,
} from './entry-store.ts'

/** A store among others, by the name it is known by on all of them. */
export interface Mirror {
  name: string
  store: EntryStore
}

/** What was removed while a mirror was away, kept on the others until it is back: pattern by pattern. */
const missedKey = (name: string): string => `mirror:missed:${name}`
/** Beyond so many patterns everything counts as removed. */
const MOST_MISSED = 500
/** Longer than any entry is kept, ms. */
const MISSED_MS = 90 * 86_400_000

/**
 * Several stores as one. A read asks all at once and takes the first that has an entry, so that a far or silent one
 * makes nobody wait; a write goes to each. One that is gone is told to `lose` and left out from then on; when the
 * last is gone, `StoreGone` is thrown. What is removed while one is away is noted on the others and removed there when
 * it is back, so that it brings back nothing that was withdrawn.
 */
export class MirrorStore extends EventEmitter implements EntryStore {
  readonly capabilities = KEYV_CAPABILITIES
  #live: EntryStore[]
  readonly #names = new Map<EntryStore, string>()
  readonly #away: Set<string>
  readonly #now: () => number
  readonly #lose: (gone: StoreGone) => void

  /** `away` are the names of those that are not there; `now` tells the time. */
  constructor(
    mirrors: readonly Mirror[],
    facts: { away: readonly string[]; now: () => number; lose: (gone: StoreGone) => void },
  ) {
    super()
    this.#live = mirrors.map((one) => one.store)
    for (const { name, store } of mirrors) this.#names.set(store, name)
    this.#away = new Set(facts.away)
    this.#now = facts.now
    this.#lose = facts.lose
  }

  /** Removes from each what was removed while it was away. Done once, before anything is read. */
  async catchUp(): Promise<void> {
    for (const late of this.#live) {
      const key = missedKey(this.#names.get(late) ?? '')
      const missed = new Set<string>()
      for (const other of this.#live) {
        const found = other === late ? undefined : await this.#one(other, (one) => one.get<Envelope>(key))
        for (const pattern of patternsOf(found?.done)) missed.add(pattern)
      }
      if (missed.size === 0) continue
      for (const pattern of missed) await this.#one(late, (one) => one.clearMatching(pattern))
      if (this.#live.includes(late)) await this.#each((one) => one.delete(key))
    }
  }

  /** Notes for those that are away what they do not hear of. */
  async #noteMissed(patterns: readonly string[]): Promise<void> {
    for (const name of this.#away) {
      const key = missedKey(name)
      const known = [...new Set([...patternsOf(await this.get<Envelope>(key)), ...patterns])]
      const value = known.length > MOST_MISSED ? ['*'] : known
      await this.#each((store) => store.set(key, { value: { value, storedAt: this.#now(), ttlMs: MISSED_MS } }))
    }
  }

  /** A removal from each, and from those that are away once they are back. */
  async #remove<T>(patterns: readonly string[], work: (store: EntryStore) => T | Promise<T>): Promise<T> {
    const done = await this.#each(work)
    await this.#noteMissed(patterns)
    return done
  }

  /** The work done by one store; undefined when it was its last. Other faults than being gone are thrown. */
  async #one<T>(store: EntryStore, work: (store: EntryStore) => T | Promise<T>): Promise<{ done: T } | undefined> {
    try {
      return { done: await work(store) }
    } catch (error) {
      if (!(error instanceof StoreGone)) throw error
      const left = this.#live.filter((one) => one !== store)
      if (left.length === 0) throw error
      if (left.length < this.#live.length) this.#lose(error)
      this.#away.add(this.#names.get(store) ?? '')
      this.#live = left
      return undefined
    }
  }

  /** The work done by each, side by side; the answer of the first in order that gave one. */
  async #each<T>(work: (store: EntryStore) => T | Promise<T>): Promise<T> {
    const done = await Promise.all(this.#live.map((store) => this.#one(store, work)))
    const first = done.find((one) => one !== undefined)
    return first ? first.done : this.#each(work)
  }

  async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    const asked = this.#live.map(async (store) => {
      const answer = await this.#one(store, (one) => one.get<Value>(key))
      if (answer?.done === undefined) throw new Error('not here')
      return answer.done
    })
    try {
      return await Promise.any(asked)
    } catch (error) {
      const fault = (error as AggregateError).errors.find((one) => one instanceof StoreGone)
      if (fault) throw fault
      return undefined
    }
  }

  async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    return Promise.all(keys.map((key) => this.get<Value>(key)))
  }

  async has(key: string): Promise<boolean> {
    return (await this.get(key)) !== undefined
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.has(key)))
  }

  set(key: string, stored: unknown): Promise<boolean> {
    return this.#each(async (store) => (await store.set(key, stored)) === true)
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    return Promise.all(entries.map(({ key, value }) => this.set(key, value)))
  }

  delete(key: string): Promise<boolean> {
    return this.#remove([key], (store) => store.delete(key))
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    return this.#remove(keys, (store) => store.deleteMany(keys))
  }

  clear(): Promise<void> {
    return this.#remove(['*'], (store) => store.clear())
  }

  touch(key: string, storedAt: number): Promise<void> {
    return this.#each((store) => store.touch(key, storedAt))
  }

  /** Those of any of them: what is removed must be removed everywhere. */
  async keysMatching(pattern: string): Promise<string[]> {
    const all = await Promise.all(
      this.#live.map(async (store) => (await this.#one(store, (one) => one.keysMatching(pattern)))?.done ?? []),
    )
    return [...new Set(all.flat())]
  }

  clearMatching(pattern: string): Promise<number> {
    return this.#remove([pattern], (store) => store.clearMatching(pattern))
  }

  prune(now: number): Promise<{ entries: number; bytes: number }> {
    return this.#each((store) => store.prune(now))
  }

  note(tally: Tally): Promise<void> {
    return this.#each((store) => store.note(tally))
  }

  facts(): Promise<StoreFacts> {
    return this.#each((store) => store.facts())
  }

  takeLosses(): Losses {
    const all = this.#live.map((store) => store.takeLosses())
    return all[0] ?? { evicted: 0, evictedBytes: 0, dropped: 0 }
  }

  async close(isLeaving?: boolean): Promise<void> {
    await this.#each((store) => store.close(isLeaving))
  }
}

/** The patterns of a note, when it is one. */
function patternsOf(found: KeyvStorageGetResult<Envelope>): string[] {
  const noted = (found as { value?: Envelope } | undefined)?.value?.value
  return Array.isArray(noted) ? noted.filter((one) => typeof one === 'string') : []
}
