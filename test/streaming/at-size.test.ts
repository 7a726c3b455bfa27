import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { writeLargeTemplate } from '../../src/bench/large-template.ts'
import { verifyBundle } from '../../src/bundle/verify.ts'
import { runProgram } from '../support/peer-runs.ts'
import { tempFolder } from '../support/temp.ts'

/** A process under a heap of 64 MB may be this large in all: the program itself, buffers, threads. */
const MOST_RSS_MB = 130
/** Packing keeps blocks of 1 MiB until the next collection: 103 to 156 MB were seen, at any size of file. */
const MOST_PACKING_MB = 200
const sizes = process.env['SOUK_GIGABYTE'] ? [120, 1_000] : [120]
if (sizes.length === 1) console.warn('SKIPPED: a gigabyte; set SOUK_GIGABYTE=1 for it')

describe.each(sizes)('a template of %i MB under a heap of 64 MB', (megabytes) => {
  test('is analysed, optimised and packaged, in memory that does not grow', async () => {
    const folder = tempFolder()
    mkdirSync(join(folder, 'goods'))
    const file = join(folder, 'goods/mainTemplate.json')
    const made = writeLargeTemplate(file, { bytes: megabytes * 1e6, isLenient: true })
    const analyzed = runProgram(['analyze', file, '--json'], folder)
    const analysis = JSON.parse(analyzed.out) as { types: { type: string; count: number }[] }
    expect(analysis).toMatchObject({ bytes: made.bytes, resources: made.resources, parameters: 25, badResources: 0 })
    expect(analysis.types.reduce((sum, { count }) => sum + count, 0)).toBe(made.resources)

    const small = join(folder, 'small.json')
    const optimized = runProgram(['optimize', file, '--out', small, '--json'], folder)
    expect(statSync(small).size).toBeLessThan(made.bytes * 0.9)
    const again = JSON.parse(runProgram(['analyze', small, '--json'], folder).out) as Record<string, unknown>
    expect(again).toMatchObject({
      types: analysis.types,
      resources: made.resources,
      comments: 0,
      trailingCommas: 0,
      lines: 1,
    })

    const zip = join(folder, 'p.zip')
    const packed = runProgram(['package', join(folder, 'goods'), '--out', zip, '--json'], folder)
    rmSync(file)
    expect(execFileSync('unzip', ['-tq', zip]).toString()).toContain('No errors')
    expect(await verifyBundle(zip)).toMatchObject({ entries: 1, changed: [], missing: [] })
    // A package is made by the process of its job, which keeps its own account.
    const { job } = JSON.parse(packed.out) as { job: { memory?: { peakBytes: number } } }
    for (const { peakRssMb } of [analyzed, optimized, packed]) expect(peakRssMb).toBeLessThan(MOST_RSS_MB)
    expect((job.memory?.peakBytes ?? 0) / 1e6).toBeLessThan(MOST_PACKING_MB)
  })
})
