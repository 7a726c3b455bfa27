import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MAIN } from './program.ts'

/** One run of a process: wall time and the peak of its memory. */
interface Run {
  ms: number
  peakRssMb: number
  out: string
}

const WALK =
  'const walk = (value) => { if (typeof value !== "object" || value === null) return 1; let sum = 0; for (const key in value) sum += walk(value[key]); return sum };'
const READ = 'const fs = require("node:fs"); const value = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));'
/** The arguments of a Node that parses a file and looks at every value. */
export const PARSE_AND_WALK = ['-e', `${READ} ${WALK} console.log(walk(value))`]
/** The arguments of a Node that parses a file and writes it again. */
export const PARSE_AND_WRITE = ['-e', `${READ} fs.writeFileSync(process.argv[2], JSON.stringify(value))`]

/** Tells the peak of memory of a process when it ends. (Handed over with --import it would take 2.5 MB itself.) */
const TELL_PEAK = fileURLToPath(new URL('tell-peak.cjs', import.meta.url))

/** Runs Node and measures the process; throws when it fails. */
function runNode(line: readonly string[], env: Record<string, string> = {}): Run {
  const started = performance.now()
  const { status, stdout, stderr, output } = spawnSync(process.execPath, ['--require', TELL_PEAK, ...line], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const ms = Math.round(performance.now() - started)
  if (status !== 0) throw new Error(`${line.join(' ')} failed: ${stderr}`)
  return { ms, peakRssMb: Math.round(Number(output[3]) / 1024), out: stdout }
}

/** Runs the built program under a heap of 64 MB, its home below a folder. */
export const runProgram = (line: readonly string[], folder: string): Run =>
  runNode(['--max-old-space-size=64', MAIN, ...line], { SOUK_HOME: join(folder, 'home') })

const ROUNDS = 7
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

interface Compared {
  bytes: number
  ours: () => Run
  peer: readonly string[]
}

/** Rounds in turn, so that neighbours on the machine slow both alike. `speed` is the peer's median over ours. */
export function compare({ bytes, ours, peer }: Compared): Record<string, unknown> {
  const runs: Run[] = []
  const peers: Run[] = []
  for (let round = 0; round < ROUNDS; round++) {
    peers.push(runNode(peer))
    runs.push(ours())
  }
  const floorMs = median(Array.from({ length: 3 }, () => runNode(['-e', '0']).ms))
  const [ms, peerMs] = [runs, peers].map((all) => median(all.map((run) => run.ms))) as [number, number]
  return {
    bytes,
    ms,
    peerMs,
    floorMs,
    speed: Number((peerMs / ms).toFixed(2)),
    mbPerSecond: Math.round(bytes / 1000 / ms),
    peakRssMb: Math.max(...runs.map((run) => run.peakRssMb)),
    peerPeakRssMb: Math.max(...peers.map((run) => run.peakRssMb)),
  }
}
