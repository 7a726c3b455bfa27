import { EventEmitter } from 'node:events'
import KeyvRedis from '@keyv/redis'
import type { KeyvStorageEntry, KeyvStorageGetResult } from 'keyv'
import { reasonOf } from '../model/errors.ts'
import { shownStore } from '../model/store-address.ts'
import type { System } from '../system/system.ts'
import {
  KEYV_CAPABILITIES,
  LARGEST_PART,
  partsOf,
  StoreGone,
  type CachePolicy,
  type Envelope,
  type EntryStore,
  type Losses,
  type StoreFacts,
  type Tally,
} from './entry-store.ts'
import { pack, unpack } from './packing.ts'
import { FIGURES, NOTE, PUT, REMOVE, SWEEP, TOUCH, USED } from './redis-scripts.ts'

/** Longest wait for a connection: every run of the program pays it when a server is not there. */
const CONNECT_MS = 1000
/** Longest wait for one answer; a server on the same network answers within a few. */
const ANSWER_MS = 1000
/** The version of what is kept; another one is another set of keys. */
const PREFIX = 'souk:1:'
/** Reply type of Redis for a text: read as bytes, since entries are compressed. */
const TEXT_REPLY = 36
/** Keys looked over with one command, so that no command holds the server up for long. */
const BATCH = 500
/** Largest entry that is unpacked, bytes: what comes from a server is not believed. */
const MAX_RAW_BYTES = 256 * 1024 * 1024
/** Uses kept in memory before they are written down. */
const USES_KEPT = 512
const HEAD = /^(\d{16})(\d{16})([01])(\d{10})$/
const HEAD_BYTES = 43

/** What this store calls of the client that @keyv/redis brings. */
interface Client {
  connect(): Promise<unknown>
  eval(script: string, options: { keys: string[]; arguments: (string | Buffer)[] }): Promise<unknown>
  sendCommand(args: string[]): Promise<unknown>
}

const digits = (value: number, length: number): string => String(Math.max(0, Math.round(value))).padStart(length, '0')
const textOf = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('utf8') : String(value))
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [])

/**
 * A store on a Redis server, which several machines may share: one entry a key, with its lifetime told to the server
 * as well. The cap holds for what the program itself keeps there and is kept by scripts on the server; a server with a
 * smaller limit of its own puts entries out as it likes. Any fault of the server, a slow answer included, throws
 * `StoreGone`.
 */
export class RedisStore extends EventEmitter implements EntryStore {
  readonly capabilities = KEYV_CAPABILITIES
  readonly #system: System
  readonly #policy: CachePolicy
  readonly #redis: KeyvRedis<Buffer>
  readonly #shown: string
  readonly #used = new Map<string, number>()
  #losses: Losses = { evicted: 0, evictedBytes: 0, dropped: 0 }

