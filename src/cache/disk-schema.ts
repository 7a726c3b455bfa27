import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '../system/system.ts'

const SCHEMA_VERSION = 1
const PAGE_BYTES = 4096
/** How long a call waits for another process that is writing. Keys wait with it, so it is short, and tried again. */
const BUSY_MS = 50

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entry (
    key TEXT NOT NULL UNIQUE, value BLOB NOT NULL, stored_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL, size INTEGER NOT NULL, raw_size INTEGER NOT NULL, packed INTEGER NOT NULL,
    class TEXT NOT NULL, registry TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS entry_used ON entry (used_at);
  CREATE TABLE IF NOT EXISTS figure (
    class TEXT NOT NULL, registry TEXT NOT NULL, hits INTEGER NOT NULL, misses INTEGER NOT NULL,
    stale INTEGER NOT NULL, PRIMARY KEY (class, registry)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS loss (one INTEGER PRIMARY KEY CHECK (one = 1), evicted INTEGER NOT NULL, dropped INTEGER NOT NULL);
  INSERT OR IGNORE INTO loss VALUES (1, 0, 0);
  PRAGMA user_version = ${SCHEMA_VERSION};`

/**
 * Opens the database file, making it when it is not there. WAL with synchronous NORMAL: a killed process loses
 * nothing, a power cut at most the last entries. The log is kept to a fiftieth of the cap, so that file and log
 * together stay within it.
 */
export function openDatabase(path: string, maxBytes: number): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(path)
  try {
    const logPages = Math.min(1000, Math.max(8, Math.floor(maxBytes / 50 / PAGE_BYTES)))
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
    const version = database.prepare('PRAGMA user_version').get()?.['user_version']
    if (version !== SCHEMA_VERSION) {
      if (version !== 0)
        database.exec('DROP TABLE IF EXISTS entry; DROP TABLE IF EXISTS figure; DROP TABLE IF EXISTS loss')
      database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL')
      database.exec(`BEGIN IMMEDIATE;${SCHEMA}COMMIT`)
    }
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;
       PRAGMA wal_autocheckpoint = ${logPages}; PRAGMA journal_size_limit = ${logPages * PAGE_BYTES}`,
    )
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

const BUSY = 5
const NOT_A_DATABASE = 26
const CORRUPT = 11

const codeOf = (error: unknown): number => ((error as { errcode?: number } | undefined)?.errcode ?? 0) % 256

/** Whether an error says that another process is writing just now. */
export const isBusy = (error: unknown): boolean => codeOf(error) === BUSY

/** Whether an error says that the file itself is broken (and not merely busy or full). */
export function isCorrupt(error: unknown): boolean {
  return [NOT_A_DATABASE, CORRUPT].includes(codeOf(error))
}

/** Waits between tries when the database is busy, ms. Nothing is blocked while they pass. */
const PAUSES_MS = [10, 30, 100, 250]

/** Tries again a few times while another process is writing; then the error is thrown. */
export async function patiently<T>(clock: Pick<Clock, 'sleep'>, work: () => T | Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error)) throw error
      await clock.sleep(pauseMs)
    }
  }
  return work()
}

/** Moves a broken database out of the way (over an older broken one) and answers where it is now. */
export function moveAside(path: string): string {
  const aside = `${path}.broken`
  renameSync(path, aside)
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true })
  return aside
}

/** Whether the whole file can be read. Reads all of it. */
export function isWhole(path: string): boolean {
  try {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      return database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok'
    } finally {
      database.close()
    }
  } catch {
    return false
  }
}
