import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { analyzeMany } from '../arm/stream/analyze-many.ts'
import { analyzeTemplate } from '../arm/stream/analyze.ts'
import type { System } from '../system/system.ts'
import { SIZE_NAMES, synthesize } from './sizes.ts'

/** As many at once as the program works on at a time, however many wait. */
const AT_ONCE = 4
const CHUNK_BYTES = 1024 * 1024

export interface LoadRequest {
  /** How many are asked for at once; several numbers are several runs, one after another. */
  concurrency: readonly number[]
  count: number
  /** Threads for large ones: several numbers are compared, none are left out. */
  workers: readonly number[]
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

/** How fast so many threads analyse the same files. */
export interface Speed {
  workers: number
  ms: number
  /** Against the first number of threads. */
  timesFaster: number
}

/** Large templates for the comparison of threads, and how often each number of them is tried; the best try counts. */
const FILES = 8
const TRIES = 3

/** Analyses seeded templates of all sizes, many asked for at once, and large ones in threads. */
export async function runLoad(
  system: System,
  { concurrency, count, workers, seed, signal }: LoadRequest,
): Promise<{ loads: LoadResult[]; speeds: Speed[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'souk-load-'))
  try {
    const made = SIZE_NAMES.map((size) => {
      const source = join(folder, `${size}.json`)
      return { source, ...synthesize(source, size, seed) }
    })
    const loads: LoadResult[] = []
    for (const one of concurrency) loads.push(await load(system, made, { concurrency: one, count, signal }))
    const speeds: Speed[] = []
    for (const one of workers)
      speeds.push(await speed(system, folder, { workers: one, seed, signal, first: speeds[0] }))
    return { loads, speeds }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Made {
  source: string
  resources: number
}

async function load(
  { clock, measure }: System,
  made: readonly Made[],
  { concurrency, count, signal }: { concurrency: number; count: number; signal: AbortSignal },
): Promise<LoadResult> {
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
}

async function speed(
  { clock }: System,
  folder: string,
  { workers, seed, signal, first }: { workers: number; seed: number; signal: AbortSignal; first: Speed | undefined },
): Promise<Speed> {
  const sources = Array.from({ length: FILES }, (_, index) => join(folder, `large-${index}.json`))
  if (!first) for (const [index, source] of sources.entries()) synthesize(source, 'enterprise', seed + index)
  let ms = Number.POSITIVE_INFINITY
  for (let round = 0; round < TRIES; round++) {
    const startedAt = clock.monotonic()
    await analyzeMany({ sources, chunkBytes: CHUNK_BYTES, workers, signal, onProgress() {}, onBad() {} })
    ms = Math.min(ms, clock.monotonic() - startedAt)
  }
  return { workers, ms: Math.round(ms), timesFaster: Math.round((100 * (first?.ms ?? ms)) / ms) / 100 }
}
