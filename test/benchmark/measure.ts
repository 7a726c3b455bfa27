// A process of its own for one size class: makes, analyses, optimises, validates and compresses one template some times
// over and prints one JSON line. Needs --expose-gc: growth of memory is told above what an idle process holds.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { PerformanceObserver } from 'node:perf_hooks'
import { analyzeTemplate } from '../../src/arm/stream/analyze.ts'
import { optimizeTemplate } from '../../src/arm/stream/optimize.ts'
import { packFiles } from '../../src/bundle/pack.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { validateFiles } from '../../src/validation/validator.ts'
import { synthesize, type Size } from './sizes.ts'

const CHUNK_BYTES = 1024 * 1024
const [folder = '', size = 'small', seed = '1', rounds = '7'] = process.argv.slice(2)
const [source, into, zip] = ['template.json', 'small.json', 'p.zip'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
const system = nodeSystem()

/** What each stage does; the growth of memory is that of the streaming ones. */
const stages: Record<string, { work: () => Promise<unknown>; isStream: boolean }> = {
  make: { work: async () => synthesize(source, size as Size, Number(seed)), isStream: false },
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
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** One round of all stages; with `look`, memory is sampled, which takes time of its own. */
async function oneRound(look: boolean): Promise<void> {
  for (const [name, { work, isStream }] of Object.entries(stages)) {
    if (look) globalThis.gc?.()
    const idle = look ? held() : 0
    const watch = look && isStream ? setInterval(() => take(idle), 2) : undefined
    const started = performance.now()
    await work()
    if (!look) performance.measure(name, { start: started, end: performance.now() })
    clearInterval(watch)
    if (look && isStream) take(idle)
  }
}

function take(idle: number): void {
  const { rss, heapUsed, external } = process.memoryUsage()
  const growthMb = Math.max(0, inMb(heapUsed + external - idle))
  samples.push({ growthMb, rssMb: inMb(rss), heapMb: inMb(heapUsed), externalMb: inMb(external) })
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
const cpu = process.cpuUsage()
const began = performance.now()
for (let round = 0; round < Number(rounds); round++) await oneRound(false)
const wallMs = performance.now() - began
const { user, system: kernel } = process.cpuUsage(cpu)
note(observer.takeRecords())
const measuredMs = [...times.values()].flat().reduce((sum, ms) => sum + ms, 0)
const spread = (of: (sample: Sample) => number): { peak: number; mean: number } => {
  const all = samples.map(of)
  return { peak: Math.max(...all), mean: all.reduce((sum, one) => sum + one, 0) / all.length }
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
console.log(
  JSON.stringify({
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
    cpu: { userMs: user / 1000, systemMs: kernel / 1000 },
  }),
)
observer.disconnect()
