import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { analyzeTemplate } from '../arm/stream/analyze.ts'
import type { System } from '../system/system.ts'
import { SIZE_NAMES, synthesize } from './sizes.ts'

/** As many at once as the program works on at a time, however many wait. */
const AT_ONCE = 4
const CHUNK_BYTES = 1024 * 1024

export interface LoadRequest {
  /** How many are asked for at once. */
  concurrency: number
  count: number
  seed: number
  signal: AbortSignal
}

export interface LoadResult {
  concurrency: number
  count: number
  /** Analyses that counted other resources than were made. */
  wrong: number
  perSecond: number
  p50Ms: number
  p95Ms: number
  peakRssMb: number
}

/** Analyses seeded templates of all sizes, many asked for at once. */
export async function runLoad(system: System, { concurrency, count, seed, signal }: LoadRequest): Promise<LoadResult> {
  const { clock, measure } = system
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
    const startedAt = clock.monotonic()
    const one = async (index: number): Promise<void> => {
      signal.throwIfAborted()
      const { source, resources } = made[index % made.length] ?? { source: '', resources: 0 }
      const askedAt = clock.monotonic()
      const analysis = await limit(() => analyzeTemplate({ source, chunkBytes: CHUNK_BYTES, signal }))
      if (analysis.resources !== resources) wrong++
      waits.push(clock.monotonic() - askedAt)
      peakRssMb = Math.max(peakRssMb, measure.usage().rssBytes / 1e6)
    }
    await Promise.all(Array.from({ length: count }, (_, index) => waiting(one, index)))
    const wallMs = clock.monotonic() - startedAt
    const sorted = waits.toSorted((a, b) => a - b)
    const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
    const perSecond = Math.round((count * 1000) / wallMs)
    return { concurrency, count, wrong, perSecond, p50Ms: at(0.5), p95Ms: at(0.95), peakRssMb: Math.round(peakRssMb) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
