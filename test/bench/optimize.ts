// Prints one JSON line: the program optimising a template under a heap of 64 MB, next to JSON.parse and JSON.stringify
// of the same file; each in processes of its own, taking turns. `--large` adds 120 MB and 1 GB.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLargeTemplate } from '../../src/bench/large-template.ts'
import { compare, PARSE_AND_WRITE, runProgram } from '../support/peer-runs.ts'

const folder = mkdtempSync(join(tmpdir(), 'souk-bench-'))
try {
  const [file, ours, theirs] = ['template.json', 'ours.json', 'theirs.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const { bytes } = writeLargeTemplate(file, { bytes: 100_000_000 })
  const line = ['optimize', file, '--out', ours, '--force', '--json']
  const figures: Record<string, unknown> = compare({
    bytes,
    ours: () => runProgram(line, folder),
    peer: [...PARSE_AND_WRITE, file, theirs],
  })
  figures['isSame'] = readFileSync(ours).equals(readFileSync(theirs))
  for (const size of process.argv.includes('--large') ? [120_000_000, 1_000_000_000] : []) {
    const made = writeLargeTemplate(file, { bytes: size, isLenient: true })
    const { ms, peakRssMb, out } = runProgram(line, folder)
    const { bytesAfter } = JSON.parse(out) as { bytesAfter: number }
    figures[`${size / 1e6} MB`] = { ms, peakRssMb, mbPerSecond: Math.round(made.bytes / 1000 / ms), bytesAfter }
  }
  console.log(JSON.stringify({ bench: 'optimize', ...figures }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
