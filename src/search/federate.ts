import type { Source } from '../model/catalog.ts'
import { isMarketError, type MarketError, reasonOf, registryAnswer, registryTimeout } from '../model/errors.ts'
import type { Listing } from '../model/listing.ts'
import type { Query } from '../model/query.ts'
import { harmless } from '../model/text.ts'
import { faultState } from '../registries/fault-state.ts'
import type { Answer, Batch, Registry } from '../registries/registry.ts'
import type { Clock } from '../system/system.ts'
import type { Places } from './places.ts'

/** What one registry contributed, and how it fared. */
export interface SourceAnswer {
  source: Source
  listings: readonly Listing[]
  /** The same listings in arrays that stay what they are while more is learned; the one array when left out. */
  parts?: readonly (readonly Listing[])[]
  /** Age of the answer, ms; undefined when fresh or when there is none. */
  ageMs?: number
  /** Ids that are new all the same, where an answer came in part and was filled up from an older one. */
  newIds?: ReadonlySet<string>
}

export interface FederateOptions {
  registries: readonly Registry[]
  clock: Clock
  /** Shared by all searches of a process, so that the ceiling holds over all of them. */
  places: Places
  /** What is known of the time a registry takes, ms; those with less are asked first when not all can be at once. */
  expectedMs?: ((registry: Registry) => number) | undefined
  /** Time limit for registries that set none, ms. */
  timeoutMs: number
  /** No registry is waited for longer, whatever its own limit, ms. */
  mostMs?: number | undefined
  signal?: AbortSignal | undefined
  refresh?: boolean | undefined
  offline?: boolean | undefined
}

/** Time a call that is cut off has to hand over what came before, ms. */
const GRACE_MS = 20
/** Time to read the kept answer of a registry that was too slow, ms. */
const FALLBACK_MS = 1000

const unasked = ({ entry }: Registry, state: 'pending' | 'disabled'): SourceAnswer => ({
  source: { registry: entry.name, registryType: entry.type, state, items: 0, ms: 0, skipped: [] },
  listings: [],
})

/** How every registry stands before any was asked, in the order given. */
export const unaskedSources = (registries: readonly Registry[]): SourceAnswer[] =>
  registries.map((one) => unasked(one, one.entry.enabled ? 'pending' : 'disabled'))

/**
 * Asks every enabled registry at once and gives the whole set at each turn in which some settle; the last is complete.
 * Before them what is `known`, when the questions are out and nothing was answered at once. A registry never throws
 * through here, whatever it does: its fault is an entry of the set. Throws the signal's reason on abort. Whoever calls
 * loops over the sets: leaving that loop early aborts what is still under way.
 */
export function federate(
  query: Query,
  options: FederateOptions,
  known?: SourceAnswer[],
): AsyncGenerator<SourceAnswer[]> {
  options.signal?.throwIfAborted()
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal
  const waiting: Waiting = { settled: [], left: 0, wake: () => {} }
  for (const { at, registry } of inTurn(options)) {
    waiting.left++
    const arrive = (answer: SourceAnswer): void => {
      waiting.settled.push({ at, answer })
      waiting.wake()
    }
    const asked = options.places.lend(async (recall) =>
      signal.aborted ? undefined : ask(registry, query, options, AbortSignal.any([signal, recall])),
    )
    void asked.then((answer) => answer && arrive(answer))
  }
  return setsOf(waiting, options, { stop, known })
}

interface Waiting {
  settled: { at: number; answer: SourceAnswer }[]
  /** How many no set has told of. */
  left: number
  wake(): void
}

