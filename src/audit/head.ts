import { closeSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GENESIS, readLine } from './entry.ts'
import { linesOf, trailFiles } from './trail-files.ts'

/** The end of the chain: number and hash of the last line, the file it is in, and the bytes of that file. */
export interface Head {
  seq: number
  hash: string
  /** Number of the first line of the file in use. */
  first: number
  size: number
}

const START: Head = { seq: 0, hash: GENESIS, first: 1, size: 0 }
/** How long a line waits for lines of other processes; a line takes some ms. */
const BUSY_MS = 20_000

export const headPath = (folder: string): string => join(folder, 'head.sqlite')

/**
 * The head in a file of its own. It is also the lock of the trail: who writes holds its write transaction, which the
 * operating system frees when a process dies, so that no owner has to be found dead.
 */
export class HeadBook {
  readonly #database: DatabaseSync

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = headPath(folder)
    // Made by us, so that nobody else may read it; SQLite takes an empty file for a new one.
    closeSync(openSync(path, 'a', 0o600))
    this.#database = new DatabaseSync(path)
    this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = FULL`)
  }

  /** Runs work with nobody else writing. What it returns with is kept, what it throws undoes its change of the head. */
  alone<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      this.#database.exec(
        'CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL, first INTEGER NOT NULL, size INTEGER NOT NULL)',
      )
      const done = work()
      this.#database.exec('COMMIT')
      return done
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Undefined when nothing was written yet. Call it within `alone`. */
  read(): Head | undefined {
    const row = this.#database.prepare('SELECT seq, hash, first, size FROM head').get()
    return (
      row && {
        seq: Number(row['seq']),
        hash: String(row['hash']),
        first: Number(row['first']),
        size: Number(row['size']),
      }
    )
  }

  write({ seq, hash, first, size }: Head): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO head (one, seq, hash, first, size) VALUES (1, ?, ?, ?, ?)')
      .run(seq, hash, first, size)
  }

  close(): void {
    this.#database.close()
  }
}

/** Opens the head; one that cannot be read is put aside, so that the trail goes on. Says so in `notes`. */
export function openHead(folder: string, notes: string[]): HeadBook {
  const book = open(folder)
  if (book) return book
  const aside = `${headPath(folder)}.unreadable-${trailFiles(folder).length}`
  renameSync(headPath(folder), aside)
  notes.push(`The head could not be read and was kept aside as ${aside}.`)
  return new HeadBook(folder)
}

const NOT_A_DATABASE = 26
const CORRUPT = 11

/** Whether an error says that the file of the head is no database any more. */
export function isDamaged(error: unknown): boolean {
  const code = ((error as { errcode?: number }).errcode ?? 0) % 256
  return code === NOT_A_DATABASE || code === CORRUPT
}

function open(folder: string): HeadBook | undefined {
  let book: HeadBook | undefined
  try {
    book = new HeadBook(folder)
    book.alone(() => book?.read())
    return book
  } catch (error) {
    book?.close()
    if (isDamaged(error)) return undefined
    throw error
  }
}

/** The head that the lines themselves give, for when the kept one is lost. */
export function headFromLines(folder: string): Head {
  const last = trailFiles(folder).at(-1)
  if (!last) return START
  const lines = [...linesOf(last.path, last.size)].filter((line) => line.isEnded)
  const read = lines.map((line) => readLine(line.bytes)).findLast((line) => line?.isTrue)
  if (!read) return { ...START, seq: last.first - 1, first: last.first, size: last.size }
  return { seq: read.entry.seq, hash: read.hash, first: last.first, size: last.size }
}
