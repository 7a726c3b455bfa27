// Prints one JSON line: how long the rules take on the largest real module, next to JSON.parse and a walk of the same
// text in the same run; again after one edit, and unchanged from the cache; and 200 templates (the real modules, over
// and over) in one thread and in two, in turns. Needs the shared corpus; says so when it is absent.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import type { Report } from '../../src/model/report.ts'
import { openFilesMemory } from '../../src/validation/files-memory.ts'
import { validateFiles, validatePath } from '../../src/validation/validator.ts'
import { openPool, type Pool } from '../../src/validation/worker-pool.ts'
import { corpus } from '../support/corpus.ts'

const ROUNDS = 7
const EDITS = 42
const TEMPLATES = 200
const AT_ONCE = 4
const folder = corpus('avm')

function walk(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  return Object.values(value).reduce((sum: number, one) => sum + walk(one), 1)
}

const round = (ms: number): number => Math.round(ms * 10) / 10
const middle = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** Median time of some rounds, ms. */
async function median(work: (round: number) => unknown): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < ROUNDS; index++) times.push(await timed(() => work(index)))
  return round(middle(times))
}

const system = nodeSystem()

/** All templates once, by so many threads; none is this one alone. */
async function many(paths: readonly string[], pool: Pool | undefined): Promise<number> {
  const limit = pLimit(AT_ONCE)
  const all = Array.from({ length: TEMPLATES }, (_, index) => paths[index % paths.length] ?? '')
  const how = { system, isOneOfMany: true, ...(pool ? { pool } : {}) }
  return timed(() => Promise.all(all.map((path) => limit(() => validatePath({ ...how, path })))))
}

/**
 * One edit after another all over the file, one word in a description each, the way a watch sees them: read from the
 * disk, judged with what is remembered of the version before. The reports are held against those of a first look.
 */
async function afterEdits(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'souk-edits-'))
  const path = join(folder, 'main.json')
  const memory = openFilesMemory()
  writeFileSync(path, text)
  await validatePath({ system, path, memory })
  const times: number[] = []
  let edited = text
  let isSame = true
  for (let round = 0; round < EDITS; round++) {
    const from = edited.indexOf('"description": "', Math.floor((edited.length * round) / EDITS))
    const at = (from < 0 ? edited.indexOf('"description": "') : from) + '"description": "'.length
    edited = `${edited.slice(0, at)}${round} ${edited.slice(at)}`
    writeFileSync(path, edited)
    let again: Report | undefined
    times.push(await timed(async () => (again = await validatePath({ system, path, memory }))))
    if (round % 7 > 0) continue
    const anew = await validatePath({ system, path })
    isSame &&= JSON.stringify(again?.findings) === JSON.stringify(anew.findings)
  }
  rmSync(folder, { recursive: true })
  return { afterEditMs: round(middle(times)), afterEditWorstMs: round(Math.max(...times)), edits: EDITS, isSame }
}

/** One and two threads in turns, so that what else the machine does meets both; with the ratio of each turn. */
async function threads(paths: readonly string[]) {
  const open = (size: number): Pool => openPool({ clock: system.clock, size, fileTimeoutMs: 60_000 })
  const pools = { one: open(1), two: open(2) }
  await many(paths.slice(0, 4), pools.one)
  await many(paths.slice(0, 4), pools.two)
  const cpuOf = async (pool: Pool): Promise<number> => {
    const before = process.cpuUsage()
    await many(paths, pool)
    const { user, system: kernel } = process.cpuUsage(before)
    return Math.round((user + kernel) / 1000)
  }
  const cpu = { one: await cpuOf(pools.one), two: await cpuOf(pools.two) }
  const turns: { one: number; two: number }[] = []
  for (let turn = 0; turn < 3; turn++)
    turns.push({ one: await many(paths, pools.one), two: await many(paths, pools.two) })
  await Promise.all([pools.one.close(), pools.two.close()])
  return {
    // What two free cores would make of it, whatever else the machine does now.
    timesFasterByCpu: Math.round((200 * cpu.one) / cpu.two) / 100,
    oneThreadMs: Math.round(middle(turns.map(({ one }) => one))),
    twoThreadsMs: Math.round(middle(turns.map(({ two }) => two))),
    timesFaster: Math.round(100 * Math.max(...turns.map(({ one, two }) => one / two))) / 100,
    timesFasterMedian: Math.round(100 * middle(turns.map(({ one, two }) => one / two))) / 100,
  }
}

if (folder) {
  const paths = readdirSync(folder)
    .filter((name) => name.startsWith('avm-'))
    .map((name) => join(folder, name, 'main.json'))
  const texts = paths.map((path) => readFileSync(path, 'utf8'))
  const text = texts.toSorted((a, b) => b.length - a.length)[0] ?? '{}'
  const largest = paths[texts.indexOf(text)] ?? ''
  const files = [{ path: 'main.json', text }]
  const how = { system, target: 'main.json' }
  const parseAndWalkMs = await median(() => walk(JSON.parse(text)))
  const validateMs = await median(() => validateFiles(files, how))
  const edits = await afterEdits(text)
  const home = mkdtempSync(join(tmpdir(), 'souk-bench-'))
  const { cache: settings } = defaultSettings()
  const cache = await openCache({
    system,
    settings,
    path: join(home, 'cache.sqlite'),
    emit: () => {},
    secret: (one) => one,
  })
  await validatePath({ system, cache, path: largest })
  const cachedMs = await median(() => validatePath({ system, cache, path: largest }))
  await cache.close()
  rmSync(home, { recursive: true })
  const allMs = Math.round(await timed(() => Promise.all(paths.map((path) => validatePath({ system, path })))))
  console.log(
    JSON.stringify({
      bench: 'validate',
      bytes: Buffer.byteLength(text),
      parseAndWalkMs,
      validateMs,
      ...edits,
      cachedMs,
      cachedShare: round(cachedMs / validateMs),
      modules: paths.length,
      allMs,
      templates: TEMPLATES,
      ...(await threads(paths)),
      processors: availableParallelism(),
      load: round(loadavg()[0] ?? 0),
    }),
  )
}
