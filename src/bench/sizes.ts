import { writeLargeTemplate } from './large-template.ts'

/** The size classes of the source documents, in resources, and the most their work may add to memory, in MB. */
export const SIZES = {
  small: { resources: 10, maxGrowthMb: 2 },
  medium: { resources: 100, maxGrowthMb: 15 },
  large: { resources: 500, maxGrowthMb: 50 },
  enterprise: { resources: 1000, maxGrowthMb: 150 },
} as const
export type Size = keyof typeof SIZES
export const SIZE_NAMES = Object.keys(SIZES) as Size[]

/** The least that is good enough, of the source documents: MB/s, and how much smaller the result is. */
export const FLOORS = {
  analyze: { mbPerSecond: 10 },
  optimize: { mbPerSecond: 15, savedPercent: 10 },
  compress: { mbPerSecond: 5, ratio: 2 },
} as const

/** Writes a template of exactly so many resources as the class says; equal seeds give equal bytes. */
export const synthesize = (path: string, size: Size, seed: number): { resources: number; bytes: number } =>
  writeLargeTemplate(path, { resources: SIZES[size].resources, seed, isLenient: true })
