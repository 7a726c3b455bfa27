import { EventEmitter } from 'node:events'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { KeyvStorageEntry, KeyvStorageGetResult } from 'keyv'
import type { System } from '../system/system.ts'
import { openDatabase } from './disk-schema.ts'
import {
  KEYV_CAPABILITIES,
  LARGEST_PART,
  partsOf,
  type CachePolicy,
  type Envelope,
  type EntryStore,
  type StoreFacts,
  type Tally,
} from './entry-store.ts'
import { pack, unpack, type Packed } from './packing.ts'

/** Part of the cap the table may fill; the rest is for the log and half-filled pages. */
const FILL = 0.93
/** Uses kept in memory before they are written down. */
const USES_KEPT = 512

/** The store on disk: one SQLite file that several processes may share. Calls are synchronous inside. */
export class DiskStore extends EventEmitter implements EntryStore {
  /** keyv hands a moment of expiry to a store that can take one; ours knows it from the envelope. */
  readonly capabilities = KEYV_CAPABILITIES
  readonly #database: DatabaseSync
  readonly #policy: CachePolicy
  readonly #system: System
  readonly #statements = new Map<string, StatementSync>()
  readonly #used = new Map<string, number>()
  #losses = { evicted: 0, evictedBytes: 0, dropped: 0 }

  constructor(system: System, path: string, policy: CachePolicy) {
    super()
    this.#system = system
    this.#policy = policy
    this.#database = openDatabase(path, policy.maxBytes)
    this.#makeRoom(0)
  }

