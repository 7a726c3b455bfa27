import { EventEmitter } from 'node:events'
import type { KeyvStorageEntry, KeyvStorageGetResult } from 'keyv'
import {
  KEYV_CAPABILITIES,
  StoreGone,
  type EntryStore,
  type Losses,
  type StoreFacts,
  type Tally,
} from './entry-store.ts'

/**
 * Several stores as one. A read asks all at once and takes the first that has an entry, so that a far or silent one
 * makes nobody wait; a write goes to each. One that is gone is told to `lose` and left out from then on; when the
 * last is gone, `StoreGone` is thrown.
 */
export class MirrorStore extends EventEmitter implements EntryStore {
  readonly capabilities = KEYV_CAPABILITIES
  #live: EntryStore[]
  readonly #lose: (gone: StoreGone) => void

  constructor(stores: readonly EntryStore[], lose: (gone: StoreGone) => void) {
    super()
    this.#live = [...stores]
    this.#lose = lose
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
    return this.#each((store) => store.delete(key))
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map((key) => this.delete(key)))
  }

  clear(): Promise<void> {
    return this.#each((store) => store.clear())
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
    return this.#each((store) => store.clearMatching(pattern))
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
