// npm run streaming-demo: synthetic templates of growing size, analysed, optimised and packaged by the program under a
// heap of 64 MB; prints memory and throughput, which stays where it is while the size grows.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLargeTemplate } from '../../src/bench/large-template.ts'
import { runProgram } from '../support/peer-runs.ts'

const MEGABYTES = [1, 10, 50, 120]
const folder = mkdtempSync(join(tmpdir(), 'souk-demo-'))
try {
  console.log('size MB | what     |    ms |  MB/s | memory MB | result')
  for (const megabytes of MEGABYTES) {
    const goods = join(folder, `goods-${megabytes}`)
    mkdirSync(goods)
    const file = join(goods, 'mainTemplate.json')
    const { bytes, resources } = writeLargeTemplate(file, { bytes: megabytes * 1e6, isLenient: true })
    const small = join(folder, 'small.json')
    const zip = join(folder, 'app.zip')
    const runs: [string, string[], (facts: Record<string, unknown>) => string][] = [
      ['analyze', ['analyze', file, '--json'], (facts) => `${String(facts['resources'])} of ${resources} resources`],
      [
        'optimize',
        ['optimize', file, '--out', small, '--force', '--json'],
        (facts) => `${String(facts['bytesAfter'])} bytes left`,
      ],
      [
        'package',
        ['package', goods, '--out', zip, '--json'],
        (facts) => `${String((facts['result'] as { bytes?: number }).bytes)} bytes packed`,
      ],
    ]
    for (const [name, line, tell] of runs) {
      const { ms, peakRssMb, out } = runProgram(line, folder)
      const facts = JSON.parse(out) as Record<string, unknown>
      // A package is made by the process of its job, which keeps its own account.
      const { memory } = (facts['job'] ?? {}) as { memory?: { peakBytes: number } }
      const memoryMb = Math.max(peakRssMb, Math.round((memory?.peakBytes ?? 0) / 1e6))
      const cells = [
        String(megabytes).padStart(7),
        name.padEnd(8),
        String(ms).padStart(5),
        (bytes / 1000 / ms).toFixed(1).padStart(5),
        String(memoryMb).padStart(9),
        tell(facts),
      ]
      console.log(cells.join(' | '))
    }
    rmSync(goods, { recursive: true })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
