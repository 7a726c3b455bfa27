import { closeSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEntry, lineOf, readLine, type AuditEntry, type AuditFact } from './entry.ts'
import { headFromLines, openHead, type Head, type HeadBook } from './head.ts'
import { fileOf, sizeOf, trailFiles } from './trail-files.ts'

/** A new file is begun when the one in use is this large. */
const MAX_FILE_BYTES = 4 * 1024 * 1024
/** Most bytes beyond the head that are read at once; more than a line never comes from a killed process. */
const MAX_EXTRA_BYTES = 1024 * 1024

export interface TrailOptions {
  folder: string
  user: string
  maxFileBytes?: number
}

/** What is to be written: a fact, its moment in ms since 1970, and what caused it. */
export interface Record {
  fact: AuditFact
  at: number
  cause: string
}

/**
 * The trail of this machine: lines that are only ever added, each flushed to the disk and holding the hash of the one
 * before. Several processes may add at once. Calls are synchronous, so a line stands before the run goes on.
 */
export class Trail {
  readonly #options: TrailOptions
  #book: HeadBook | undefined
  #notes: string[] = []

  constructor(options: TrailOptions) {
    this.#options = options
  }

  /**
   * Adds one line. Throws when the disk refuses; nothing is half written then that the next line would not put aside.
   * Never more than one line is written before the head knows it, so that a kill leaves at most that one behind.
   */
  append(record: Record): void {
    this.#book ??= openHead(this.#options.folder, this.#notes)
    while (!this.#step(this.#book, record));
  }

  /** One turn alone: takes in what was left behind, writes a note of what was found, or writes the line itself. */
  #step(book: HeadBook, record: Record): boolean {
    return book.alone(() => {
      const kept = book.read()
      const head = this.#settled(kept, record.at)
      if (head.seq !== (kept?.seq ?? 0)) {
        book.write(head)
        return false
      }
      const reason = this.#notes.shift()
      const note = { ...record, fact: { action: 'audit.repair', outcome: 'noted', reason } } as const
      book.write(this.#write(head, reason === undefined ? record : note))
      return reason === undefined
    })
  }

  close(): void {
    this.#book?.close()
    this.#book = undefined
  }

  /** Where the next line goes: the file in use, or a new one. */
  #place(head: Head): Head {
    const isFull = head.size >= (this.#options.maxFileBytes ?? MAX_FILE_BYTES)
    return isFull ? { ...head, first: head.seq + 1, size: 0 } : head
  }

  /** The head with what killed processes left behind it taken in or put aside. */
  #settled(kept: Head | undefined, at: number): Head {
    const { folder } = this.#options
    const head = kept ?? headFromLines(folder)
    if (!kept && trailFiles(folder).length > 0)
      this.#notes.push('The head was missing and was made anew from the lines.')
    const place = this.#place(head)
    const path = fileOf(folder, place.first)
    const size = sizeOf(path)
    if (size < place.size)
      this.#notes.push(`The file ${path} was ${place.size - size} bytes shorter than the head says.`)
    if (size <= place.size) return place
    const extra = bytesAfter(path, place.size)
    const left = extra.indexOf(10) === extra.length - 1 ? readLine(extra.subarray(0, -1)) : undefined
    if (left?.isTrue && left.prev === head.hash && left.entry.seq === head.seq + 1)
      return { seq: left.entry.seq, hash: left.hash, first: place.first, size }
    this.#putAside(path, place.size, extra, at)
    return place
  }

  #putAside(path: string, from: number, extra: Uint8Array, at: number): void {
    const aside = join(this.#options.folder, `torn-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}.txt`)
    writeFileSync(aside, extra, { mode: 0o600, flag: 'a' })
    const file = openSync(path, 'r+')
    try {
      ftruncateSync(file, from)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    this.#notes.push(`${extra.length} bytes after the last whole line were kept aside as ${aside}.`)
  }

  #write(head: Head, { fact, at, cause }: Record): Head {
    const { folder, user } = this.#options
    const place = this.#place(head)
    const seq = head.seq + 1
    const entry: AuditEntry = cleanEntry({ ...fact, seq, time: new Date(at).toISOString(), user, cause })
    const { line, hash } = lineOf(entry, head.hash)
    const path = fileOf(folder, place.first)
    const isNew = place.size === 0
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const file = openSync(path, 'a+', 0o600)
    try {
      // After a cut in the middle of a line the next one still begins a line of its own.
      const size = sizeOf(path)
      const text = size > 0 && bytesAfter(path, size - 1)[0] !== 10 ? `\n${line}` : line
      let bytes: Uint8Array = Buffer.from(text)
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(file, bytes))
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (isNew) flushFolder(folder)
    return { seq, hash, first: place.first, size: sizeOf(path) }
  }
}

function bytesAfter(path: string, from: number): Uint8Array {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(MAX_EXTRA_BYTES, Math.max(0, sizeOf(path) - from)))
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, from))
  } finally {
    closeSync(file)
  }
}

/** A new name is on the disk once its folder is; where folders cannot be flushed, the system does it by itself. */
function flushFolder(folder: string): void {
  try {
    const handle = openSync(folder, 'r')
    try {
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch {
    // Windows.
  }
}
