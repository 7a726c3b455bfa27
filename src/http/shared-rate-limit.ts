import { reasonOf } from '../model/errors.ts'
import type { RateLimit, RegistryEntry } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'
import type { PaceBook, Slot } from './pace-book.ts'
import { openRateLimit, type TakeTurn } from './rate-limit.ts'

/** A limit, with the turns to take and what to do at the end. */
export interface SharedRateLimit {
  turn: TakeTurn
  close(): void
}

/**
 * The limit of one registry over all processes of this user, kept in a small file. Where that cannot be used, it holds
 * for this process alone.
 */
export function openSharedRateLimit(
  system: System,
  file: string,
  { name, url }: Pick<RegistryEntry, 'name' | 'url'>,
  limit: RateLimit,
): SharedRateLimit {
  const { clock } = system
  const own = openRateLimit(clock, limit)
  let opening: Promise<PaceBook | undefined> | undefined
  let book: PaceBook | undefined
  const open = async (): Promise<PaceBook | undefined> => {
    try {
      const { PaceBook: Opened } = await import('./pace-book.ts')
      return (book = new Opened(file))
    } catch (error) {
      system.log.warn(`the pace of registries cannot be kept: ${reasonOf(error)}`)
      return undefined
    }
  }
  /** Undefined where the file fails. */
  const take = async (signal: AbortSignal): Promise<Slot | undefined> => {
    const opened = await (opening ??= open())
    for (;;) {
      let taken: Slot | number | undefined
      try {
        taken = opened?.take(`${name}\n${url}`, limit, clock.now())
      } catch {
        return undefined
      }
      if (typeof taken !== 'number') return taken
      await clock.sleep(taken, signal)
    }
  }
  const turn: TakeTurn = async (signal) => {
    const done = await own(signal)
    try {
      const slot = await take(signal)
      return () => {
        done()
        try {
          slot?.release(clock.now())
        } catch {
          // Its place comes free by itself, a little later.
        }
      }
    } catch (error) {
      done()
      throw error
    }
  }
  return { turn, close: () => book?.close() }
}
