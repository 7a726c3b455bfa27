import { availableParallelism } from 'node:os'
import { FLOORS, SIZES, type Size } from './sizes.ts'

interface Spread {
  peak: number
  mean: number
}

/** What the thread of one size class measured. */
export interface Measured {
  size: Size
  bytes: number
  optimizedBytes: number
  compressedBytes: number
  /** Median of a stage, ms. */
  stageMs: Record<string, number>
  measuredMs: number
  wallMs: number
  memory: Record<'growthMb' | 'rssMb' | 'heapMb' | 'externalMb', Spread>
  cpu: { userMs: number; systemMs: number }
}

/** One report: facts of the machine, and a row for each size with its rates. */
export interface BenchReport {
  at: string
  machine: Record<string, unknown>
  sizes: (Measured & Rates)[]
  missed: string[]
}

interface Rates {
  resources: number
  analyzeMbPerSecond: number
  optimizeMbPerSecond: number
  compressMbPerSecond: number
  savedPercent: number
  compressRatio: number
  msPerResource: number
  kbPerResource: number
  shareOfCores: number
}

const rounded = (value: number): number => Math.round(value * 100) / 100

/** Rates of a size class, from its times. */
export function ratesOf(one: Measured): Rates {
  const { resources } = SIZES[one.size]
  const rate = (stage: string): number => rounded(one.bytes / 1000 / (one.stageMs[stage] ?? Number.NaN))
  const allMs = Object.values(one.stageMs).reduce((sum, ms) => sum + ms, 0)
  return {
    resources,
    analyzeMbPerSecond: rate('analyze'),
    optimizeMbPerSecond: rate('optimize'),
    compressMbPerSecond: rate('compress'),
    savedPercent: rounded(((one.bytes - one.optimizedBytes) * 100) / one.bytes),
    compressRatio: rounded(one.bytes / one.compressedBytes),
    msPerResource: rounded(allMs / resources),
    kbPerResource: rounded((one.memory.growthMb.peak * 1000) / resources),
    shareOfCores: rounded((one.cpu.userMs + one.cpu.systemMs) / one.wallMs / availableParallelism()),
  }
}

/** Floors and budgets that were not kept, a sentence each. */
export function missedBy(one: Measured & Rates): string[] {
  const rows: [string, number, number][] = [
    ['analysis, MB/s', one.analyzeMbPerSecond, FLOORS.analyze.mbPerSecond],
    ['optimisation, MB/s', one.optimizeMbPerSecond, FLOORS.optimize.mbPerSecond],
    ['optimisation, percent saved', one.savedPercent, FLOORS.optimize.savedPercent],
    ['compression, MB/s', one.compressMbPerSecond, FLOORS.compress.mbPerSecond],
    ['compression, ratio', one.compressRatio, FLOORS.compress.ratio],
  ]
  const missed = rows
    .filter(([, value, floor]) => !(value >= floor))
    .map(([name, value, floor]) => `${one.size}: ${name}: ${value}, at least ${floor} is wanted`)
  const { maxGrowthMb } = SIZES[one.size]
  const { peak } = one.memory.growthMb
  if (!(peak <= maxGrowthMb))
    missed.push(`${one.size}: memory grew by ${rounded(peak)} MB, at most ${maxGrowthMb} is wanted`)
  if (Math.abs(one.measuredMs - one.wallMs) > one.wallMs / 10)
    missed.push(`${one.size}: the stages took ${rounded(one.measuredMs)} of ${rounded(one.wallMs)} ms`)
  return missed
}

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** The same numbers for people. */
export function markdownOf({ at, machine, sizes, missed }: BenchReport): string {
  const facts = Object.entries(machine).map(([name, value]) => `${name} ${String(value)}`)
  const spread = ({ peak, mean }: Spread): string => `${rounded(peak)} / ${rounded(mean)}`
  const throughput = sizes.map((one) => [
    one.size,
    one.resources,
    rounded(one.bytes / 1e6),
    one.analyzeMbPerSecond,
    one.optimizeMbPerSecond,
    one.savedPercent,
    one.compressMbPerSecond,
    one.compressRatio,
  ])
  const memory = sizes.map(({ size, memory }) => [
    size,
    spread(memory.growthMb),
    SIZES[size].maxGrowthMb,
    spread(memory.rssMb),
    spread(memory.heapMb),
    spread(memory.externalMb),
  ])
  const stages = sizes.map((one) => [
    one.size,
    ...['make', 'analyze', 'optimize', 'compress', 'validate'].map((stage) =>
      rounded(one.stageMs[stage] ?? Number.NaN),
    ),
    rounded(one.measuredMs),
    rounded(one.wallMs),
  ])
  const scale = sizes.map((one) => [
    one.size,
    one.msPerResource,
    one.kbPerResource,
    rounded(one.cpu.userMs),
    rounded(one.cpu.systemMs),
    one.shareOfCores,
  ])
  return [
    `# Benchmark of ${at}\n\n${facts.join(', ')}`,
    `## Throughput, MB/s\n\n${table(['size', 'resources', 'MB', 'analysis', 'optimisation', '% saved', 'compression', 'ratio'], throughput)}`,
    `## Memory, MB, peak / mean\n\n${table(['size', 'growth', 'most', 'RSS', 'heap', 'external'], memory)}`,
    `## Stages, ms\n\n${table(['size', 'make', 'analyze', 'optimize', 'compress', 'validate', 'all measured', 'wall'], stages)}`,
    `## Per resource, and processor\n\n${table(['size', 'ms', 'KB', 'user ms', 'system ms', 'share of cores'], scale)}`,
    `## Floors and budgets\n\n${missed.length === 0 ? 'All kept.' : missed.map((one) => `- ${one}`).join('\n')}\n`,
  ].join('\n\n')
}
