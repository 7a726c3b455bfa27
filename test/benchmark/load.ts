import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { analyzeTemplate } from '../../src/arm/stream/analyze.ts'
import { SIZE_NAMES, synthesize } from './sizes.ts'

/** As many at once as the program works on at a time, however many wait. */
const AT_ONCE = 4

interface LoadRequest {
  /** How many are asked for at once. */
  concurrency: number
  count: number
  seed: number
}

/** Analyses seeded templates of all sizes, many asked for at once, and prints one JSON line with times and memory. */
export async function runLoad({ concurrency, count, seed }: LoadRequest): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-load-'))
  try {
    const made = SIZE_NAMES.map((size) => {
      const source = join(folder, `${size}.json`)
      return { source, ...synthesize(source, size, seed) }
    })
    const limit = pLimit(AT_ONCE)
    const waiting = pLimit(concurrency)
    const waits: number[] = []
    let wrong = 0
    let peakRssMb = 0
    const started = performance.now()
    const one = async (index: number): Promise<void> => {
      const { source, resources } = made[index % made.length] ?? { source: '', resources: 0 }
      const asked = performance.now()
      const analysis = await limit(() => analyzeTemplate({ source, chunkBytes: 1024 * 1024 }))
      if (analysis.resources !== resources) wrong++
      waits.push(performance.now() - asked)
      peakRssMb = Math.max(peakRssMb, process.memoryUsage.rss() / 1e6)
    }
    await Promise.all(Array.from({ length: count }, (_, index) => waiting(one, index)))
    const wallMs = performance.now() - started
    const sorted = waits.toSorted((a, b) => a - b)
    const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
    const perSecond = Math.round((count * 1000) / wallMs)
    console.log(
      JSON.stringify({
        concurrency,
        count,
        wrong,
        perSecond,
        p50Ms: at(0.5),
        p95Ms: at(0.95),
        peakRssMb: Math.round(peakRssMb),
      }),
    )
    if (wrong > 0) process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
