// Prints one JSON line: how long the audit trail takes to verify, and whether single turned bits are found in a trail of
// 1,000 entries, the line named. `--flips N` tries more of them, `--entries N` verifies a longer trail.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GENESIS, lineOf } from '../../src/audit/entry.ts'
import { HeadBook } from '../../src/audit/head.ts'
import { followTrail, snapshot, verifyTrail } from '../../src/audit/read-trail.ts'
import { Trail } from '../../src/audit/trail.ts'
import { seededRandom } from '../support/mutate.ts'

const flag = (name: string, usual: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? usual : Number(process.argv[at + 1])
}
const AT = Date.parse('2026-11-21T10:00:00Z')
const factOf = (nth: number) =>
  ({ action: 'install', item: `team/app-${nth}`, version: '1.0.0', outcome: 'ok' }) as const
const fileIn = (folder: string): string => join(folder, '000000000001.ndjson')

/** A long trail at once: the lines that the trail itself would write, and its head. */
function writeLong(folder: string, count: number): void {
  const head = new HeadBook(folder)
  const lines: string[] = []
  let prev = GENESIS
  for (let seq = 1; seq <= count; seq++) {
    const time = new Date(AT + seq * 1000).toISOString()
    const made = lineOf({ ...factOf(seq), seq, time, user: 'ada', cause: 'souk install' }, prev)
    lines.push(made.line)
    prev = made.hash
  }
  const text = lines.join('')
  writeFileSync(fileIn(folder), text)
  head.alone(() => head.write({ seq: count, hash: prev, first: 1, size: Buffer.byteLength(text) }))
  head.close()
}

/** Turns one bit at a time, and counts those that were not found in their very line. */
function turnBits(folder: string, count: number): { missed: number; ms: number } {
  const random = seededRandom(1)
  const file = fileIn(folder)
  const whole = readFileSync(file)
  const starts = [0]
  for (let at = whole.indexOf(10); at >= 0; at = whole.indexOf(10, at + 1)) starts.push(at + 1)
  const taken = snapshot(folder)
  let missed = 0
  const from = performance.now()
  for (let nth = 0; nth < count; nth++) {
    const bit = Math.floor(random() * whole.length * 8)
    const bytes = Buffer.from(whole)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    writeFileSync(file, bytes)
    const line = starts.filter((start) => start <= bit >> 3).length
    if (followTrail(folder, taken).fault?.line !== line) missed++
  }
  writeFileSync(file, whole)
  return { missed, ms: Math.round(performance.now() - from) }
}

const root = mkdtempSync(join(tmpdir(), 'souk-audit-'))
const [short, long] = [join(root, 'short'), join(root, 'long')]
const trail = new Trail({ folder: short, user: 'ada' })
const from = performance.now()
for (let nth = 1; nth <= 1000; nth++) trail.append({ fact: factOf(nth), at: AT + nth * 1000, cause: 'souk install' })
const appendMs = (performance.now() - from) / 1000
trail.close()
const flips = flag('flips', 500)
const turned = turnBits(short, flips)
const entries = flag('entries', 100_000)
writeLong(long, entries)
const started = performance.now()
const { fault } = verifyTrail(long)
const verifyMs = Math.round(performance.now() - started)
rmSync(root, { recursive: true })
console.log(
  JSON.stringify({
    appendMs: Number(appendMs.toFixed(2)),
    flips,
    missed: turned.missed,
    flipsMs: turned.ms,
    entries,
    verifyMs,
    isWhole: fault === undefined,
  }),
)
process.exitCode = turned.missed > 0 || fault ? 1 : 0
