import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileProblem, reasonOf } from '../model/errors.ts'
import type { BenchReport } from './report.ts'

/** Slower by more than this is told. */
const TOLERANCE = 0.1

/** A report by its file or by the folder it is in. Throws `file.problem` when it is none. */
export function readReport(path: string): BenchReport {
  try {
    const file = statSync(path).isDirectory() ? join(path, 'benchmark.json') : path
    const report = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchReport> | null
    if (Array.isArray(report?.sizes)) return report as BenchReport
  } catch (error) {
    throw fileProblem(path, `it is no report of a benchmark (${reasonOf(error)})`, error)
  }
  throw fileProblem(path, 'it is no report of a benchmark')
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
