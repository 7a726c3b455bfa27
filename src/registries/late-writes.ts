import type { Cache, Put } from '../cache/cache.ts'
import type { Clock } from '../system/system.ts'

/**
 * How long after an answer it is written: what it brought is drawn first, and what others bring meanwhile is written in
 * the same step, ms.
 */
const LATER_MS = 500

/**
 * Writes to the cache that wait until their answer was handed out, one queue for all registries. A newer write of the same
 * key takes the place of one that waits. A killed process loses what waited, for `LATER_MS` at most; whoever closes loses
 * nothing.
 */
export class LateWrites {
  readonly #clock: Clock
  readonly #cache: Pick<Cache, 'putAll'>
  readonly #waiting = new Map<string, Put>()
  #writing: Promise<void> = Promise.resolve()
  #cancel: (() => void) | undefined
  #isClosed = false

  constructor(clock: Clock, cache: Pick<Cache, 'putAll'>) {
    this.#clock = clock
    this.#cache = cache
  }

  add(write: Put): void {
    this.#waiting.set(keyOf(write), write)
    if (this.#isClosed) void this.flush()
    else this.#cancel ??= this.#clock.after(LATER_MS, () => void this.flush())
  }

  /** Resolves when what waited under this key is written. */
  async done(write: Pick<Put, 'ttl' | 'registry' | 'key'>): Promise<void> {
    await (this.#waiting.has(keyOf(write)) ? this.flush() : this.#writing)
  }

  /** Writes all that waits; what comes after that is written at once. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.flush()
  }

  /** Writes all that waits. */
  flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const writes = [...this.#waiting.values()]
    this.#waiting.clear()
    if (writes.length > 0) this.#writing = this.#writing.then(() => this.#cache.putAll(writes))
    return this.#writing
  }
}

const keyOf = ({ ttl, registry, key }: Pick<Put, 'ttl' | 'registry' | 'key'>): string => `${ttl}:${registry}:${key}`
