import type { Keyv } from 'keyv'
import { reasonOf } from '../model/errors.ts'
import { shownStore, storesOf } from '../model/store-address.ts'
import type { Cache, Cached, CacheStats, Put, PutOptions, TtlClass } from './cache.ts'
import { statsOf } from './cache-stats.ts'
import { NO_FACTS, StoreGone, type Envelope, type EntryStore, type StoreFacts } from './entry-store.ts'
import { fallBack, openStore, reopenStore, type CacheOptions, type OpenedStore } from './open-store.ts'
import { TallySheet } from './tally-sheet.ts'

/** Figures kept in memory before they are written down; a killed process loses at most these. */
const PENDING_FIGURES = 256
/** An entry from further ahead than this was stored under a clock that has since been set back. */
const CLOCK_SLACK_MS = 60_000

/**
 * Opens the cache. Nothing is touched until the first use, so that a command which needs no cache pays nothing.
 * No method throws for a fault of the disk: what cannot be read is a miss, what cannot be written is not kept,
 * and the first such fault is a warning.
 */
export async function openCache(options: CacheOptions): Promise<Cache> {
  return new KeptCache(options)
}

interface Opened extends OpenedStore {
  keyv: Keyv<Envelope>
}

class KeptCache implements Cache {
  readonly #options: CacheOptions
  readonly #tally = new TallySheet()
  #opened: Promise<Opened> | undefined
  readonly #broken = new WeakSet<Opened>()
  #hasWarned = false
  #isClosed = false

  constructor(options: CacheOptions) {
    this.#options = options
  }

  async get<T>(ttl: TtlClass, registry: string, key: string): Promise<Cached<T> | undefined> {
    const found = await this.peek<T>(ttl, registry, key)
    const full = `${ttl}:${registry}:${key}`
    this.#tally.count(found?.isFresh ? 'hits' : 'misses', ttl, registry)
    if (found?.isFresh) this.#options.emit('cache.hit', { namespace: ttl, key: full, ageMs: found.ageMs, stale: false })
    else this.#options.emit('cache.miss', { namespace: ttl, key: full })
    await this.#writeFiguresWhenMany()
    return found
  }

  async peek<T>(ttl: TtlClass, registry: string, key: string): Promise<Cached<T> | undefined> {
    const { system, settings } = this.#options
    const full = `${ttl}:${registry}:${key}`
    const envelope = await this.#guard<Envelope | undefined>((opened) => opened.keyv.get(full), undefined)
    const ageMs = envelope ? system.clock.now() - envelope.storedAt : 0
    if (!envelope || ageMs >= envelope.ttlMs + settings.staleWindowMs) return undefined
    const { value, storedAt, validator } = envelope
    return {
      value: value as T,
      storedAt,
      ageMs: Math.max(0, ageMs),
      isFresh: ageMs < envelope.ttlMs && ageMs >= -CLOCK_SLACK_MS,
      ...(validator === undefined ? {} : { validator }),
    }
  }

  // The port says what an entry is made of; an object would only repeat the words.
  // oxlint-disable-next-line max-params
  async put<T>(ttl: TtlClass, registry: string, key: string, value: T, options: PutOptions = {}): Promise<void> {
    await this.putAll([{ ttl, registry, key, value, options }])
  }

  async putAll(entries: readonly Put[]): Promise<void> {
    const { system, settings } = this.#options
    const now = system.clock.now()
    const kept = entries.map(({ ttl, registry, key, value, options = {} }) => {
      const { ttlMs = settings.ttlMs[ttl], storedAt = now, validator } = options
      const envelope: Envelope = { value, storedAt, ttlMs, ...(validator === undefined ? {} : { validator }) }
      return { key: `${ttl}:${registry}:${key}`, value: envelope }
    })
    await this.#guard<unknown>(({ keyv }) => keyv.setMany(kept), undefined)
    await this.#countLosses()
  }

  async touch(ttl: TtlClass, registry: string, key: string): Promise<void> {
    const now = this.#options.system.clock.now()
    await this.#guard<void>(({ store }) => store.touch(`${ttl}:${registry}:${key}`, now), undefined)
  }

  noteStale(ttl: TtlClass, registry: string): void {
    this.#tally.count('stale', ttl, registry)
  }

  async clear(pattern: string): Promise<number> {
    return this.#guard(({ store }) => store.clearMatching(pattern), 0)
  }

