import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { RateLimit } from '../model/registry-entry.ts'

/** A request on its way; `release` says that the other side has surely seen it by `now`. */
export interface Slot {
  release(now: number): void
}

/** How long a request counts as on its way when its process was killed, ms. */
const UNANSWERED_MS = 10_000
/** Longest wait for another process that writes, ms; a line takes less than one. */
const BUSY_MS = 1000

/** The requests to registries with a `rateLimit` that were sent a short time ago, by all processes of this user. */
export class PaceBook {
  readonly #database: DatabaseSync

  /** Throws what the disk says. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // Made by us, so that nobody else may read it; SQLite takes an empty file for a new one.
    closeSync(openSync(file, 'a', 0o600))
    this.#database = new DatabaseSync(file)
    this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
      CREATE TABLE IF NOT EXISTS sent (id INTEGER PRIMARY KEY, registry TEXT NOT NULL, free_at INTEGER NOT NULL)`)
  }

  /** A place for one more request, or the ms to wait before asking for one again. */
  take(registry: string, { count, perMs }: RateLimit, now: number): Slot | number {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      // What lies further ahead than any request may was written under a clock that has since been set back.
      const longest = perMs + UNANSWERED_MS
      this.#database
        .prepare('DELETE FROM sent WHERE registry = ? AND (free_at <= ? OR free_at > ?)')
        .run(registry, now, now + longest)
      const row = this.#database
        .prepare('SELECT count(*) AS sent, min(free_at) AS next FROM sent WHERE registry = ?')
        .get(registry)
      const isFull = Number(row?.['sent'] ?? 0) >= count
      const id = isFull
        ? undefined
        : this.#database.prepare('INSERT INTO sent (registry, free_at) VALUES (?, ?)').run(registry, now + longest)
            .lastInsertRowid
      this.#database.exec('COMMIT')
      // A request that was not answered yet is looked at again in a while: it may be by then.
      if (id === undefined) return Math.max(1, Math.min(Number(row?.['next']) - now, perMs))
      return { release: (at) => this.#release(id, at + perMs) }
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #release(id: number | bigint, freeAt: number): void {
    this.#database.prepare('UPDATE sent SET free_at = ? WHERE id = ?').run(freeAt, id)
  }

  close(): void {
    this.#database.close()
  }
}
