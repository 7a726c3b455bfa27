import type { Clock } from '../system/system.ts'

/** Catalogs of a running search reach the screen at most this often. */
export const CATALOG_EVERY_MS = 67
/** Progress of jobs: four times a second here, once a second over a slow line. */
export const JOB_EVERY_MS = { local: 250, slow: 1000 } as const

export interface Feed<T> {
  push(value: T): void
  /** Hands over what waits, now. */
  flush(): void
  close(): void
}

/**
 * The bridge from engine events to slices: the first value after a rest passes at once, later ones wait their turn and
 * only the newest is handed over. No timer runs while nothing comes.
 */
export function openFeed<T>(clock: Clock, everyMs: number, hand: (value: T) => void): Feed<T> {
  let waiting: { value: T } | undefined
  let lastAt = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | undefined
  const flush = (): void => {
    cancel?.()
    cancel = undefined
    if (!waiting) return
    const { value } = waiting
    waiting = undefined
    lastAt = clock.monotonic()
    hand(value)
  }
  return {
    flush,
    push(value) {
      waiting = { value }
      if (cancel) return
      const rest = lastAt + everyMs - clock.monotonic()
      if (rest <= 0) flush()
      else cancel = clock.after(rest, flush)
    },
    close() {
      cancel?.()
      waiting = undefined
    },
  }
}
