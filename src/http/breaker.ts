import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isMarketError, reasonOf, registryOpen } from '../model/errors.ts'
import { fingerprint } from '../model/fingerprint.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'

/** When a registry is left alone (inventory S10.12, C26). */
export interface BreakerPolicy {
  /** Failures in a row after which calls stop. */
  breakerFailures: number
  /** How long they stop, ms; then one call is let through. */
  breakerOpenMs: number
}

/** The breaker of one registry. */
export interface Breaker {
  /** The moment of the next try while calls are stopped, ms since 1970. */
  nextTryAt(): number | undefined
  /**
   * Runs a call, or throws `registry.open` without running it. `probe` runs it whatever the state is. A call that
   * the other side never got to answer counts as a failure; one that the caller gave up counts as nothing.
   */
  guard<T>(call: () => Promise<T>, options: { probe: boolean; signal?: AbortSignal | undefined }): Promise<T>
}

/** Breakers of all registries, kept in one small file so that they outlive the process. */
export interface BreakerBook {
  of(entry: Pick<RegistryEntry, 'name' | 'url'>): Breaker
}

interface Mark {
  /** Digest of the address the failures belong to. */
  address: string
  failures: number
  openUntil?: number
}

/** The process of a plugin ended, or had to be ended: starting it costs more than asking, so it is tried less often. */
const STOPPED = 'plugin.stopped'
const MOST_STOPS = 3

/** Errors that say the registry itself is not well: a refusal or an unreadable answer is not among them. */
const UNWELL = new Set(['registry.connection', 'registry.timeout', 'registry.rateLimit', STOPPED])

function isFailure(error: unknown): boolean {
  if (error instanceof DOMException) return error.name === 'TimeoutError'
  if (!isMarketError(error)) return false
  const status = error.details['status']
  return UNWELL.has(error.code) || (error.code === 'registry.status' && typeof status === 'number' && status >= 500)
}

/** A refusal is an answer too; any other error says nothing about the registry. */
const ANSWERED = new Set(['registry.authentication', 'registry.authorization', 'registry.answer', 'registry.status'])
const hasAnswered = (error: unknown): boolean => isMarketError(error) && ANSWERED.has(error.code)

function readMarks(file: string): Map<string, Mark> {
  try {
    const marks = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Partial<Mark> | null>)
    const isWhole = (entry: [string, Partial<Mark> | null]): entry is [string, Mark] =>
      typeof entry[1]?.address === 'string' && Number.isSafeInteger(entry[1].failures)
    return new Map(marks.filter(isWhole))
  } catch {
    return new Map()
  }
}

/** Opens the book. An unreadable file is an empty one, and a file that cannot be written is a warning. */
export function openBreakers(options: { system: System; file: string; settings: BreakerPolicy }): BreakerBook {
  const { system, file } = options
  // Read anew before each change: another process may have written since.
  const change = (name: string, mark: Mark | undefined): void => {
    const marks = readMarks(file)
    if (mark) marks.set(name, mark)
    else if (!marks.delete(name)) return
    const next = `${file}.${system.random.id(8)}`
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      writeFileSync(next, JSON.stringify(Object.fromEntries(marks)), { mode: 0o600 })
      renameSync(next, file)
    } catch (error) {
      rmSync(next, { force: true })
      system.log.warn(`the breakers of registries could not be written: ${reasonOf(error)}`)
    }
  }
  const breakers = new Map<string, Breaker>()
  return {
    of({ name, url }) {
      // A registry that moved to another address starts anew.
      const key = `${name}\n${url}`
      const breaker = breakers.get(key) ?? breakerOf(options, name, digestOf(url), change)
      breakers.set(key, breaker)
      return breaker
    },
  }
}

const digestOf = (url: string): string => fingerprint(url).slice(0, 16)

// The parts of one breaker; an object would only repeat the words.
// oxlint-disable-next-line max-params
function breakerOf(
  { system, file, settings }: { system: System; file: string; settings: BreakerPolicy },
  name: string,
  address: string,
  change: (name: string, mark: Mark | undefined) => void,
): Breaker {
  const { breakerFailures, breakerOpenMs } = settings
  let known: Mark | undefined
  let isRead = false
  const mark = (): Mark => {
    if (!isRead) known = readMarks(file).get(name)
    isRead = true
    return known?.address === address ? known : { address, failures: 0 }
  }
  const put = (next: Mark | undefined): void => {
    known = next
    change(name, next)
  }
  const nextTryAt = (): number | undefined => {
    const { openUntil } = mark()
    const now = system.clock.now()
    if (openUntil === undefined || openUntil <= now) return undefined
    // A clock that was set back never makes the wait longer than it is meant to be.
    return Math.min(openUntil, now + breakerOpenMs)
  }
  const fail = (cause: unknown): void => {
    const isStop = isMarketError(cause) && cause.code === STOPPED
    const failures = Math.min(mark().failures + 1, breakerFailures)
    const isOpen = failures >= (isStop ? Math.min(MOST_STOPS, breakerFailures) : breakerFailures)
    put({ address, failures, ...(isOpen ? { openUntil: system.clock.now() + breakerOpenMs } : {}) })
  }
  return {
    nextTryAt,
    async guard(call, { probe, signal }) {
      const now = system.clock.now()
      const at = nextTryAt()
      if (at !== undefined && !probe) throw registryOpen(name, { failures: mark().failures, at, now })
      const before = mark()
      // Whoever comes first after the wait is the one try; for all others the wait goes on until it is known.
      if (before.openUntil !== undefined && at === undefined) put({ ...before, openUntil: now + breakerOpenMs })
      try {
        const value = await call()
        if (mark().failures > 0) put(undefined)
        return value
      } catch (error) {
        // An error of ours knows better than the signal what happened.
        const cause: unknown = signal?.aborted && !isMarketError(error) ? signal.reason : error
        if (isFailure(cause)) fail(cause)
        else if (hasAnswered(cause)) {
          if (mark().failures > 0) put(undefined)
        } else if (before.openUntil !== undefined && at === undefined) put(before)
        throw error
      }
    },
  }
}
