import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SCHEMA_VERSION = 1
const PAGE_BYTES = 4096
/** How long one process waits for another that is writing. */
const BUSY_MS = 5000

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

const NOT_A_DATABASE = 26
const CORRUPT = 11

/** Whether an error says that the file itself is broken (and not merely busy or full). */
export function isCorrupt(error: unknown): boolean {
  const code = (error as { errcode?: number } | undefined)?.errcode
  return code !== undefined && [NOT_A_DATABASE, CORRUPT].includes(code % 256)
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
