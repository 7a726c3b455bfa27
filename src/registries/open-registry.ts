import { isMarketError, reasonOf, registryReadOnly, registryTimeout } from '../model/errors.ts'
import { failureOf } from '../model/failure-type.ts'
import { fingerprint } from '../model/fingerprint.ts'
import type { Artifact, Listing } from '../model/listing.ts'
import type { Query } from '../model/query.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'
import type { Emit } from '../model/events.ts'
import type { Cache, TtlClass } from '../cache/cache.ts'
import type { Breaker } from '../http/breaker.ts'
import type { RegistryCredentials } from '../http/credentials.ts'
import type { Http } from '../http/http.ts'
import { recogniseProtocol } from './builtin.ts'
import { publishProblem } from './publish-problem.ts'
import { faultState } from './fault-state.ts'
import { forgetItem } from './forget-item.ts'
import type { HealthBook } from './health.ts'
import { keptDownloads } from './kept-downloads.ts'
import { KnownGoods } from './known-goods.ts'
import { LateWrites } from './late-writes.ts'
import { countCategories, filledUp, inOrder, matches } from './lists.ts'
import { isOwnArtifact } from './own-artifact.ts'
import { askUnderPolicy } from './policy.ts'
import type { Memory, Question } from './policy.ts'
import { restQuery } from './protocols/rest-query.ts'
import type { Answer, AskOptions, Batch, Call, Connection, Protocol, Registry } from './registry.ts'

export interface RegistryOptions {
  system: System
  http: Http
  cache: Cache
  /** Shared by all registries of a process; one of its own when left out. */
  writes?: LateWrites
  health: HealthBook
  /** Stops questions to a registry that keeps failing; without one every question goes out. */
  breaker?: Breaker
  emit: Emit
  protocols: readonly Protocol[]
  workFolder: string
  credentials: RegistryCredentials
}

/** One question's key: the address belongs to it, so that a changed setting never meets the old answers. */
const keyOf = (entry: RegistryEntry, ...parts: string[]): string =>
  fingerprint(JSON.stringify([entry.url, entry.protocol, entry.options, ...parts]))

/** Goods of this machine need no network: offline, they are read as ever. */
const isLocal = (entry: RegistryEntry): boolean =>
  entry.protocol === 'folder' || (entry.protocol === 'index' && !/^https?:/i.test(entry.url))

/** A question that ran out of time was slow; one nobody waits for any more was dropped. */
const abortState = (signal: AbortSignal): string => (faultState(signal.reason) === 'slow' ? 'slow' : 'dropped')

/** Whether an item is there in the version that is asked for, if any is. */
const hasVersion = (found: Listing | undefined, version: string | undefined): boolean =>
  version === undefined || found?.version === version || found?.releases.some((one) => one.version === version) === true

/** The connection of one registry with its memory; every question goes through `answer`. */
class OpenRegistry {
  readonly memory: Memory = new Map()
  #connection: Promise<Connection> | undefined
  readonly entry: RegistryEntry
  readonly protocol: Protocol
  readonly options: RegistryOptions
  readonly goods: KnownGoods
  readonly writes: LateWrites

  constructor(entry: RegistryEntry, protocol: Protocol, options: RegistryOptions) {
    this.entry = entry
    this.protocol = protocol
    this.options = options
    const { cache, system } = options
    this.writes = options.writes ?? new LateWrites(system.clock, cache)
    this.goods = new KnownGoods({ cache, clock: system.clock, registry: entry.name, key: keyOf(entry, 'known') })
  }

