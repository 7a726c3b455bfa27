// The process of a plugin: how long until it answers, how fast it answers then, what it takes, and how soon a stuck one
// is gone. `--rounds N` times, twenty when left out. The floor is `node -e 0` in the same minutes.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GuestProcess } from '../../src/plugins/guest-process.ts'
import { readPlugin } from '../../src/plugins/read-plugin.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { codeOf, writePlugin } from '../plugins/written-plugin.ts'

const at = process.argv.indexOf('--rounds')
const rounds = at < 0 ? 20 : Number(process.argv[at + 1])
const CALLS = 500
const STUCK_LIMIT_MS = 300

const system = nodeSystem()
const folder = mkdtempSync(join(tmpdir(), 'souk-bench-'))
const rows = `Array.from({ length: 20 }, (_, at) => ({ name: 'lamp-' + at, version: '1.0.0', description: 'x'.repeat(100) }))`
const search = `({ text }) => text === 'stuck' ? (() => { for (;;); })() : ${rows}`
writePlugin(folder, 'acme', { code: codeOf('acme', `{ search: ${search}, getTemplate: () => null }`) })

const median = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
const times: Record<'floor' | 'first' | 'warm' | 'stuck' | 'memory', number[]> = {
  floor: [],
  first: [],
  warm: [],
  stuck: [],
  memory: [],
}
const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
  const from = performance.now()
  await work()
  into.push(performance.now() - from)
}

const plugin = await readPlugin(join(folder, 'acme'))
if (!plugin.manifest) throw new Error(plugin.problems.join('; '))
const fit = { ...plugin, manifest: plugin.manifest }
for (let round = 0; round < rounds; round++) {
  await timed(times.floor, async () => execFileSync(process.execPath, ['-e', '0']))
  let pid = 0
  const companion: typeof system.run.companion = (...asked) => {
    const made = system.run.companion(...asked)
    pid = made.pid ?? 0
    return made
  }
  const guest = new GuestProcess({
    system: { ...system, run: { ...system.run, companion } },
    plugin: fit,
    registry: 'bench',
    limits: { startMs: 20_000, memoryBytes: 2 ** 28 },
    fetch: () => Promise.reject(new Error('nothing to ask')),
  })
  const ask = (method: 'connect' | 'search', args: unknown[], limitMs = 60_000): Promise<unknown> =>
    guest.call({ protocol: 'acme', method, args, limitMs })
  await timed(times.first, async () => {
    await ask('connect', [{}])
    await ask('search', [{ text: '' }])
  })
  await timed(times.warm, async () => {
    for (let call = 0; call < CALLS; call++) await ask('search', [{ text: '' }])
  })
  times.memory.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)
  await timed(times.stuck, () => ask('search', [{ text: 'stuck' }], STUCK_LIMIT_MS).catch(() => {}))
  await guest.close()
}
rmSync(folder, { recursive: true, force: true })
const floorMs = median(times.floor)
const firstMs = median(times.first)
console.log(
  JSON.stringify({
    rounds,
    floorMs: Math.round(floorMs),
    firstAnswerMs: Math.round(firstMs),
    firstAnswerToFloor: Math.round((firstMs / floorMs) * 100) / 100,
    warmCallMs: Math.round((median(times.warm) / CALLS) * 1000) / 1000,
    residentMiB: Math.round(median(times.memory)),
    stuckLimitMs: STUCK_LIMIT_MS,
    stuckGoneMs: Math.round(median(times.stuck)),
  }),
)