  async clearWhere(pattern: string, isMeant: (value: unknown, key: string) => boolean): Promise<number> {
    return this.#guard(async ({ store, keyv }) => {
      let removed = 0
      for (const key of await store.keysMatching(pattern)) {
        const envelope = await keyv.get(key)
        if (envelope && isMeant(envelope.value, key) && (await keyv.delete(key))) removed++
      }
      return removed
    }, 0)
  }

  async prune(): Promise<{ entries: number; bytes: number }> {
    return this.#guard(({ store }) => store.prune(this.#options.system.clock.now()), { entries: 0, bytes: 0 })
  }

  async stats(): Promise<CacheStats> {
    const { settings, path } = this.#options
    const read = await this.#guard<{ facts: StoreFacts; kind: string } | undefined>(async ({ store, kind }) => {
      await this.#writeFigures(store)
      return { facts: await store.facts(), kind }
    }, undefined)
    const store = read?.kind ?? storesOf(settings.store).map(shownStore).join(' ')
    return statsOf(read?.facts ?? NO_FACTS, {
      maxBytes: settings.maxBytes,
      store,
      ...(storesOf(store).includes('disk') ? { path } : {}),
    })
  }

  async close(isLeaving?: boolean): Promise<void> {
    if (this.#isClosed) return
    if (this.#opened || this.#tally.pending > 0) {
      await this.#guard<void>(async ({ store }) => {
        await this.#writeFigures(store)
        await store.close(isLeaving)
      }, undefined)
    }
    this.#isClosed = true
  }

  /** Runs an operation on the store, which is opened at the first one. A fault of the store gives `otherwise`. */
  async #guard<T>(work: (opened: Opened) => T | Promise<T>, otherwise: Awaited<T>): Promise<Awaited<T>> {
    if (this.#isClosed) return otherwise
    this.#opened ??= openStore(this.#options).then(withKeyv)
    const opened = await this.#opened
    try {
      return await work(opened)
    } catch (error) {
      return this.#recover(error, opened, work, otherwise)
    }
  }

  /**
   * After a fault: a busy store is tried again, a broken one begun anew, memory takes the place of a server that is
   * gone, and what cannot be helped is told once.
   */
  // The call that failed, in full.
  // oxlint-disable-next-line max-params
  async #recover<T>(
    fault: unknown,
    opened: Opened,
    work: (opened: Opened) => T | Promise<T>,
    otherwise: Awaited<T>,
  ): Promise<Awaited<T>> {
    if (fault instanceof StoreGone) {
      this.#replace(opened, () => fallBack(this.#options, fault.store, fault))
      return this.#guard(work, otherwise)
    }
    const { isBusy, isCorrupt, patiently } = await import('./disk-schema.ts')
    try {
      if (!isBusy(fault)) throw fault
      return await patiently(this.#options.system.clock, () => work(opened))
    } catch (error) {
      // Somebody holds on to it, perhaps a stopped process: the entry is not kept this time.
      if (isBusy(error)) return otherwise
      if (isCorrupt(error)) {
        this.#replace(opened, () => reopenStore(this.#options, opened.store))
      } else if (!this.#hasWarned) {
        this.#hasWarned = true
        this.#options.emit('warning', { text: `The cache could not be used just now: ${reasonOf(error)}.` })
      }
      return otherwise
    }
  }

  /** Several calls may fail at once; the first one opens another store for all. */
  #replace(broken: Opened, open: () => Promise<OpenedStore>): void {
    if (this.#broken.has(broken)) return
    this.#broken.add(broken)
    this.#opened = open().then(withKeyv)
  }

  async #writeFigures(store: EntryStore): Promise<void> {
    this.#takeLosses(store)
    if (this.#tally.pending > 0) await store.note(this.#tally.take())
  }

  async #writeFiguresWhenMany(): Promise<void> {
    if (this.#tally.pending < PENDING_FIGURES) return
    await this.#guard(({ store }) => this.#writeFigures(store), undefined)
  }

  async #countLosses(): Promise<void> {
    if (this.#opened) this.#takeLosses((await this.#opened).store)
  }

  #takeLosses(store: EntryStore): void {
    const { evicted, evictedBytes, dropped } = store.takeLosses()
    this.#tally.lost(evicted, dropped)
    if (evicted > 0) this.#options.emit('cache.evicted', { entries: evicted, bytes: evictedBytes })
  }
}

/**
 * keyv over the store. The class is the first part of each key, the store knows the lifetimes and makes the bytes,
 * so that keyv does none of the three. Without a listener for its errors keyv throws them.
 */
async function withKeyv({ store, kind }: OpenedStore): Promise<Opened> {
  const { Keyv: KeyvClass } = await import('keyv')
  return { store, kind, keyv: new KeyvClass<Envelope>({ store, serialization: false, checkExpired: false }) }
}
