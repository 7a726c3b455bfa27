import type { RateLimit } from '../model/registry-entry.ts'
import type { Clock } from '../system/system.ts'

/** Takes its turn and resolves when a request may go; call the answer once the other side has answered or failed. */
export type TakeTurn = (signal: AbortSignal) => Promise<() => void>

/**
 * A bucket of `count` tokens. A token comes back `perMs` after the other side has surely seen its request, so that no
 * span of `perMs` holds more than `count` requests over there, however slow the way is. First come, first served.
 */
export function openRateLimit(clock: Clock, { count, perMs }: RateLimit): TakeTurn {
  let tokens = count
  const waiting: (() => void)[] = []
  const giveBack = (): void => {
    const next = waiting.shift()
    if (next) next()
    else tokens += 1
  }
  const taken = (): (() => void) => {
    let isDone = false
    return () => {
      if (!isDone) clock.after(perMs, giveBack)
      isDone = true
    }
  }
  return async (signal) => {
    signal.throwIfAborted()
    if (tokens > 0) {
      tokens -= 1
      return taken()
    }
    await new Promise<void>((go, fail) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        go()
      }
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1)
        fail(signal.reason as Error)
      }
      waiting.push(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
    return taken()
  }
}