  connection(): Promise<Connection> {
    const { http, cache } = this.options
    // A client's other calls go to the client itself, whatever they are.
    const kept = { ...http, download: keptDownloads(http, cache, this.entry.name) }
    const connect = async (): Promise<Connection> => this.protocol.connect(this.entry, { ...this.options, http: kept })
    this.#connection ??= connect().catch((error: unknown) => {
      this.#connection = undefined
      throw error
    })
    return this.#connection
  }

  get isOpen(): boolean {
    return this.#connection !== undefined
  }

  /** Asks under policy and tells the health book. The events speak of questions that really went out, in pairs. */
  async answer<T>(
    call: string,
    question: Question<T>,
    asking: AskOptions,
    batchOf?: (value: T) => Batch,
  ): Promise<Answer<T>> {
    const { system, health, emit, cache, breaker } = this.options
    const registry = this.entry.name
    const from = system.clock.monotonic()
    let hasAsked = false
    const watched: Question<T> = {
      ...question,
      ask: (validator) => {
        const ask = (): Promise<Awaited<ReturnType<typeof question.ask>>> => {
          hasAsked = true
          emit('registry.asked', { registry, call })
          return question.ask(validator)
        }
        if (!breaker || isLocal(this.entry)) return ask()
        return breaker.guard(ask, { probe: asking.refresh === true, signal: asking.signal })
      },
    }
    const settle = (state: string, items: number, error?: unknown): void => {
      if (!hasAsked) return
      const reason = error === undefined ? {} : { reason: reasonOf(error), ...failureOf(error) }
      emit('registry.settled', { registry, call, state, items, ms: system.clock.monotonic() - from, ...reason })
    }
    try {
      const allowed = isLocal(this.entry) ? { ...asking, offline: false } : asking
      const tools = { cache, writes: this.writes, registry, now: system.clock.now }
      const answer = await askUnderPolicy(watched, allowed, tools, this.memory)
      const batch = batchOf?.(answer.value)
      const facts = batch && { items: batch.listings.length, skipped: batch.skipped, ageMs: answer.ageMs }
      if (hasAsked) {
        const failed = answer.reason === undefined ? {} : { error: answer.reason }
        health.note(registry, { ms: system.clock.monotonic() - from, ...facts, ...failed })
      } else if (facts) health.seen(registry, facts)
      settle(answer.state, facts?.items ?? 0, answer.reason)
      return answer
    } catch (error) {
      const state = asking.signal?.aborted ? abortState(asking.signal) : faultState(error)
      // Running out of time is the registry's doing, being given up is not.
      const ms = system.clock.monotonic() - from
      const late = state === 'slow' && !isMarketError(error) ? registryTimeout(registry, Math.round(ms)) : error
      if (hasAsked && state !== 'dropped') health.note(registry, { ms, error: late })
      settle(state, 0, late)
      throw error
    }
  }

  question<T>(ttl: TtlClass, key: string, ask: Question<T>['ask']): Question<T> {
    // A look at this machine costs nothing: local goods are looked over at every question.
    return { ttl, key, ask, lifetimeMs: isLocal(this.entry) ? 0 : this.protocol.lifetimes?.[ttl] }
  }

  everything(asking: AskOptions): Promise<Answer<Batch>> {
    const question = this.question<Batch>('catalog', keyOf(this.entry, 'list'), async (validator) => {
      const batch = await (await this.connection()).list?.(asking, validator)
      if (batch === undefined || batch === 'not-modified') return 'not-modified'
      // Kept in the order in which it is listed, so that nobody who reads it has to sort it again.
      const value = { ...batch, listings: inOrder(batch.listings) }
      return { value, ...(batch.validator === undefined ? {} : { validator: batch.validator }) }
    })
    return this.answer('list', question, asking, (batch) => batch)
  }

  /** Everything earlier searches brought that fits, for a question never asked before. */
  async known(query: Query): Promise<{ value: Batch; ageMs: number } | undefined> {
    const kept = await this.goods.read()
    if (!kept) return undefined
    return { value: { listings: kept.listings.filter((one) => matches(one, query)), skipped: [] }, ageMs: kept.ageMs }
  }

  async search(query: Query, asking: AskOptions): Promise<Answer<Batch>> {
    let arrived: Listing[] = []
    const wire = JSON.stringify(restQuery(query))
    const question = this.question<Batch>('search', keyOf(this.entry, 'search', wire), async (validator) => {
      const connection = await this.connection()
      const batch = (await connection.search?.(query, asking, validator)) ?? { listings: [], skipped: [] }
      if (batch === 'not-modified') return batch
      const { partial, ...value } = batch
      arrived = batch.listings
      return {
        value,
        ...(batch.validator === undefined ? {} : { validator: batch.validator }),
        ...(partial ? { partial } : {}),
      }
    })
    const whole = { ...question, complete: filledUp, standIn: () => this.known(query) }
    const answer = await this.answer('search', whole, asking, (batch) => batch)
    // Only now: what came in part is filled up from what was known before it.
    this.goods.learn(arrived)
    return answer
  }

  /** One item out of the whole list. */
  async picked(name: string, version: string | undefined, asking: AskOptions): Promise<Answer<Listing | undefined>> {
    const all = await this.everything(asking)
    const found = all.value.listings.find((one) => one.name === name)
    return { ...all, value: hasVersion(found, version) ? found : undefined }
  }

  async item(name: string, version: string | undefined, asking: AskOptions): Promise<Answer<Listing | undefined>> {
    const key = keyOf(this.entry, 'item', name, version ?? '')
    // What a registry says of a fixed version, its scan above all, does not change: it has a lifetime of its own.
    const ttl = version === undefined ? 'metadata' : 'validation.registry'
    const question = this.question<{ found?: Listing }>(ttl, key, async (validator) => {
      const answer = (await (await this.connection()).item?.(name, version, asking, validator)) ?? {}
      if (answer === 'not-modified') return answer
      const value = answer.listing ? { found: answer.listing } : {}
      return { value, ...(answer.validator === undefined ? {} : { validator: answer.validator }) }
    })
    const answer = await this.answer('item', { ...question, standIn: () => this.remembered(name) }, asking)
    // A registry that knows nothing of versions answers with the one it has.
    return { ...answer, value: hasVersion(answer.value.found, version) ? answer.value.found : undefined }
  }

  /** Brings an artifact. It is told like a question, so that downloads count in how a registry fares. */
  async fetch(artifact: Artifact, into: string, call: Call): Promise<{ bytes: number }> {
    const { system, emit, breaker } = this.options
    const registry = this.entry.name
    const from = system.clock.monotonic()
    let hasAsked = false
    const bring = async (): Promise<{ bytes: number }> => {
      hasAsked = true
      emit('registry.asked', { registry, call: 'download' })
      return (await this.connection()).fetch(artifact, into, call)
    }
    const settle = (state: string, failure: object): void => {
      if (!hasAsked) return
      emit('registry.settled', {
        registry,
        call: 'download',
        state,
        items: 0,
        ms: system.clock.monotonic() - from,
        ...failure,
      })
    }
    try {
      const isGuarded = breaker !== undefined && isOwnArtifact(artifact, this.entry.url)
      const got = await (isGuarded ? breaker.guard(bring, { probe: false, signal: call.signal }) : bring())
      settle('fresh', {})
      return got
    } catch (error) {
      const isDropped = call.signal?.aborted === true && abortState(call.signal) === 'dropped'
      settle(isDropped ? 'dropped' : faultState(error), { reason: reasonOf(error), ...failureOf(error) })
      throw error
    }
  }

  /** With `except` the newest answer about the item itself stays. */
  forget(name: string, except?: 'item'): Promise<number> {
    const { cache, emit } = this.options
    const key = except && keyOf(this.entry, 'item', name, '')
    return forgetItem({ cache, emit, memory: this.memory, registry: this.entry.name }, name, key)
  }

  async renew(name: string, asking: AskOptions): Promise<Answer<Listing | undefined>> {
    const answer = await this.item(name, undefined, { ...asking, refresh: !asking.offline })
    if (answer.state === 'fresh') await this.forget(name, 'item')
    return answer
  }

  async remembered(name: string): Promise<{ value: { found?: Listing }; ageMs: number } | undefined> {
    const kept = await this.goods.read()
    const found = kept?.listings.find((one) => one.name === name)
    return kept && found ? { value: { found }, ageMs: kept.ageMs } : undefined
  }
}

