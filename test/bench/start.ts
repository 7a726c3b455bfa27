/**
 * How long the program takes to start, as whole processes run in turn with `node -e 0`, one JSON line: the wall times
 * in ms (medians) and how many times the bare runtime that is. The search is answered from the cache of five folder
 * registries. Run the build first. `node test/bench/start.ts [rounds]`
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.argv[2] ?? 21)
const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'souk-start-'))
const env = { PATH: process.env['PATH'] ?? '', HOME: home, SOUK_HOME: home, LANG: 'C.UTF-8' }

const corpus = inRoot('../shared/corpus')
const folders = ['avm', 'azd', 'backstage/directory', 'cloudworkstation/current', 'arm-ttk']
const hasCorpus = existsSync(corpus)
mkdirSync(join(home, 'config'))
writeFileSync(
  join(home, 'config', 'registries.yaml'),
  `registries:\n${folders
    .map((folder, at) => `  - name: r${at}\n    url: ${hasCorpus ? join(corpus, folder) : inRoot('templates')}\n`)
    .join('')}`,
)

/** Wall time of a whole process, ms. */
function wholeMs(args: readonly string[], code: number): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ms = performance.now() - started
  if (status !== code) throw new Error(`${args.join(' ')} ended with ${status}: ${String(stderr)}`)
  return ms
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
const round = (number: number): number => Math.round(number * 100) / 100

const main = inRoot('dist/main.js')
const runs: { name: string; args: string[]; code: number; times: number[] }[] = [
  { name: 'node', args: ['-e', '0'], code: 0, times: [] },
  { name: 'version', args: [main, '--version'], code: 0, times: [] },
  { name: 'help', args: [main, '--help'], code: 0, times: [] },
  { name: 'refusal', args: [main], code: 2, times: [] },
  { name: 'search', args: [main, 'search', 'virtual', '--json'], code: 0, times: [] },
]
// Twice, so that the cache and the compiled code are there; neither counts.
for (let warm = 0; warm < 2; warm++) for (const run of runs) wholeMs(run.args, run.code)
for (let at = 0; at < rounds; at++) for (const run of runs) run.times.push(wholeMs(run.args, run.code))
rmSync(home, { recursive: true, force: true })

const floor = median(runs[0]?.times ?? [])
const figures = runs.map(({ name, times }) => [name, { ms: round(median(times)), ratio: round(median(times) / floor) }])
process.stdout.write(
  `${JSON.stringify({ bench: 'start', node: process.version, rounds, hasCorpus, ...Object.fromEntries(figures) })}\n`,
)
