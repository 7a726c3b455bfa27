/** A thread for one size class: makes, analyses, optimises, validates and compresses one template, some times over. */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { performance, PerformanceObserver } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { analyzeTemplate } from '../arm/stream/analyze.ts'
import { optimizeTemplate } from '../arm/stream/optimize.ts'
import { packFiles } from '../bundle/pack.ts'
import { nodeSystem } from '../system/node-system.ts'
import { validateFiles } from '../validation/validator.ts'
import type { Measured } from './report.ts'
import { synthesize, type Size } from './sizes.ts'

/** What it is started with. */
export interface MeasureFacts {
  /** A folder of its own. */
  folder: string
  size: Size
  seed: number
  rounds: number
}

const CHUNK_BYTES = 1024 * 1024
/** How often memory is looked at, ms. */
const SAMPLE_MS = 2
const { folder, size, seed, rounds } = workerData as MeasureFacts
// Growth of memory is told above what is held when nothing is left to collect.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const [source, into, zip] = ['template.json', 'small.json', 'p.zip'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const system = nodeSystem()

/** What each stage does; the growth of memory is that of the streaming ones. */
const stages: Record<string, { work: () => Promise<unknown>; isStream: boolean }> = {
  make: { work: async () => synthesize(source, size, seed), isStream: false },
  analyze: { work: () => analyzeTemplate({ source, chunkBytes: CHUNK_BYTES }), isStream: true },
  optimize: { work: () => optimizeTemplate({ source, into, chunkBytes: CHUNK_BYTES, isForced: true }), isStream: true },
  compress: {
    work: () => packFiles({ files: [{ path: 'mainTemplate.json', source }], into: zip, level: 6 }),
    isStream: true,
  },
  validate: {
    work: () =>
      validateFiles([{ path: 'mainTemplate.json', text: readFileSync(source, 'utf8') }], { system, target: source }),
    isStream: false,
  },
}

const times = new Map<string, number[]>()
const observer = new PerformanceObserver((list) => note(list.getEntries()))
observer.observe({ entryTypes: ['measure'] })

interface Sample {
  growthMb: number
  rssMb: number
  heapMb: number
  externalMb: number
}
const samples: Sample[] = []
const inMb = (bytes: number): number => bytes / 1e6
const held = (): number => {
  const { heapUsedBytes, externalBytes } = system.measure.usage()
  return heapUsedBytes + externalBytes
}

/** One round of all stages; with `look`, memory is sampled, which takes time of its own. */
async function oneRound(look: boolean): Promise<void> {
  for (const [name, { work, isStream }] of Object.entries(stages)) {
    if (look) collectGarbage()
    const idle = look ? held() : 0
    const stop = look && isStream ? system.clock.every(SAMPLE_MS, () => take(idle)) : undefined
    const started = performance.now()
    await work()
    if (!look) performance.measure(name, { start: started, end: performance.now() })
    stop?.()
    if (look && isStream) take(idle)
  }
}

function take(idle: number): void {
  const { rssBytes, heapUsedBytes, externalBytes } = system.measure.usage()
  const growthMb = Math.max(0, inMb(heapUsedBytes + externalBytes - idle))
  const [rssMb, heapMb, externalMb] = [inMb(rssBytes), inMb(heapUsedBytes), inMb(externalBytes)]
  samples.push({ growthMb, rssMb, heapMb, externalMb })
}

const note = (entries: readonly { name: string; duration: number }[]): void => {
  for (const { name, duration } of entries) times.set(name, [...(times.get(name) ?? []), duration])
}

// The first rounds load and compile what the others use.
for (let round = 0; round < 3; round++) await oneRound(round > 0)
samples.length = 0
for (let round = 0; round < 3; round++) await oneRound(true)
observer.takeRecords()
times.clear()
const cpu = system.measure.usage()
const began = performance.now()
for (let round = 0; round < rounds; round++) await oneRound(false)
const wallMs = performance.now() - began
const { cpuUserMs, cpuSystemMs } = system.measure.usage()
note(observer.takeRecords())
const measuredMs = [...times.values()].flat().reduce((sum, ms) => sum + ms, 0)
const spread = (of: (sample: Sample) => number): { peak: number; mean: number } => {
  const all = samples.map(of)
  return { peak: Math.max(...all), mean: all.reduce((sum, one) => sum + one, 0) / all.length }
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
observer.disconnect()
const measured: Measured = {
  size,
  bytes: statSync(source).size,
  optimizedBytes: statSync(into).size,
  compressedBytes: statSync(zip).size,
  stageMs: Object.fromEntries([...times].map(([name, all]) => [name, median(all)])),
  measuredMs,
  wallMs,
  memory: {
    growthMb: spread((one) => one.growthMb),
    rssMb: spread((one) => one.rssMb),
    heapMb: spread((one) => one.heapMb),
    externalMb: spread((one) => one.externalMb),
  },
  cpu: { userMs: cpuUserMs - cpu.cpuUserMs, systemMs: cpuSystemMs - cpu.cpuSystemMs },
}
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
parentPort?.postMessage(measured)
