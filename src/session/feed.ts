import type { Clock } from '../system/system.ts'

/** How often values pass: `burst` of them (one when left out) in `burst` times `everyMs`. */
interface Pace {
  everyMs: number
  burst?: number
}

/**
 * Catalogs of a running search: 15 a second in the long run. Three may follow each other at once, for those are what is
 * known, what this machine answers, and the rows of the first registry.
 */
export const CATALOG_PACE: Pace = { everyMs: 67, burst: 3 }
/** Progress of jobs: four times a second here, once a second over a slow line. */
export const JOB_EVERY_MS = { local: 250, slow: 1000 } as const

export interface Feed<T> {
  push(value: T): void
  /** Hands over what waits, now. */
  flush(): void
  close(): void
}

/**
 * The bridge from engine events to slices: the first values after a rest pass at once, later ones wait their turn and
 * only the newest is handed over. No timer runs while nothing comes.
 */
export function openFeed<T>(clock: Clock, { everyMs, burst = 1 }: Pace, hand: (value: T) => void): Feed<T> {
  let waiting: { value: T } | undefined
  /** When the last ones passed, the oldest first. */
  const passedAt: number[] = Array.from({ length: burst }, () => Number.NEGATIVE_INFINITY)
  let cancel: (() => void) | undefined
  const flush = (): void => {
    cancel?.()
    cancel = undefined
    if (!waiting) return
    const { value } = waiting
    waiting = undefined
    passedAt.push(clock.monotonic())
    passedAt.shift()
    hand(value)
  }
  return {
    flush,
    push(value) {
      waiting = { value }
      if (cancel) return
      const rest = (passedAt[0] ?? 0) + burst * everyMs - clock.monotonic()
      if (rest <= 0) flush()
      else cancel = clock.after(rest, flush)
    },
    close() {
      cancel?.()
      waiting = undefined
    },
  }
}