  private constructor(system: System, address: string, policy: CachePolicy) {
    super()
    this.#system = system
    this.#policy = policy
    this.#shown = shownStore(address)
    const options = {
      url: address,
      // One that is gone stays gone for this run, so that nobody waits for it twice.
      socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false as const },
      disableOfflineQueue: true,
      disableClientInfo: true,
      maintNotifications: 'disabled' as const,
      commandOptions: { typeMapping: { [TEXT_REPLY]: Buffer } },
    }
    this.#redis = new KeyvRedis(options, {
      namespace: `${PREFIX}e`,
      keyPrefixSeparator: ':',
      throwOnErrors: true,
      connectionTimeout: CONNECT_MS,
    })
  }

  /** Connects. Throws `StoreGone` when there is no server, it does not take the credentials, or takes too long. */
  static async open(system: System, address: string, policy: CachePolicy): Promise<RedisStore> {
    const store = new RedisStore(system, address, policy)
    await store.#ask(() => store.#client.connect(), CONNECT_MS)
    return store
  }

  get #client(): Client {
    return this.#redis.client as unknown as Client
  }

  /** Asks the server; any fault and any long silence end the connection. */
  async #ask<T>(work: () => Promise<T>, ms = ANSWER_MS): Promise<T> {
    let cancel: (() => void) | undefined
    const late = new Promise<never>((_, fail) => {
      cancel = this.#system.clock.after(ms, () => fail(new Error(`it did not answer within ${ms} ms`)))
    })
    try {
      return await Promise.race([work(), late])
    } catch (error) {
      await this.#redis.disconnect(true).catch(() => {})
      throw new StoreGone(this.#shown, reasonOf(error))
    } finally {
      cancel?.()
    }
  }

  #run(script: string, args: readonly (string | Buffer)[]): Promise<unknown> {
    return this.#ask(() => this.#client.eval(script, { keys: [], arguments: [PREFIX, ...args] }))
  }

  async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    const found = await this.#ask<Buffer | undefined>(() => this.#redis.get(key))
    return (await this.#read(key, found)) as KeyvStorageGetResult<Value>
  }

  async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    const found = await this.#ask<(Buffer | undefined)[]>(() => this.#redis.getMany(keys))
    return Promise.all(
      keys.map(async (key, at) => (await this.#read(key, found[at])) as KeyvStorageGetResult<Value | undefined>),
    )
  }

  async #read(key: string, found: Buffer | undefined): Promise<{ value: Envelope } | undefined> {
    if (!found) return undefined
    try {
      const envelope = parseEntry(found)
      this.#used.set(key, this.#system.clock.now())
      if (this.#used.size >= USES_KEPT) await this.#writeUses()
      return { value: envelope }
    } catch (error) {
      if (error instanceof StoreGone) throw error
      await this.#run(REMOVE, [key])
      this.#losses.dropped++
      return undefined
    }
  }

  async has(key: string): Promise<boolean> {
    return this.#ask(() => this.#redis.has(key))
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return this.#ask(() => this.#redis.hasMany(keys))
  }

  async set(key: string, stored: unknown): Promise<boolean> {
    const { value: envelope } = stored as { value: Envelope }
    const packed = pack(envelope, this.#policy.compressAboveBytes)
    const bytes = entryBytes(envelope, envelope.ttlMs + this.#policy.staleWindowMs, packed)
    if (bytes.length > this.#policy.maxBytes * LARGEST_PART) {
      await this.#run(REMOVE, [key])
      this.#lose(1, bytes.length)
      return false
    }
    await this.#writeUses()
    const life = Math.max(1, envelope.ttlMs + this.#policy.staleWindowMs)
    const now = this.#system.clock.now()
    const numbers = [now, life, packed.rawSize, this.#policy.maxBytes].map(String)
    const gone = listOf(await this.#run(PUT, [key, bytes, ...numbers]))
    this.#lose(Number(gone[0] ?? 0), Number(gone[1] ?? 0))
    return true
  }

  #lose(evicted: number, bytes: number): void {
    this.#losses.evicted += evicted
    this.#losses.evictedBytes += bytes
  }

  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    const kept: boolean[] = []
    for (const { key, value } of entries) kept.push(await this.set(key, value))
    return kept
  }

  async delete(key: string): Promise<boolean> {
    const [isGone = false] = await this.deleteMany([key])
    return isGone
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    const gone: unknown[] = []
    for (let at = 0; at < keys.length; at += BATCH)
      gone.push(...listOf(await this.#run(REMOVE, keys.slice(at, at + BATCH))))
    return gone.map((count) => Number(count) > 0)
  }

  async clear(): Promise<void> {
    await this.clearMatching('*')
  }

  async touch(key: string, storedAt: number): Promise<void> {
    await this.#run(TOUCH, [key, digits(storedAt, 16)])
  }

  async keysMatching(pattern: string): Promise<string[]> {
    const start = `${PREFIX}e:`
    // Only `*` has a meaning for us; what else Redis would read is taken as itself.
    const match = start + pattern.replace(/[[\]?^\\]/g, String.raw`\$&`)
    // The server may name a key twice.
    const keys = new Set<string>()
    let cursor = '0'
    do {
      const answer = listOf(
        await this.#ask(() => this.#client.sendCommand(['SCAN', cursor, 'MATCH', match, 'COUNT', String(BATCH)])),
      )
      cursor = textOf(answer[0] ?? '0')
      for (const key of listOf(answer[1])) keys.add(textOf(key).slice(start.length))
    } while (cursor !== '0')
    return [...keys]
  }

  async clearMatching(pattern: string): Promise<number> {
    return (await this.deleteMany(await this.keysMatching(pattern))).filter(Boolean).length
  }

  async prune(now: number): Promise<{ entries: number; bytes: number }> {
    const { entries, bytes } = await this.#sweep(now)
    return { entries, bytes }
  }

  /** Looks over all keys; those that expired before `now` go (none with 0). */
  async #sweep(now: number): Promise<{ entries: number; bytes: number; kept: string[] }> {
    const keys = listOf(await this.#ask(() => this.#client.sendCommand(['HKEYS', `${PREFIX}size`]))).map(textOf)
    const swept = { entries: 0, bytes: 0, kept: [] as string[] }
    for (let at = 0; at < keys.length; at += BATCH) {
      const [count, bytes, kept] = listOf(await this.#run(SWEEP, [String(now), ...keys.slice(at, at + BATCH)]))
      swept.entries += Number(count)
      swept.bytes += Number(bytes)
      swept.kept.push(...listOf(kept).map(textOf))
    }
    return swept
  }

  async note(tally: Tally): Promise<void> {
    const amounts = [...tally.figures].flatMap(([name, figures]) =>
      Object.entries(figures).flatMap(([what, amount]) => (amount > 0 ? [`${what} ${name}`, String(amount)] : [])),
    )
    for (const what of ['evicted', 'dropped'] as const) if (tally[what] > 0) amounts.push(what, String(tally[what]))
    if (amounts.length > 0) await this.#run(NOTE, amounts)
  }

  async facts(): Promise<StoreFacts> {
    const { kept } = await this.#sweep(0)
    const noted = listOf(await this.#run(FIGURES, []))
    return { entries: kept.length, ...sizesOf(kept), ...figuresOf(noted.map(textOf)) }
  }

  takeLosses(): Losses {
    const losses = this.#losses
    this.#losses = { evicted: 0, evictedBytes: 0, dropped: 0 }
    return losses
  }

  async close(): Promise<void> {
    await this.#writeUses()
    await this.#ask(() => this.#redis.disconnect())
  }

  async #writeUses(): Promise<void> {
    if (this.#used.size === 0) return
    const uses = [...this.#used].flatMap(([key, at]) => [String(at), key])
    this.#used.clear()
    await this.#run(USED, uses)
  }
}

function entryBytes(envelope: Envelope, lifeMs: number, packed: ReturnType<typeof pack>): Buffer {
  const { bytes, isPacked, rawSize } = packed
  const head = `${digits(envelope.storedAt, 16)}${digits(lifeMs, 16)}${isPacked ? 1 : 0}${digits(rawSize, 10)}`
  return Buffer.concat([Buffer.from(head), bytes])
}

/** An entry as it was stored. Throws when it is not what `entryBytes` made. */
function parseEntry(found: Buffer): Envelope {
  const head = HEAD.exec(found.toString('latin1', 0, HEAD_BYTES))
  const rawSize = Number(head?.[4])
  if (!head || rawSize > MAX_RAW_BYTES) throw new Error('the entry is not ours')
  return unpack({ bytes: found.subarray(HEAD_BYTES), rawSize, isPacked: head[3] === '1' }, Number(head[1]))
}

/** The sums over lines of key, stored bytes and raw bytes. */
function sizesOf(lines: readonly string[]): Pick<StoreFacts, 'rawBytes' | 'storedBytes' | 'entriesByClass'> {
  const counts = new Map<string, number>()
  let rawBytes = 0
  let storedBytes = 0
  for (const line of lines) {
    const [, key = '', stored = 0, raw = 0] = /^(.*) (\d+):(\d+)$/s.exec(line) ?? []
    const { class: name } = partsOf(key)
    counts.set(name, (counts.get(name) ?? 0) + 1)
    storedBytes += Math.max(0, Number(stored) - HEAD_BYTES)
    rawBytes += Number(raw)
  }
  return { rawBytes, storedBytes, entriesByClass: Object.fromEntries(counts) }
}

/** The figures out of a flat list of names and amounts. */
function figuresOf(noted: readonly string[]): Pick<StoreFacts, 'evicted' | 'dropped' | 'figures'> {
  const lost = { evicted: 0, dropped: 0 }
  const byName = new Map<string, StoreFacts['figures'][number]>()
  for (let at = 0; at + 1 < noted.length; at += 2) {
    const [what = '', name] = (noted[at] ?? '').split(' ', 2)
    const amount = Number(noted[at + 1])
    if (name === undefined) {
      if (what === 'evicted' || what === 'dropped') lost[what] = amount
      continue
    }
    const line = byName.get(name) ?? { ...partsOf(name), figures: { hits: 0, misses: 0, stale: 0 } }
    byName.set(name, line)
    if (what === 'hits' || what === 'misses' || what === 'stale') line.figures[what] = amount
  }
  return { ...lost, figures: [...byName.values()] }
}
