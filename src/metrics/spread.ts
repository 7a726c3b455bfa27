import type { Spread } from '../model/figures.ts'

/** The smallest sample that so many percent of all are not above (nearest rank). */
function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0
}

/** Mean and percentiles in ms, to a tenth; undefined without samples. */
export function spreadOf(samples: readonly number[]): Spread | undefined {
  if (samples.length === 0) return undefined
  const sorted = samples.toSorted((a, b) => a - b)
  const tenth = (ms: number): number => Math.round(ms * 10) / 10
  return {
    samples: sorted.length,
    mean: tenth(sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length),
    p50: tenth(percentile(sorted, 50)),
    p95: tenth(percentile(sorted, 95)),
    p99: tenth(percentile(sorted, 99)),
  }
}
