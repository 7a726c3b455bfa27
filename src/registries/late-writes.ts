import type { Clock } from '../system/system.ts'

/** How long after an answer it is written: what it brought is drawn first, ms. */
const LATER_MS = 20

/**
 * Writes to the cache that wait until their answer was handed out, in the order in which they came. A newer write of the
 * same key takes the place of one that waits. A killed process loses what waited, for `LATER_MS` at most; whoever closes
 * loses nothing.
 */
export class LateWrites {
  readonly #clock: Clock
  readonly #waiting = new Map<string, () => Promise<void>>()
  #writing: Promise<void> = Promise.resolve()
  #cancel: (() => void) | undefined
  #isClosed = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Takes a write that never throws. */
  add(key: string, write: () => Promise<void>): void {
    this.#waiting.delete(key)
    this.#waiting.set(key, write)
    if (this.#isClosed) void this.#writeAll()
    else this.#cancel ??= this.#clock.after(LATER_MS, () => void this.#writeAll())
  }

  /** Resolves when what waited under this key is written. */
  async done(key: string): Promise<void> {
    await (this.#waiting.has(key) ? this.#writeAll() : this.#writing)
  }

  /** Writes all that waits. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#writeAll()
  }

  #writeAll(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const writes = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#writing = this.#writing.then(async () => {
      for (const write of writes) await write()
    })
    return this.#writing
  }
}
