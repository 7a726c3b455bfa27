import { execa } from 'execa'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { BenchReport } from '../../src/bench/report.ts'
import { tempFolder } from '../support/temp.ts'
import { MAIN } from '../support/program.ts'

const souk = (cwd: string, line: string[]) =>
  execa(process.execPath, [MAIN, ...line], { cwd, reject: false, env: { SOUK_HOME: join(cwd, 'home'), NO_COLOR: '1' } })

it('measures a size, writes both reports with the same numbers, and compares two of them', async () => {
  const cwd = tempFolder()
  const ran = await souk(cwd, ['bench', '--size', 'small', '--out', 'reports', '--json'])
  const told = JSON.parse(ran.stdout) as BenchReport & { folder: string }
  // Whether the floors are kept is up to the machine; that it says so is not.
  expect(ran.exitCode).toBe(told.missed.length > 0 ? 1 : 0)
  expect(readdirSync(join(cwd, 'reports'))).toHaveLength(1)
  const report = JSON.parse(readFileSync(join(told.folder, 'benchmark.json'), 'utf8')) as BenchReport
  const [small] = report.sizes
  expect(small).toMatchObject({ size: 'small', resources: 10 })
  expect(Object.keys(small?.stageMs ?? {})).toEqual(['make', 'analyze', 'optimize', 'compress', 'validate'])
  expect(small?.memory.growthMb.peak).toBeGreaterThanOrEqual(small?.memory.growthMb.mean ?? Infinity)
  expect(readFileSync(join(told.folder, 'benchmark.md'), 'utf8')).toContain(`| ${small?.analyzeMbPerSecond} |`)

  expect(await souk(cwd, ['bench', 'compare', told.folder, told.folder])).toMatchObject({ exitCode: 0 })
  const slower = { ...report, sizes: [{ ...small, stageMs: { ...small?.stageMs, validate: 1e6 } }] }
  writeFileSync(join(cwd, 'slower.json'), JSON.stringify(slower))
  const compared = await souk(cwd, ['bench', 'compare', told.folder, 'slower.json'])
  expect([compared.exitCode, compared.stdout]).toEqual([1, expect.stringContaining('small validate:')])
  expect((await souk(cwd, ['bench', 'compare', 'reports', 'slower.json'])).exitCode).toBe(2)
})

it('makes templates from a seed, and analyses many at once', async () => {
  const cwd = tempFolder()
  for (const [file, seed] of [
    ['a.json', '7'],
    ['b.json', '7'],
    ['c.json', '8'],
  ] as const) {
    const made = await souk(cwd, ['bench', 'synth', '--size', 'medium', '--seed', seed, '--out', file, '--json'])
    expect(JSON.parse(made.stdout)).toMatchObject({ resources: 100, size: 'medium' })
  }
  const [a, b, c] = ['a.json', 'b.json', 'c.json'].map((file) => readFileSync(join(cwd, file), 'utf8'))
  expect(a).toBe(b)
  expect(a).not.toBe(c)
  const load = await souk(cwd, ['bench', 'load', '--concurrency', '2,4', '--count', '8', '--json'])
  expect(JSON.parse(load.stdout)).toMatchObject({
    loads: [
      { concurrency: 2, count: 8, wrong: 0 },
      { concurrency: 4, count: 8, wrong: 0 },
    ],
    speeds: [],
  })
  expect((await souk(cwd, ['bench', 'load', '--count', 'many'])).exitCode).toBe(2)
})
