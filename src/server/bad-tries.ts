import type { Clock } from '../system/system.ts'

/** Wrong tokens from one address after which it is told to wait, and for how long, ms. */
const MOST = 20
const WINDOW_MS = 15 * 60_000
/** Addresses remembered; the oldest are forgotten. */
const KEPT = 10_000

/** Counts wrong tokens by address, so that guessing takes for ever. */
export function openBadTries(clock: Pick<Clock, 'monotonic'>) {
  const tries = new Map<string, { count: number; since: number }>()
  const entryOf = (address: string): { count: number; since: number } | undefined => {
    const entry = tries.get(address)
    if (entry && clock.monotonic() - entry.since < WINDOW_MS) return entry
    tries.delete(address)
    return undefined
  }
  return {
    /** Ms until this address may try again; 0 when it may now. */
    waitMs(address: string): number {
      const entry = entryOf(address)
      return entry && entry.count >= MOST ? entry.since + WINDOW_MS - clock.monotonic() : 0
    },
    note(address: string): void {
      const entry = entryOf(address) ?? { count: 0, since: clock.monotonic() }
      entry.count += 1
      tries.set(address, entry)
      const [oldest] = tries.keys()
      if (tries.size > KEPT && oldest !== undefined) tries.delete(oldest)
    },
  }
}