/** The protocol of an entry; for one that names none we know, a protocol that answers every question with that error. */
function protocolOf(entry: RegistryEntry, protocols: readonly Protocol[]): Protocol {
  try {
    return recogniseProtocol(entry, protocols)
  } catch (error) {
    const refuse = (): never => {
      throw error
    }
    return { id: entry.protocol, title: 'Unknown', recognises: () => false, connect: refuse }
  }
}

/** A registry under policy. Nothing is contacted until the first question; even an unknown protocol is told only then. */
export function openRegistry(entry: RegistryEntry, options: RegistryOptions): Registry {
  const protocol = protocolOf(entry, options.protocols)
  const open = new OpenRegistry({ ...entry, protocol: protocol.id }, protocol, options)
  const listsEverything = protocol.searches !== true
  const item: Registry['item'] = (name, version, asking) =>
    listsEverything ? open.picked(name, version, asking) : open.item(name, version, asking)
  return {
    entry: open.entry,
    listsEverything,
    search: (query, asking) => (listsEverything ? open.everything(asking) : open.search(query, asking)),
    item,
    async releases(name, asking) {
      const found = await item(name, undefined, asking)
      return { ...found, value: found.value?.releases ?? [] }
    },
    async categories(asking) {
      if (listsEverything) {
        const all = await open.everything(asking)
        return { ...all, value: countCategories(all.value.listings) }
      }
      const question = open.question<{ name: string; count?: number }[]>(
        'catalog',
        keyOf(open.entry, 'categories'),
        async () => ({
          value: (await (await open.connection()).categories?.(asking)) ?? [],
        }),
      )
      return open.answer('categories', question, asking)
    },
    publishProblem: () => publishProblem(entry, protocol),
    async publish(body, call) {
      const problem = publishProblem(entry, protocol)
      if (problem) throw problem
      const connection = await open.connection()
      if (!connection.publish) throw registryReadOnly(entry.name, `the protocol ${protocol.id} cannot publish`)
      const answer = await connection.publish(body, call)
      const { name, id = name } = body
      if (typeof id === 'string') await open.forget(id)
      // What is not a search of its own is told from the whole list, which has one more now.
      for (const list of ['list', 'categories'])
        await options.cache.clear(`catalog:${entry.name}:${keyOf(open.entry, list)}`)
      open.memory.clear()
      return answer
    },
    fetch: (artifact, into, call) => open.fetch(artifact, into, call),
    // A list of everything says nothing else because of what happens here.
    renew: (name, asking) => (listsEverything ? open.picked(name, undefined, asking) : open.renew(name, asking)),
    forget: (name) => open.forget(name),
    async close() {
      await Promise.all([open.writes.flush(), open.goods.write()])
      if (open.isOpen) await (await open.connection()).close?.()
      await options.http.close()
    },
  }
}
