import { existsSync } from 'node:fs'
import { type AuditEntry, GENESIS, readLine, type ReadLine } from './entry.ts'
import { HeadBook, headPath, isDamaged, type Head } from './head.ts'
import { fileOf, linesOf, trailFiles } from './trail-files.ts'

export interface TrailQuery {
  /** From this moment on, ISO. */
  since?: string
  action?: string
  /** `registry/name`, or the name alone. */
  item?: string
  /** The last so many. */
  limit?: number
}

/** The entries that fit, oldest first, and how many lines could not be read. */
export function readTrail(folder: string, query: TrailQuery): { entries: AuditEntry[]; unreadable: number } {
  const since = query.since === undefined ? undefined : new Date(query.since).toISOString()
  const entries: AuditEntry[] = []
  let unreadable = 0
  for (const { path, size } of trailFiles(folder))
    for (const { bytes } of linesOf(path, size)) {
      const entry = readLine(bytes)?.entry
      if (!entry) unreadable++
      else if (fits(entry, query, since)) entries.push(entry)
    }
  const { limit = entries.length } = query
  return { entries: entries.slice(Math.max(0, entries.length - limit)), unreadable }
}

function fits(entry: AuditEntry, { action, item }: TrailQuery, since: string | undefined): boolean {
  if (since !== undefined && entry.time < since) return false
  if (action !== undefined && entry.action !== action && !entry.action.startsWith(`${action}.`)) return false
  return item === undefined || entry.item === item || entry.item?.endsWith(`/${item}`) === true
}

/** What is wrong with a trail. `line` counts in the file, from 1; `seq` is the number the line has or should have. */
export interface TrailFault {
  kind: 'edited' | 'removed' | 'reordered' | 'cut' | 'added' | 'head'
  file: string
  line: number
  seq: number
  text: string
}

export interface TrailVerdict {
  entries: number
  files: number
  /** The first fault; undefined when every line is as it was written. */
  fault?: TrailFault
  /** What is no fault: the last work of a process that was killed. */
  notes: string[]
}

/** Follows the chain from the first line to the head. Reads only; what others add meanwhile is left for the next time. */
export const verifyTrail = (folder: string): TrailVerdict => followTrail(folder, snapshot(folder))

/** The same against a head and files that are known. */
export function followTrail(folder: string, { head, files }: Snapshot): TrailVerdict {
  const walk = new Walk()
  for (const { path, first, size } of files) {
    // What lies behind the head is looked at apart.
    const isLast = head !== undefined && first === head.first
    const isBeyond = head !== undefined && first > head.first
    const known = isBeyond ? 0 : isLast ? Math.min(size, head.size) : size
    let line = 0
    for (const { bytes, isEnded } of linesOf(path, known)) {
      line++
      walk.take({ file: path, line }, isEnded ? readLine(bytes) : undefined, first)
      if (walk.fault) return walk.verdict(files.length)
    }
    if (head !== undefined && size > known) lookBeyond(walk, { path, known, size, line, head })
    if (walk.fault) return walk.verdict(files.length)
  }
  walk.end(head, folder)
  return walk.verdict(files.length)
}

interface Beyond {
  path: string
  known: number
  size: number
  line: number
  head: Head
}

/** Behind the head there may be one line, or a piece of one, that a killed process wrote. */
function lookBeyond(walk: Walk, { path, known, size, line, head }: Beyond): void {
  const behind = [...linesOf(path, size)].slice(line)
  const [first] = behind
  const read = first && readLine(first.bytes)
  const isNext = read?.isTrue === true && read.prev === head.hash && read.entry.seq === head.seq + 1
  if (behind.length === 1 && first && !first.isEnded)
    walk.notes.push(
      `${path}: the last ${size - known} bytes are a torn line of a process that was killed; the next entry puts them aside.`,
    )
  else if (behind.length === 1 && isNext)
    walk.notes.push(`${path}: the last line is of a process that was killed before it could note it in the head.`)
  else
    walk.fault = {
      kind: 'added',
      file: path,
      line: line + 1,
      seq: head.seq + 1,
      text: `${behind.length} lines were added after the last one that the head knows.`,
    }
}

/** The chain so far. */
class Walk {
  #seq = 0
  #hash = GENESIS
  fault: TrailFault | undefined
  readonly notes: string[] = []

  take(place: { file: string; line: number }, read: ReadLine | undefined, first: number): void {
    const seq = this.#seq + 1
    const say = (kind: TrailFault['kind'], text: string): void => void (this.fault = { kind, ...place, seq, text })
    if (place.line === 1 && first > seq) return say('removed', `lines ${seq} to ${first - 1} are gone with their file.`)
    if (!read) return say('edited', 'it cannot be read as an entry.')
    const { entry, prev, hash, isTrue } = read
    if (!isTrue) return say('edited', 'its text is not what its hash was made of.')
    if (entry.seq > seq) {
      const gone = entry.seq === seq + 1 ? `line ${seq} is` : `lines ${seq} to ${entry.seq - 1} are`
      return say('removed', `${gone} missing before it, or stand elsewhere.`)
    }
    if (entry.seq < seq) return say('reordered', `it is entry ${entry.seq} and stands where ${seq} should.`)
    if (prev !== this.#hash)
      return say('edited', 'it does not follow the line before it: one of the two was written anew.')
    this.#seq = seq
    this.#hash = hash
  }

  end(head: Head | undefined, folder: string): void {
    const at = { file: headPath(folder), line: 0, seq: this.#seq }
    if (!head) {
      if (this.#seq > 0)
        this.fault = {
          kind: 'head',
          ...at,
          text: 'the head that says where the trail ends is missing or cannot be read.',
        }
      return
    }
    const end = { file: fileOf(folder, head.first), line: 0, seq: this.#seq + 1 }
    if (head.seq > this.#seq)
      this.fault = {
        kind: 'cut',
        ...end,
        text: `the head knows ${head.seq} entries and the trail ends after ${this.#seq}.`,
      }
    else if (head.seq < this.#seq || head.hash !== this.#hash)
      this.fault = { kind: 'head', ...at, text: 'the head does not belong to the last line.' }
  }

  verdict(files: number): TrailVerdict {
    return { entries: this.#seq, files, ...(this.fault ? { fault: this.fault } : {}), notes: this.notes }
  }
}

/** The head and the sizes of all files at one moment. */
interface Snapshot {
  head: Head | undefined
  files: ReturnType<typeof trailFiles>
}

/** Taken with nobody writing. */
export function snapshot(folder: string): Snapshot {
  if (!existsSync(headPath(folder))) return { head: undefined, files: trailFiles(folder) }
  let book: HeadBook | undefined
  try {
    book = new HeadBook(folder)
    const opened = book
    return opened.alone(() => ({ head: opened.read(), files: trailFiles(folder) }))
  } catch (error) {
    if (!isDamaged(error)) throw error
    // A head that cannot be read is as good as none.
    return { head: undefined, files: trailFiles(folder) }
  } finally {
    book?.close()
  }
}
