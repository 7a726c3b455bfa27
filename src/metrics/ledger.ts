import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { System } from '../system/system.ts'

/** The file that is written to; those put aside are called `metrics-<id>.ndjson`. */
const CURRENT = 'metrics.ndjson'
const ASIDE = /^metrics-[0-9a-z]+\.ndjson$/
/** Part of the cap at which the file is put aside and a new one begun. */
const ASIDE_PART = 8
const READ_BYTES = 256 * 1024

export interface LedgerOptions {
  system: System
  folder: string
  /** All files together; the oldest go beyond it. */
  maxBytes: number
}

interface LedgerFile {
  path: string
  /** Tells a file from another that took its name. */
  inode: number
  bytes: number
  /** When it was last written to, ms. */
  at: number
}

/**
 * Lines in files that are only added to, so that several processes may write at once and a killed one leaves at most
 * a torn line, which nobody reads. Every batch starts on a line of its own for that reason.
 */
export class Ledger {
  readonly #options: LedgerOptions
  /** Bytes read of each file, by inode. */
  #read = new Map<number, number>()

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Adds lines in one write. Throws what the disk says. */
  append(lines: readonly string[]): void {
    const { folder, maxBytes } = this.#options
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, CURRENT)
    let file = openSync(path, 'a', 0o600)
    try {
      if (fstatSync(file).size >= maxBytes / ASIDE_PART) {
        closeSync(file)
        file = -1
        this.#putAside(path)
        file = openSync(path, 'a', 0o600)
      }
      writeSync(file, `\n${lines.join('\n')}\n`)
    } finally {
      if (file >= 0) closeSync(file)
    }
  }

  /** Two processes may do so at once: each moves what is there under a name of its own, and nothing is written over. */
  #putAside(path: string): void {
    const { system, folder, maxBytes } = this.#options
    try {
      renameSync(path, join(folder, `metrics-${system.random.id(12)}.ndjson`))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
    let room = maxBytes
    for (const { path: old, bytes } of this.#files().toReversed()) {
      room -= bytes
      if (room < maxBytes / ASIDE_PART && old !== path) rmSync(old, { force: true })
    }
  }

  /** Oldest first, by when they were last written to: names would follow a clock that may have been set. */
  #files(): LedgerFile[] {
    const { folder } = this.#options
    let names: string[]
    try {
      names = readdirSync(folder)
    } catch {
      return []
    }
    const ours = names.filter((name) => name === CURRENT || ASIDE.test(name))
    const files = ours.flatMap((name) => {
      const path = join(folder, name)
      const facts = statSync(path, { throwIfNoEntry: false })
      return facts?.isFile() ? [{ path, inode: facts.ino, bytes: facts.size, at: facts.mtimeMs }] : []
    })
    return files.toSorted((a, b) => a.at - b.at)
  }

  /**
   * Whole lines added since the last look. `isNew` when they are all lines there are, because files went meanwhile
   * and what was read of them counts no more.
   */
  readNew(): { lines: string[]; isNew: boolean; bytes: number } {
    const files = this.#files()
    // A file that shrank is another one that was given the number of one that went.
    const isNew = [...this.#read].some(
      ([inode, read]) => !files.some((one) => one.inode === inode && one.bytes >= read),
    )
    if (isNew) this.#read = new Map()
    const lines = files.flatMap((one) => this.#linesOf(one))
    return { lines, isNew, bytes: files.reduce((sum, one) => sum + one.bytes, 0) }
  }

  #linesOf({ path, inode, bytes }: LedgerFile): string[] {
    const from = this.#read.get(inode) ?? 0
    if (bytes <= from) return []
    const text = readFrom(path, from, bytes)
    // The last line may be under way.
    const whole = text.subarray(0, text.lastIndexOf(0x0a) + 1)
    this.#read.set(inode, from + whole.length)
    return whole.toString('utf8').split('\n')
  }

  /** Removes every file; answers how many bytes. */
  clear(): number {
    const files = this.#files()
    for (const { path } of files) rmSync(path, { force: true })
    return files.reduce((sum, one) => sum + one.bytes, 0)
  }
}

/** The bytes of a file from one place to another; fewer when it is gone or shorter by now. */
function readFrom(path: string, from: number, to: number): Buffer {
  const chunks: Buffer[] = []
  let file = -1
  try {
    file = openSync(path, 'r')
    for (let at = from; at < to;) {
      const chunk = Buffer.alloc(Math.min(READ_BYTES, to - at))
      const count = readSync(file, chunk, 0, chunk.length, at)
      if (count === 0) break
      chunks.push(chunk.subarray(0, count))
      at += count
    }
  } catch {
    // Put aside or cleared between the list and the look.
  } finally {
    if (file >= 0) closeSync(file)
  }
  return Buffer.concat(chunks)
}
