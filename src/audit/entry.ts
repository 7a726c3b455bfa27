import { createHash } from 'node:crypto'
import { redact } from '../model/secrets.ts'
import { harmless } from '../model/text.ts'

type Outcome = 'ok' | 'failed' | 'refused' | 'cancelled' | 'noted'

/** What happened, as the audit trail keeps it. */
export interface AuditFact {
  /** `install`, `update`, `remove`, `show`, `publish`, `settings.add` ... */
  action: string
  item?: string | undefined
  version?: string | undefined
  registry?: string | undefined
  outcome: Outcome
  /** Which rule of ours refused it. */
  policy?: string | undefined
  reason?: string | undefined
}

/** One line of the trail. `time` is ISO, `cause` the command or the screens it came from. */
export interface AuditEntry extends AuditFact {
  seq: number
  time: string
  user: string
  cause: string
}

/** The hash before the first line. */
export const GENESIS = '0'.repeat(64)

/** Members in the order of a line, each with the most characters it may have. */
const MEMBERS = [
  ['seq', 0],
  ['time', 40],
  ['user', 100],
  ['action', 60],
  ['item', 300],
  ['version', 100],
  ['registry', 100],
  ['outcome', 20],
  ['policy', 60],
  ['reason', 500],
  ['cause', 100],
] as const

/** An entry without secrets, control characters and overlong texts. */
export function cleanEntry(entry: AuditEntry): AuditEntry {
  const cleaned = Object.entries(entry).map(([name, value]: [string, unknown]) => {
    const most = MEMBERS.find(([member]) => member === name)?.[1] ?? 0
    return [name, typeof value === 'string' ? harmless(redact(value), most) : value]
  })
  return Object.fromEntries(cleaned) as AuditEntry
}

/** The one way to write an entry: members in order, absent ones left out. */
function canonical(entry: AuditEntry): string {
  const known = MEMBERS.flatMap(([name]) => (entry[name] === undefined ? [] : [[name, entry[name]]]))
  return JSON.stringify(Object.fromEntries(known))
}

/** The line of an entry and its hash: SHA-256 over the hash before it and the entry itself. */
export function lineOf(entry: AuditEntry, prev: string): { line: string; hash: string } {
  const body = canonical(entry)
  const hash = createHash('sha256').update(prev).update(body).digest('hex')
  return { line: `${body.slice(0, -1)},"prev":"${prev}","hash":"${hash}"}\n`, hash }
}

/** A line read back. `isTrue` says that every byte is what the entry and its hash make of it. */
export interface ReadLine {
  entry: AuditEntry
  prev: string
  hash: string
  isTrue: boolean
}

/** Reads one line without its line break; undefined when it is no entry at all. */
export function readLine(bytes: Uint8Array): ReadLine | undefined {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { prev, hash, ...rest } = value as Record<string, unknown>
  const isWhole = MEMBERS.every(([name]) => rest[name] === undefined || typeof rest[name] === typeOf(name))
  if (!isWhole || !Number.isSafeInteger(rest['seq']) || typeof prev !== 'string' || typeof hash !== 'string')
    return undefined
  const entry = rest as unknown as AuditEntry
  const again = Buffer.from(lineOf(entry, prev).line.slice(0, -1))
  return { entry, prev, hash, isTrue: again.equals(bytes) }
}

const typeOf = (name: string): string => (name === 'seq' ? 'number' : 'string')
