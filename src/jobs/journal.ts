import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs'
import { redactAll } from '../model/secrets.ts'
import type { Clock } from '../system/system.ts'
import type { JobEvent, JobEventBody } from './job.ts'

/** Lines longer than this, bytes, are counted as torn: no event of ours comes near it. */
const MAX_LINE_BYTES = 1024 * 1024
const CHUNK_BYTES = 256 * 1024
const NEWLINE = 0x0a

/** Writes one job's journal. */
export interface JournalWriter {
  write(body: JobEventBody): JobEvent
  close(): void
}

/** Reads a journal bit by bit: each `next` gives the whole lines that came since the last call. */
export interface JournalReader {
  next(): JobEvent[]
  /** Lines that could not be read so far. */
  readonly torn: number
  /** Whether the file now ends in a line without its newline: a writer died, or is still at it. */
  readonly isOpenEnded: boolean
  readonly lastSeq: number
}

/** One line, checked for the members every event has; undefined when it is no event. */
function parseLine(line: string): JobEvent | undefined {
  try {
    const value = JSON.parse(line) as unknown
    if (typeof value !== 'object' || value === null) return undefined
    const event = value as Partial<JobEvent>
    const isWhole = typeof event.seq === 'number' && typeof event.at === 'string' && typeof event.type === 'string'
    return isWhole ? (event as JobEvent) : undefined
  } catch {
    return undefined
  }
}

/** Bytes of `path` from `offset` on, at most one chunk; empty when there are none or there is no file. */
function readFrom(path: string, offset: number): Buffer {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return Buffer.alloc(0)
  }
  try {
    const size = Math.max(0, Math.min(CHUNK_BYTES, fstatSync(fd).size - offset))
    const bytes = Buffer.alloc(size)
    return size === 0 ? bytes : bytes.subarray(0, readSync(fd, bytes, 0, size, offset))
  } finally {
    closeSync(fd)
  }
}

/** A reader at the start of `path`; a file that is not there yet reads as empty. */
export function openJournalReader(path: string): JournalReader {
  let offset = 0
  let rest = Buffer.alloc(0)
  let torn = 0
  let lastSeq = 0
  const take = (line: Buffer, into: JobEvent[]): void => {
    if (line.length === 0) return
    const event = line.length > MAX_LINE_BYTES ? undefined : parseLine(line.toString('utf8'))
    if (!event) torn += 1
    // Two cancellers may both close a journal: the first line of a number is the one that counts.
    else if (event.seq > lastSeq) {
      lastSeq = event.seq
      into.push(event)
    }
  }
  return {
    next() {
      const events: JobEvent[] = []
      for (let bytes = readFrom(path, offset); bytes.length > 0; bytes = readFrom(path, offset)) {
        offset += bytes.length
        rest = Buffer.concat([rest, bytes])
        let from = 0
        for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, from)) {
          take(rest.subarray(from, end), events)
          from = end + 1
        }
        rest = rest.subarray(from)
      }
      return events
    },
    get torn() {
      return torn
    },
    get isOpenEnded() {
      return rest.length > 0
    },
    get lastSeq() {
      return lastSeq
    },
  }
}

/**
 * Opens a journal for appending. Each event is one write of one line in append mode, so a reader never sees two
 * events mixed and a crash costs at most the last line. Numbers go on from what is there; a torn end is closed first.
 */
export function openJournal(path: string, clock: Pick<Clock, 'now'>): JournalWriter {
  const before = openJournalReader(path)
  before.next()
  let seq = before.lastSeq
  const fd = openSync(path, 'a', 0o600)
  if (before.isOpenEnded) writeSync(fd, '\n')
  return {
    write(body) {
      seq += 1
      const event = { seq, at: new Date(clock.now()).toISOString(), ...body } satisfies JobEvent
      writeSync(fd, `${JSON.stringify(redactAll(event))}\n`)
      return event
    },
    close: () => closeSync(fd),
  }
}