async function* setsOf(
  waiting: Waiting,
  { clock, registries, signal }: FederateOptions,
  { stop, known }: { stop: AbortController; known: SourceAnswer[] | undefined },
): AsyncGenerator<SourceAnswer[]> {
  const { settled } = waiting
  const set = unaskedSources(registries)
  const onAbort = (): void => waiting.wake()
  signal?.addEventListener('abort', onAbort)
  try {
    if (known) {
      await clock.turn()
      signal?.throwIfAborted()
      if (settled.length === 0) yield known
    }
    while (waiting.left > 0) {
      if (settled.length === 0 && !signal?.aborted) await new Promise<void>((next) => (waiting.wake = next))
      // Answers from the cache arrive almost together: one set tells of all of them.
      await clock.turn()
      signal?.throwIfAborted()
      for (const { at, answer } of settled.splice(0)) {
        set[at] = answer
        waiting.left--
      }
      yield [...set]
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    if (waiting.left > 0) stop.abort(new DOMException('the search ended', 'AbortError'))
  }
}

/** The enabled ones, quick ones first, so that those that take long never keep a place from those that do not. */
function inTurn({ registries, expectedMs }: FederateOptions): { at: number; registry: Registry }[] {
  const all = registries.map((registry, at) => ({ at, registry, ms: expectedMs?.(registry) ?? 0 }))
  const enabled = all.filter(({ registry }) => registry.entry.enabled)
  return enabled.toSorted((a, b) => a.ms - b.ms || a.registry.entry.priority - b.registry.entry.priority)
}

async function ask(
  registry: Registry,
  query: Query,
  options: FederateOptions,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const { clock } = options
  const started = clock.monotonic()
  const answer = await settle(registry, query, options, signal).catch((error: unknown) => failed(registry, error))
  answer.source.ms = Math.max(0, Math.round(clock.monotonic() - started))
  return answer
}

async function settle(
  registry: Registry,
  query: Query,
  options: FederateOptions,
  signal: AbortSignal,
): Promise<SourceAnswer> {
  const { clock, refresh, offline } = options
  // The whole set of matches is asked for: pages are cut from the merged list, never from one registry.
  const whole: Query = { ...query, offset: 0, limit: 0 }
  const limitMs = options.mostMs ?? registry.entry.timeoutMs ?? options.timeoutMs
  const flags = { ...(refresh ? { refresh } : {}), ...(offline ? { offline } : {}) }
  const call = (signal: AbortSignal): Promise<Answer<Batch>> => registry.search(whole, { signal, ...flags })
  const answer = await within(clock, limitMs, signal, call)
  if (answer !== 'late') return taken(registry, answer)
  const late = registryTimeout(registry.entry.name, limitMs)
  try {
    const kept = await within(clock, FALLBACK_MS, signal, (signal) => registry.search(whole, { signal, offline: true }))
    if (kept !== 'late') return slow(taken(registry, kept), late)
  } catch {
    // Nothing kept: it is slow with nothing to show.
  }
  return slow(unasked(registry, 'pending'), late)
}

/** The result of a call, or `late` after `ms`, when the call is aborted. A rejection after that is nobody's concern. */
function within<T>(
  clock: Clock,
  ms: number,
  parent: AbortSignal,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T | 'late'> {
  const own = new AbortController()
  return new Promise((done, fail) => {
    let cancel = clock.after(ms, () => {
      cancel = clock.after(GRACE_MS, () => done('late'))
      own.abort(new DOMException('time is up', 'TimeoutError'))
    })
    const stop = (): void => (fail(parent.reason as Error), own.abort(parent.reason))
    parent.addEventListener('abort', stop, { once: true })
    // A registry may throw before it ever returns a promise.
    const result = (async () => call(own.signal))()
    const end = (error: unknown): void => (own.signal.aborted ? done('late') : fail(error))
    result.then(done, end).finally(() => {
      cancel()
      parent.removeEventListener('abort', stop)
    })
  })
}

const isList = (value: unknown): boolean => Array.isArray(value)
/** Asked of every item of a list of any length: without a list in between. */
const isListing = (one: Listing | null | undefined): boolean =>
  typeof one?.id === 'string' &&
  typeof one.name === 'string' &&
  typeof one.kind === 'string' &&
  typeof one.title === 'string' &&
  typeof one.description === 'string' &&
  Array.isArray(one.tags) &&
  Array.isArray(one.categories) &&
  Array.isArray(one.services) &&
  Array.isArray(one.languages) &&
  Array.isArray(one.releases)

const STATES = new Set(['fresh', 'cached', 'stale'])

function taken(registry: Registry, answer: Answer<Batch>): SourceAnswer {
  const { entry } = registry
  if (!isList(answer?.value?.listings) || !STATES.has(answer.state)) {
    throw registryAnswer(entry.name, 'it holds no list of items')
  }
  const { value, state, ageMs, reason } = answer
  const listings = value.listings.every(isListing) ? value.listings : value.listings.filter(isListing)
  const source: Source = { ...unasked(registry, 'pending').source, state, items: listings.length }
  source.skipped = isList(value.skipped) ? value.skipped : []
  if (reason !== undefined) Object.assign(source, factsOf(reason))
  if (state === 'fresh') return { source, listings }
  source.ageMs = ageMs
  if (source.code === 'registry.timeout') source.state = 'slow'
  return { source, listings, ageMs, ...(value.newIds ? { newIds: value.newIds } : {}) }
}

function slow(answer: SourceAnswer, late: MarketError): SourceAnswer {
  Object.assign(answer.source, { state: 'slow', ...factsOf(late) })
  return answer
}

function failed(registry: Registry, error: unknown): SourceAnswer {
  const answer = unasked(registry, 'pending')
  Object.assign(answer.source, { state: faultState(error), ...factsOf(error) })
  return answer
}

/** What is said of an error. What was thrown may be anything, even something that cannot be turned into text. */
function factsOf(error: unknown): Pick<Source, 'hint' | 'code' | 'fault'> & { reason: string } {
  if (isMarketError(error)) {
    const { type } = error.details
    const fault = typeof type === 'string' ? { fault: type } : {}
    return {
      reason: error.message,
      code: error.code,
      ...fault,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    }
  }
  try {
    return { reason: harmless(reasonOf(error), 500) }
  } catch {
    return { reason: 'it failed without a reason that can be read' }
  }
}
