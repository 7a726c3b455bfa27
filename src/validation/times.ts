import { SCANNERS } from '../model/report.ts'
import type { Times } from './inspection.ts'

/** When each step began first and ended last in any part of the work. */
export function merged(parts: readonly Times[]): Times {
  const all: Times = {}
  for (const step of SCANNERS) {
    const own = parts.flatMap((part) => part[step] ?? [])
    if (!own.length) continue
    all[step] = { startMs: Math.min(...own.map((one) => one.startMs)), endMs: Math.max(...own.map((one) => one.endMs)) }
  }
  return all
}

/** The times of a part of the work whose end is so many ms after the start of the whole. */
export function later(times: Times | undefined, endMs: number): Times {
  const last = Math.max(0, ...Object.values(times ?? {}).map((one) => one.endMs))
  const shifted = Object.entries(times ?? {}).map(([step, one]) => {
    return [step, { startMs: one.startMs + endMs - last, endMs: one.endMs + endMs - last }]
  })
  return Object.fromEntries(shifted) as Times
}