  #sql(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (!statement) {
      statement = this.#database.prepare(text)
      this.#statements.set(text, statement)
    }
    return statement
  }

  async get<Value>(key: string): Promise<KeyvStorageGetResult<Value>> {
    return this.#read(key) as KeyvStorageGetResult<Value>
  }

  async getMany<Value>(keys: string[]): Promise<KeyvStorageGetResult<Value | undefined>[]> {
    return keys.map((key) => this.#read(key) as KeyvStorageGetResult<Value>)
  }

  async has(key: string): Promise<boolean> {
    return this.#sql('SELECT 1 FROM entry WHERE key = ?').get(key) !== undefined
  }

  async hasMany(keys: string[]): Promise<boolean[]> {
    return Promise.all(keys.map(async (key) => this.has(key)))
  }

  #read(key: string): { value: Envelope } | undefined {
    const row = this.#sql('SELECT value, stored_at, raw_size, packed FROM entry WHERE key = ?').get(key)
    if (!row) return undefined
    try {
      const packed = {
        bytes: row['value'] as Uint8Array,
        rawSize: Number(row['raw_size']),
        isPacked: row['packed'] === 1,
      }
      const envelope = unpack(packed, Number(row['stored_at']))
      this.#used.set(key, this.#system.clock.now())
      if (this.#used.size >= USES_KEPT) this.#writeUses()
      return { value: envelope }
    } catch {
      this.#sql('DELETE FROM entry WHERE key = ?').run(key)
      this.#losses.dropped++
      return undefined
    }
  }

  async set(key: string, stored: unknown): Promise<boolean> {
    const [isKept = false] = await this.setMany([{ key, value: stored }])
    return isKept
  }

  /** Stores all in one transaction. Answers for each whether it was kept: one too large for the cap is not. */
  async setMany<Value>(entries: KeyvStorageEntry<Value>[]): Promise<boolean[]> {
    const packed = entries.map(({ key, value }) => {
      const { value: envelope } = value as { value: Envelope }
      return { key, envelope, ...pack(envelope, this.#policy.compressAboveBytes) }
    })
    const fits = packed.map(({ bytes }) => bytes.length <= this.#policy.maxBytes * LARGEST_PART)
    this.#makeRoom(packed.reduce((sum, { bytes }, index) => sum + (fits[index] ? bytes.length : 0), 0))
    this.#transaction(() => {
      for (const [index, one] of packed.entries()) {
        if (fits[index]) this.#write(one.key, one.envelope, one)
        else this.#refuse(one.key, one.bytes.length)
      }
    })
    if (packed.length > 1) this.#makeRoom(0)
    return fits
  }

  #write(key: string, envelope: Envelope, { bytes, rawSize, isPacked }: Packed): void {
    const { class: ttlClass, registry } = partsOf(key)
    this.#sql(
      `INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET
       value = excluded.value, stored_at = excluded.stored_at, expires_at = excluded.expires_at,
       used_at = excluded.used_at, size = excluded.size, raw_size = excluded.raw_size, packed = excluded.packed`,
    ).run(
      key,
      bytes,
      envelope.storedAt,
      envelope.storedAt + envelope.ttlMs + this.#policy.staleWindowMs,
      this.#system.clock.now(),
      bytes.length,
      rawSize,
      isPacked ? 1 : 0,
      ttlClass,
      registry,
    )
    this.#used.delete(key)
  }

  #refuse(key: string, bytes: number): void {
    this.#losses.evicted++
    this.#losses.evictedBytes += bytes
    this.#remove(key)
  }

  async delete(key: string): Promise<boolean> {
    return this.#remove(key)
  }

  async deleteMany(keys: string[]): Promise<boolean[]> {
    return this.#transaction(() => keys.map((key) => this.#remove(key)))
  }

  #remove(key: string): boolean {
    this.#used.delete(key)
    return Number(this.#sql('DELETE FROM entry WHERE key = ?').run(key).changes) > 0
  }

  async clear(): Promise<void> {
    this.clearMatching('*')
  }

  touch(key: string, storedAt: number): void {
    this.#sql(
      'UPDATE entry SET expires_at = expires_at - stored_at + :at, stored_at = :at, used_at = :at WHERE key = :key',
    ).run({ at: storedAt, key })
  }

  keysMatching(pattern: string): string[] {
    return this.#sql('SELECT key FROM entry WHERE key GLOB ?')
      .all(globOf(pattern))
      .map((row) => String(row['key']))
  }

  clearMatching(pattern: string): number {
    const removed = Number(this.#sql('DELETE FROM entry WHERE key GLOB ?').run(globOf(pattern)).changes)
    this.#shrink()
    return removed
  }

  prune(now: number): { entries: number; bytes: number } {
    const facts = this.#sql('SELECT total(size) AS bytes FROM entry WHERE expires_at <= ?').get(now)
    const entries = Number(this.#sql('DELETE FROM entry WHERE expires_at <= ?').run(now).changes)
    this.#shrink()
    return { entries, bytes: Number(facts?.['bytes'] ?? 0) }
  }

  note(tally: Tally): void {
    this.#transaction(() => {
      for (const [name, figures] of tally.figures) {
        const { class: ttlClass, registry } = partsOf(name)
        this.#sql(
          `INSERT INTO figure VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
           hits = hits + excluded.hits, misses = misses + excluded.misses, stale = stale + excluded.stale`,
        ).run(ttlClass, registry, figures.hits, figures.misses, figures.stale)
      }
      this.#sql('UPDATE loss SET evicted = evicted + ?, dropped = dropped + ?').run(tally.evicted, tally.dropped)
    })
  }

  facts(): StoreFacts {
    const total = this.#sql('SELECT count(*) AS n, total(raw_size) AS raw, total(size) AS stored FROM entry').get()
    const loss = this.#sql('SELECT evicted, dropped FROM loss').get()
    return {
      entries: Number(total?.['n'] ?? 0),
      rawBytes: Number(total?.['raw'] ?? 0),
      storedBytes: Number(total?.['stored'] ?? 0),
      evicted: Number(loss?.['evicted'] ?? 0),
      dropped: Number(loss?.['dropped'] ?? 0),
      entriesByClass: Object.fromEntries(
        this.#sql('SELECT class, count(*) AS n FROM entry GROUP BY class')
          .all()
          .map((row) => [String(row['class']), Number(row['n'])]),
      ),
      figures: this.#sql('SELECT * FROM figure')
        .all()
        .map((row) => ({
          class: String(row['class']),
          registry: String(row['registry']),
          figures: { hits: Number(row['hits']), misses: Number(row['misses']), stale: Number(row['stale']) },
        })),
    }
  }

  takeLosses(): { evicted: number; evictedBytes: number; dropped: number } {
    const losses = this.#losses
    this.#losses = { evicted: 0, evictedBytes: 0, dropped: 0 }
    return losses
  }

  /**
   * Closing the last connection folds the log into the file, which waits for the disk three times: longer than many a
   * search. A process that ends leaves the log as it is, whole and within its limit, and the next one goes on with it.
   */
  close(isLeaving = false): void {
    if (!this.#database.isOpen) return
    try {
      this.#writeUses()
    } finally {
      if (!isLeaving) this.#database.close()
    }
  }

  #transaction<T>(work: () => T): T {
    this.#sql('BEGIN IMMEDIATE').run()
    try {
      const done = work()
      this.#sql('COMMIT').run()
      return done
    } catch (error) {
      this.#sql('ROLLBACK').run()
      throw error
    }
  }

  /** Reading must not write each time, so the moments of use are collected and written together. */
  #writeUses(): void {
    if (this.#used.size === 0) return
    const uses = [...this.#used]
    this.#used.clear()
    this.#transaction(() => {
      for (const [key, at] of uses) this.#sql('UPDATE entry SET used_at = max(used_at, ?) WHERE key = ?').run(at, key)
    })
  }

  /** Bytes of the pages in use, which is what the file cannot be smaller than. */
  #pageBytes(): number {
    const pages = 'SELECT (page_count - freelist_count) * page_size AS bytes'
    return Number(
      this.#sql(`${pages} FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).get()?.['bytes'],
    )
  }

  /** Evicts least recently used entries before new bytes come, so that the file never grows beyond the cap. */
  #makeRoom(bytes: number): void {
    const room = this.#policy.maxBytes * FILL
    if (this.#pageBytes() + bytes <= room) return
    this.#writeUses()
    let batch = 1
    while (this.#pageBytes() + bytes > room * 0.97) {
      const gone = this.#sql(
        'DELETE FROM entry WHERE rowid IN (SELECT rowid FROM entry ORDER BY used_at LIMIT ?) RETURNING size',
      ).all(batch)
      if (gone.length === 0) break
      this.#losses.evicted += gone.length
      for (const row of gone) this.#losses.evictedBytes += Number(row['size'])
      batch = Math.min(batch * 2, 256)
    }
    this.#shrink()
  }

  #shrink(): void {
    this.#database.exec('PRAGMA incremental_vacuum')
  }
}

/** Only `*` has a meaning for us; what else GLOB would read is taken as itself. */
const globOf = (pattern: string): string => pattern.replace(/[[?]/g, '[$&]')
