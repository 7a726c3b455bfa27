// Prints one JSON line: the program analysing a template under a heap of 64 MB, next to JSON.parse and a walk of the
// same file; each in processes of its own, taking turns. `--large` adds 120 MB and 1 GB, which the peer cannot read.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLargeTemplate } from '../../src/bench/large-template.ts'
import { compare, PARSE_AND_WALK, runProgram } from '../support/peer-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'souk-bench-'))
try {
  const file = join(folder, 'template.json')
  const sizes = process.argv.includes('--large') ? [120_000_000, 1_000_000_000] : []
  const { bytes } = writeLargeTemplate(file, { bytes: 100_000_000 })
  const line = ['analyze', file, '--json']
  const figures: Record<string, unknown> = compare({
    bytes,
    ours: () => runProgram(line, folder),
    peer: [...PARSE_AND_WALK, file],
  })
  for (const size of sizes) {
    const made = writeLargeTemplate(file, { bytes: size })
    const { ms, peakRssMb, out } = runProgram(line, folder)
    const isRight = (JSON.parse(out) as { resources: number }).resources === made.resources
    figures[`${size / 1e6} MB`] = { ms, peakRssMb, mbPerSecond: Math.round(made.bytes / 1000 / ms), isRight }
  }
  console.log(JSON.stringify({ bench: 'analyze', ...figures }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
