/**
 * One search beside a registry that goes wrong, for every way of going wrong that the tests know: the real engine in
 * a temporary home, real servers on loopback, a folder. Tells of each mode how long the rows of the two good ones
 * took (the first one pays for loading and opening), how long the whole answer did, what this process grew by, and
 * how the bad one was told of. Prints one JSON line at the end; exits 1 when a good row waited, was missing, or a
 * state was wrong.
 * `node test/bench/faults.ts [PART OF A NAME]`
 */
import { faultModes } from '../support/fault-registry.ts'
import { runFault, unprintable } from '../support/fault-run.ts'
import { makeCertificates } from '../support/faults/certificates.ts'

const loose: unknown[] = []
process.on('unhandledRejection', (reason) => void loose.push(reason))

const certificates = makeCertificates()
const needs = new Set(['untrusted', 'other-name', 'expired', 'trusted'])
const wanted = process.argv[2] ?? ''
const round = (value: number): number => Math.round(value * 10) / 10
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >>> 1] ?? 0

const goodRows: number[] = []
const wrong: string[] = []
let largest = 0
let skipped = 0
for (const mode of faultModes.filter((one) => one.name.includes(wanted))) {
  if (!certificates && needs.has(mode.door ?? 'http')) {
    skipped += 1
    continue
  }
  const run = await runFault(mode, certificates)
  const mebibytes = round(run.growth / 2 ** 20)
  const isRight =
    (mode.door === 'closed' || run.badAtGoodRows === 'pending') &&
    run.bad?.state === mode.state &&
    (mode.says?.test(run.bad.reason ?? '') ?? true) &&
    (mode.kept ?? []).every((name) => run.ids.includes(`bad/${name}`)) &&
    unprintable(run.catalogs).length === 0 &&
    run.leaked.length === 0 &&
    run.growth < (mode.maxGrowth ?? Number.POSITIVE_INFINITY)
  if (!isRight) wrong.push(mode.name)
  goodRows.push(run.goodRowsMs)
  largest = Math.max(largest, mebibytes)
  const times = `${round(run.goodRowsMs)} ms to good rows, ${round(run.allMs)} ms in all, +${mebibytes} MiB`
  console.error(`${isRight ? 'ok   ' : 'WRONG'} ${mode.name}: ${times}; ${run.bad?.reason ?? run.bad?.state ?? 'none'}`)
}
const figures = {
  bench: 'faults',
  modes: goodRows.length,
  skipped,
  wrong,
  unhandled: loose.length,
  goodRowsMs: { median: round(median(goodRows)), worst: round(Math.max(...goodRows)) },
  largestGrowthMiB: largest,
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
process.exitCode = wrong.length + loose.length > 0 ? 1 : 0
