import { isMarketError, registryTimeout } from '../model/errors.ts'
import type { Fault } from './faults.ts'
import { faultOfError } from './faults.ts'
import type { HttpOptions } from './policy.ts'

/** Thrown inside a try to say what went wrong and whether another one makes sense. */
export class TryFailed extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault.error.message)
    this.fault = fault
  }
}

export interface Attempts {
  /** Aborts at the deadline of the whole call, or with the caller. */
  signal: AbortSignal
  /** The caller's own signal: its reason is passed on as it is. */
  caller?: AbortSignal | undefined
  limitMs: number
  /** A call that must not happen twice is tried again only when nothing was done the first time. */
  isRepeatable: boolean
}

/** Whether the caller has lost interest, which running out of time is not. */
const isGivenUp = (caller: AbortSignal | undefined): boolean =>
  caller?.aborted === true && !(caller.reason instanceof DOMException && caller.reason.name === 'TimeoutError')

/**
 * Runs `attempt` until it answers: three tries, waits of base, twice the base and so on with half of each left to
 * chance (inventory C26), Retry-After obeyed as long as the deadline allows. Throws the last fault.
 */
export async function withRetries<T>(
  options: HttpOptions,
  attempts: Attempts,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  const { clock, random } = options.system
  const { tries, retryBaseMs } = options.settings
  const endsAt = clock.monotonic() + attempts.limitMs
  for (let number = 1; ; number++) {
    let fault: Fault
    try {
      return await attempt(number)
    } catch (error) {
      if (isMarketError(error) && error.code === 'registry.pace' && !isGivenUp(attempts.caller)) throw error
      if (attempts.caller?.aborted) throw attempts.caller.reason
      if (attempts.signal.aborted) throw registryTimeout(options.entry.name, attempts.limitMs)
      fault = error instanceof TryFailed ? error.fault : faultOfError(options.entry.name, error)
    }
    const mayRetry = fault.isRetryable && (attempts.isRepeatable || fault.isHarmless)
    const backoff = retryBaseMs * 2 ** (number - 1) * (0.5 + random.unit() / 2)
    const waitMs = Math.max(backoff, fault.retryAfterMs ?? 0)
    if (!mayRetry || number >= tries || clock.monotonic() + waitMs >= endsAt) throw fault.error
    await clock.sleep(waitMs, attempts.signal).catch((error: unknown) => {
      if (attempts.caller?.aborted) throw attempts.caller.reason
      throw isMarketError(error) ? error : registryTimeout(options.entry.name, attempts.limitMs)
    })
  }
}
