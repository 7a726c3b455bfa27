import { registryAnswer, registryOffline, reasonOf } from '../model/errors.ts'
import type { Cache, Cached, TtlClass } from '../cache/cache.ts'
import type { LateWrites } from './late-writes.ts'
import type { Answer, AskOptions, Maybe } from './registry.ts'

/** What came of a question. `partial` says what of it did not come: such an answer is not kept. */
interface Asked<T> {
  value: T
  validator?: string
  partial?: Error
}

/** One question under cache policy. `T` must be plain JSON. */
export interface Question<T> {
  ttl: TtlClass
  key: string
  /** Soft lifetime wanted by the protocol, ms; the class's own when undefined, 0 to revalidate each time. */
  lifetimeMs: number | undefined
  ask(validator: string | undefined): Promise<Maybe<Asked<T>>>
  /** Fills up what only came in part from an older answer; as it is when that has nothing more. */
  complete?(part: T, older: T): T
  /** An answer of another question that may stand in, when this very one was never answered. */
  standIn?(): Promise<{ value: T; ageMs: number } | undefined>
}

export interface PolicyTools {
  cache: Cache
  /** What is to be kept is written after it was handed out. */
  writes: LateWrites
  registry: string
  now(): number
}

/** Answers parsed by this process, so that nothing is read or parsed twice. */
export type Memory = Map<string, Cached<unknown> & { lookedAt?: number }>

/** Goods that are looked over at every question are marked as seen again only after so long, ms. */
const TOUCH_MS = 60_000

const MAX_MEMORY = 64
/** How long a fresh answer in memory is used without a look at the disk: the time between two key presses, ms. */
const MEMORY_MS = 3000

/** Most recent first out: a map keeps its order of insertion. */
function remember(memory: Memory, key: string, entry: Cached<unknown> & { lookedAt?: number }): void {
  memory.delete(key)
  memory.set(key, entry)
  const oldest = memory.keys().next()
  if (memory.size > MAX_MEMORY && !oldest.done) memory.delete(oldest.value)
}

/** Fresh from the cache, else asked, else stale with the reason, else the error. */
export async function askUnderPolicy<T>(
  question: Question<T>,
  options: AskOptions,
  tools: PolicyTools,
  memory: Memory,
): Promise<Answer<T>> {
  const { ttl, key, lifetimeMs } = question
  const { cache, registry } = tools
  const full = `${ttl}:${key}`
  const former = await lookUp<T>(question, tools, memory)
  const isFresh = former !== undefined && former.isFresh && lifetimeMs !== 0
  if (former && (isFresh || options.offline) && !(options.refresh && !options.offline)) {
    if (!isFresh && lifetimeMs !== 0) cache.noteStale(ttl, registry)
    return { value: former.value, state: isFresh || lifetimeMs === 0 ? 'cached' : 'stale', ageMs: former.ageMs }
  }
  try {
    if (options.offline) throw registryOffline(registry)
    options.signal?.throwIfAborted()
    const answer = await question.ask(former?.validator)
    // Only what was asked with a mark can be unchanged; without one, the answer is a lie or a fault.
    if (answer === 'not-modified' && former?.validator !== undefined) {
      // What is asked about each time anyway need not be written each time: its age may be told a minute too old.
      if (lifetimeMs !== 0 || former.ageMs >= TOUCH_MS) await cache.touch(ttl, registry, key)
      remember(memory, full, { ...former, storedAt: tools.now(), ageMs: 0, isFresh: true })
      return { value: former.value, state: 'fresh', ageMs: 0 }
    }
    if (answer === 'not-modified')
      throw registryAnswer(registry, 'it said "not modified" to a first question, or one asked without a mark')
    if (answer.partial) return await filledUp(question, { value: answer.value, reason: answer.partial }, former)
    const validator = answer.validator === undefined ? {} : { validator: answer.validator }
    const storedAt = tools.now()
    const put = { ...validator, ...(lifetimeMs ? { ttlMs: lifetimeMs } : {}), storedAt }
    tools.writes.add({ ttl, registry, key, value: answer.value, options: put })
    remember(memory, full, { value: answer.value, storedAt, ageMs: 0, isFresh: true, ...validator })
    return { value: answer.value, state: 'fresh', ageMs: 0 }
  } catch (error) {
    options.signal?.throwIfAborted()
    const reason = error instanceof Error ? error : new Error(reasonOf(error))
    const stale = former ?? (await question.standIn?.())
    if (!stale) throw reason
    cache.noteStale(ttl, registry)
    return { value: stale.value, state: 'stale', ageMs: stale.ageMs, reason }
  }
}

/** The part that came, with the rest from an older answer where there is one. */
async function filledUp<T>(
  question: Question<T>,
  part: { value: T; reason: Error },
  former: Cached<T> | undefined,
): Promise<Answer<T>> {
  const older = former ?? (await question.standIn?.())
  const value = older && question.complete ? question.complete(part.value, older.value) : part.value
  if (!older || value === part.value) return { ...part, state: 'fresh', ageMs: 0 }
  return { ...part, value, state: 'stale', ageMs: older.ageMs }
}

async function lookUp<T>(question: Question<T>, tools: PolicyTools, memory: Memory): Promise<Cached<T> | undefined> {
  const { ttl, key } = question
  const kept = memory.get(`${ttl}:${key}`) as (Cached<T> & { lookedAt?: number }) | undefined
  // Without a lifetime the other side is asked anyway, and what this process parsed is as good as the disk's.
  if (kept && question.lifetimeMs === 0) return { ...kept, ageMs: tools.now() - kept.storedAt }
  const now = tools.now()
  if (kept?.isFresh && kept.lookedAt !== undefined && now - kept.lookedAt < MEMORY_MS)
    return { ...kept, ageMs: now - kept.storedAt }
  // The disk is what counts: an answer that could not be kept is asked for again.
  await tools.writes.done({ ttl, registry: tools.registry, key })
  const cached = await tools.cache.get<T>(ttl, tools.registry, key)
  if (cached) remember(memory, `${ttl}:${key}`, { ...cached, lookedAt: now })
  return cached
}
