import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openWake } from '../jobs/wake.ts'
import type { WatchedValidation } from '../marketplace.ts'
import { isMarketError } from '../model/errors.ts'
import type { Finding, Report } from '../model/report.ts'
import type { Clock } from '../system/system.ts'

/** File events can be lost, and some disks have none: so often it is looked anyway, ms. */
const POLL_MS = 2000
/** Editors write in several strokes; a file that did not change for so long is whole, ms. */
const SETTLE_MS = 20
/** What a validation reads. */
const READ = /\.(?:jsonc?|ya?ml|md|zip)$/i
const PASSED_OVER = /^(?:node_modules|\.git|bin|obj)$/
const MAX_DEPTH = 12

interface Watching {
  /** Absolute. */
  path: string
  clock: Clock
  signal: AbortSignal
  /** Validates what is there now. */
  validate(): Promise<Report>
}

/** Validates now, and again whenever something changed, until the signal. What cannot be read is told and waited for. */
export async function* watchValidation({ path, clock, signal, validate }: Watching): AsyncIterable<WatchedValidation> {
  const isFolder = await stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
  const wake = openWake(isFolder ? path : dirname(path), clock, POLL_MS, isFolder)
  let known: readonly Finding[] = []
  let seen = ''
  try {
    while (!signal.aborted) {
      const now = await settled(path, isFolder, clock)
      if (now !== seen) {
        seen = now
        const startedAt = clock.monotonic()
        const outcome = await validate().catch((error: unknown) => {
          if (!isMarketError(error)) throw error
          return { error }
        })
        if (signal.aborted) return
        const tookMs = clock.monotonic() - startedAt
        if ('error' in outcome) yield { error: outcome.error }
        else yield { report: outcome, tookMs, ...difference(known, outcome.findings) }
        if (!('error' in outcome)) known = outcome.findings
      }
      await wake.next(signal)
    }
  } finally {
    wake.close()
  }
}

/** What came and what went. A finding that only moved did neither. */
function difference(before: readonly Finding[], after: readonly Finding[]): { came: Finding[]; went: Finding[] } {
  return { came: missingIn(before, after), went: missingIn(after, before) }
}

function missingIn(some: readonly Finding[], all: readonly Finding[]): Finding[] {
  const nameOf = ({ rule, id, file, path, message }: Finding): string => JSON.stringify([rule, id, file, path, message])
  const left = new Map<string, number>()
  for (const one of some) left.set(nameOf(one), (left.get(nameOf(one)) ?? 0) + 1)
  return all.filter((one) => {
    const count = left.get(nameOf(one)) ?? 0
    left.set(nameOf(one), count - 1)
    return count <= 0
  })
}

/** A mark of all that is read, once nothing of it changes any more. */
async function settled(path: string, isFolder: boolean, clock: Clock): Promise<string> {
  const mark = (): Promise<string> => markOf(isFolder ? path : dirname(path), isFolder ? MAX_DEPTH : 0)
  for (let last = await mark(); ;) {
    await clock.sleep(SETTLE_MS)
    const next = await mark()
    if (next === last) return next
    last = next
  }
}

async function markOf(folder: string, depth: number): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const marks = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return depth > 0 && !PASSED_OVER.test(entry.name) ? markOf(path, depth - 1) : ''
      if (!READ.test(entry.name)) return ''
      const facts = await stat(path).catch(() => undefined)
      return facts ? `${path}:${facts.mtimeMs}:${facts.size}:${facts.ino}\n` : ''
    }),
  )
  return marks.join('')
}
