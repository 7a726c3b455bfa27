import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { countByParse } from '../support/count-by-parse.ts'
import { tempFolder } from '../support/temp.ts'
import { slowDowns } from '../../src/bench/compare.ts'
import { markdownOf, missedBy, ratesOf, type BenchReport, type Measured } from '../../src/bench/report.ts'
import { SIZES, SIZE_NAMES, synthesize } from '../../src/bench/sizes.ts'

const measured = (change: Partial<Measured> = {}): Measured => ({
  size: 'small',
  bytes: 1_000_000,
  optimizedBytes: 700_000,
  compressedBytes: 100_000,
  stageMs: { make: 1, analyze: 10, optimize: 20, compress: 40, validate: 5 },
  measuredMs: 98,
  wallMs: 100,
  memory: {
    growthMb: { peak: 1, mean: 0.5 },
    rssMb: { peak: 100, mean: 90 },
    heapMb: { peak: 10, mean: 9 },
    externalMb: { peak: 3, mean: 2 },
  },
  cpu: { userMs: 80, systemMs: 10 },
  ...change,
})
const withRates = (change: Partial<Measured> = {}) => ({ ...measured(change), ...ratesOf(measured(change)) })
const reportOf = (change: Partial<Measured> = {}): BenchReport => {
  const one = withRates(change)
  return { at: '2026-01-01T00:00:00.000Z', machine: { node: 'v26' }, sizes: [one], missed: missedBy(one) }
}

test('each size class has exactly its resources, and a seed gives the same bytes', () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'more'))
  for (const size of SIZE_NAMES) {
    const [one, two, other] = ['a.json', 'b.json', 'c.json'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ]
    const made = synthesize(one, size, 7)
    synthesize(two, size, 7)
    synthesize(other, size, 8)
    const text = readFileSync(one, 'utf8')
    expect(countByParse(text)).toMatchObject({ resources: SIZES[size].resources })
    expect(made).toMatchObject({ resources: SIZES[size].resources, bytes: Buffer.byteLength(text) })
    expect(readFileSync(two, 'utf8')).toBe(text)
    expect(readFileSync(other, 'utf8')).not.toBe(text)
  }
})

test('a report that keeps every floor says so, in Markdown with the numbers of the JSON', () => {
  const report = reportOf()
  expect(report.missed).toEqual([])
  const text = markdownOf(report)
  expect(text).toContain('All kept.')
  expect(text).toContain('| small | 10 | 1 | 100 | 50 | 30 | 25 | 10 |')
})

test.each([
  ['slow analysis', { stageMs: { make: 1, analyze: 200, optimize: 20, compress: 40 } }, 'analysis, MB/s'],
  ['slow optimisation', { stageMs: { make: 1, analyze: 10, optimize: 200, compress: 40 } }, 'optimisation, MB/s'],
  ['little saved', { optimizedBytes: 950_000 }, 'percent saved'],
  ['slow compression', { stageMs: { make: 1, analyze: 10, optimize: 20, compress: 400 } }, 'compression, MB/s'],
  ['large packages', { compressedBytes: 900_000 }, 'compression, ratio'],
  ['much memory', { memory: { ...measured().memory, growthMb: { peak: 3, mean: 1 } } }, 'memory grew by 3 MB'],
  ['unmeasured time', { measuredMs: 50 }, 'the stages took 50 of 100 ms'],
  ['a stage that is missing', { stageMs: { make: 1 } }, 'analysis, MB/s'],
] as [string, Partial<Measured>, string][])('%s is missed', (_name, change, sentence) => {
  expect(missedBy(withRates(change)).join('\n')).toContain(sentence)
})

test('a stage that takes more than a tenth longer is told', () => {
  const slower = reportOf({ stageMs: { make: 1, analyze: 12, optimize: 21, compress: 40, validate: 5 } })
  expect(slowDowns(reportOf(), slower)).toEqual(['small analyze: 10.00 to 12.00 ms, 20 % slower'])
  expect(slowDowns(slower, reportOf())).toEqual([])
})
