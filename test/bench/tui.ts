/**
 * The screens measured from outside, in a real pseudo-terminal of 120x40 over 10,000 cached goods, each beside
 * `node -e 0` started the same way in the same minute; one JSON line. Times in ms, sizes in bytes, memory in MB.
 * Run the build first. `node test/bench/tui.ts [rounds]`
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeBenchHome } from '../support/bench-goods.ts'
import { measurePty, type MeasuredPty, type Response } from '../support/pty-bench.ts'

const rounds = Number(process.argv[2] ?? 9)
const GOODS = 10_000
/** A response is over after this long without a byte. */
const SETTLE_MS = 85
/** The row under the cursor: the list is there and keys move in it. */
const CHOSEN = '\n> '
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'souk-tui-'))
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  SOUK_HOME: home,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  SHELL: '/bin/sh',
}
const open = (args: readonly string[]): MeasuredPty => measurePty(args, { columns: 120, rows: 40, env })

const at = (numbers: readonly number[], share: number): number => {
  const sorted = numbers.filter((one) => !Number.isNaN(one)).toSorted((a, b) => a - b)
  return Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN) * 10) / 10
}
const median = (numbers: readonly number[]): number => at(numbers, 0.5)
const times = (ms: number, floorMs: number): number => Math.round((ms / floorMs) * 100) / 100

/** The first frame with title and counts, the list, a quit: as often as there are rounds, in turn with the floor. */
async function starts(): Promise<Record<string, unknown>> {
  const floor: number[] = []
  const frame: number[] = []
  const list: number[] = []
  const quit: number[] = []
  for (let round = 0; round < rounds; round++) {
    floor.push(await open(['-e', '0']).ended)
    const pty = open([main])
    const rows = pty.sees(CHOSEN)
    frame.push(await pty.sees('/2 registries'))
    list.push(await rows)
    await pty.listen(1000)
    quit.push(await pty.quit('q'))
  }
  const floorMs = median(floor)
  return {
    floorMs,
    frameMs: median(frame),
    frameRatio: times(median(frame), floorMs),
    listMs: median(list),
    listRatio: times(median(list), floorMs),
    quitMs: median(quit),
  }
}

const DOWN = '\u001b[B'
const UP = '\u001b[A'
const PAGE_DOWN = '\u001b[6~'
const PAGE_UP = '\u001b[5~'
const figures = (all: readonly Response[]): Record<string, number> => ({
  p50: at(
    all.map((one) => one.frameMs),
    0.5,
  ),
  p95: at(
    all.map((one) => one.frameMs),
    0.95,
  ),
  firstP50: at(
    all.map((one) => one.firstMs),
    0.5,
  ),
  firstP95: at(
    all.map((one) => one.firstMs),
    0.95,
  ),
  bytes: at(
    all.map((one) => one.bytes),
    0.5,
  ),
  bytesP95: at(
    all.map((one) => one.bytes),
    0.95,
  ),
})

/** Keys one at a time, each after the answer to the one before it. */
async function keys(): Promise<Record<string, unknown>> {
  const pty = open([main])
  await pty.sees(CHOSEN)
  await pty.listen(1500)
  const firstMb = pty.residentMb()
  const idle = await pty.listen(2000)
  const each = async (list: readonly string[]): Promise<Response[]> => {
    const all: Response[] = []
    for (const key of list) all.push(await pty.type(key, SETTLE_MS))
    return all
  }
  const cursor = await each([...Array<string>(40).fill(DOWN), ...Array<string>(20).fill(UP)])
  const page = await each([...Array<string>(15).fill(PAGE_DOWN), ...Array<string>(15).fill(PAGE_UP)])
  await pty.type('/', SETTLE_MS)
  const erase = Array<string>(5).fill('\u007f')
  const filter = await each([...'redis'.split(''), ...erase, ...'vault'.split(''), ...erase])
  await pty.type('\u001b', 300)
  // As fast as they are answered: a held key.
  for (let count = 0; count < 1000; count++) await pty.type(count % 200 < 100 ? DOWN : UP, 4)
  await pty.listen(500)
  const lastMb = pty.residentMb()
  await pty.quit('q')
  return {
    all: figures([...cursor, ...page, ...filter]),
    cursor: figures(cursor),
    page: figures(page),
    filter: figures(filter),
    idleBytes: idle,
    firstMb: Math.round(firstMb),
    lastMb: Math.round(lastMb),
  }
}

writeBenchHome(home, GOODS)
try {
  spawnSync(process.execPath, [main, 'search', 'redis', '--json'], { env })
  const warm = open([main])
  await warm.sees(CHOSEN)
  await warm.listen(1000)
  await warm.quit('q')
  const result = { bench: 'tui', node: process.version, rounds, goods: GOODS, ...(await starts()), keys: await keys() }
  process.stdout.write(`${JSON.stringify(result)}\n`)
} finally {
  rmSync(home, { recursive: true, force: true })
}
