import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchReport } from './report.ts'

/** Slower by more than this is told. */
const TOLERANCE = 0.1

/** A report by its file or by the folder it is in. */
function load(path: string): BenchReport {
  const file = statSync(path).isDirectory() ? join(path, 'benchmark.json') : path
  return JSON.parse(readFileSync(file, 'utf8')) as BenchReport
}

/** Every stage that takes more than a tenth longer in the second report, a line each. */
export function slowDowns(before: BenchReport, after: BenchReport): string[] {
  return after.sizes.flatMap((now) => {
    const then = before.sizes.find(({ size }) => size === now.size)
    return Object.entries(now.stageMs).flatMap(([stage, ms]) => {
      const was = then?.stageMs[stage]
      if (was === undefined || ms <= was * (1 + TOLERANCE)) return []
      return [
        `${now.size} ${stage}: ${was.toFixed(2)} to ${ms.toFixed(2)} ms, ${Math.round((ms / was - 1) * 100)} % slower`,
      ]
    })
  })
}

/** Prints what became slower; false when something did. */
export function compareReports(before: string, after: string): boolean {
  const slower = slowDowns(load(before), load(after))
  for (const line of slower) console.log(line)
  if (slower.length === 0) console.log('Nothing is slower by more than a tenth.')
  return slower.length === 0
}
