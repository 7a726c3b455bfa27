import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openMetrics, type Metrics } from '../../src/metrics/open-metrics.ts'
import { openEventHub, type EventHub } from '../../src/system/event-hub.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem, type TestClock } from '../support/test-system.ts'

const CHILD = fileURLToPath(new URL('writer-child.ts', import.meta.url))
const MIB = 1024 * 1024

interface Opened {
  metrics: Metrics
  hub: EventHub
  clock: TestClock
  call(registry?: string): void
}

function open(folder: string, part: { enabled?: boolean; maxBytes?: number } = {}): Opened {
  const clock = testClock()
  const hub = openEventHub(() => {})
  const settings = { enabled: true, maxBytes: MIB, ...part }
  const metrics = openMetrics({ system: testSystem({ clock }), folder, settings, on: hub.on })
  const call = (registry = 'team'): void =>
    hub.emit('registry.settled', { registry, call: 'search', state: 'fresh', items: 1, ms: 7 })
  return { metrics, hub, clock, call }
}

const callsOf = (metrics: Metrics, registry: string): number =>
  metrics.figures().registries.find((one) => one.registry === registry)?.calls ?? 0

/** Runs the writer until it has said so many batches, kills it in the middle of its work, and answers how many it said. */
async function killedWriter(folder: string, registry: string, batches: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, folder, registry, String(64 * MIB)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((done) => child.once('close', done))
  let said = 0
  for await (const chunk of child.stdout) {
    said += (chunk as Buffer).length
    if (said >= batches) child.kill('SIGKILL')
  }
  await ended
  return said
}

it('keeps every batch that was written, by several processes at once and through kill -9', async () => {
  const folder = join(tempFolder(), 'metrics')
  const said = await Promise.all(['one', 'two', 'three'].map((name) => killedWriter(folder, name, 60)))
  const { metrics, call } = open(folder, { maxBytes: 64 * MIB })
  for (const [at, name] of ['one', 'two', 'three'].entries()) {
    const calls = callsOf(metrics, name)
    // What was said to be written is there; the batch under way when it was killed may be too.
    expect(calls).toBeGreaterThanOrEqual((said[at] ?? 0) * 64)
    expect(calls).toBeLessThanOrEqual(((said[at] ?? 0) + 1) * 64)
  }
  call('one')
  const before = callsOf(metrics, 'one')
  call('one')
  expect(callsOf(metrics, 'one')).toBe(before + 1)
})

it('goes on after a torn line, and takes nothing from lines that are not its own', () => {
  const folder = tempFolder()
  const file = join(folder, 'metrics.ndjson')
  const hostile = ['{"at":1,"is":"call","regi', '\u0000\u0001', '[]', 'null', '{"at":1,"is":"__proto__"}']
  hostile.push('{"at":1,"is":"constructor"}', '{"at":1,"is":"call","registry":"x","ms":"1","isWell":true}')
  hostile.push('{"at":"1","is":"search","text":"x"}', '{"at":1,"is":"search","text":"', '{"at":1,"is":"validation"}')
  writeFileSync(file, `${hostile.join('\n')}\n{"at":1,"is":"call","registry":"team","ms":1,"isW`)
  const { metrics, call } = open(folder)
  call()
  expect(metrics.figures()).toMatchObject({ registries: [{ registry: 'team', calls: 1 }], templates: { searches: 0 } })
  appendFileSync(file, '{"at":1,"is":"installed","id":"__proto__"}\n')
  expect(metrics.figures().templates.installs).toEqual([{ id: '__proto__', count: 1 }])
})

it('writes many facts together, the last of them when it closes, for the eyes of its user alone', async () => {
  const folder = join(tempFolder(), 'metrics')
  const { metrics, call, clock } = open(folder)
  call()
  await clock.advance(1000)
  expect(existsSync(folder)).toBe(false)
  await clock.advance(1000)
  expect(readdirSync(folder)).toEqual(['metrics.ndjson'])
  const file = join(folder, 'metrics.ndjson')
  expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700])
  const size = statSync(file).size
  for (let more = 0; more < 3; more++) call()
  expect(statSync(file).size).toBe(size)
  metrics.close()
  expect(readFileSync(file, 'utf8').match(/"call"/g)).toHaveLength(4)
})

it('stays within its size: the oldest lines go, and no other process loses any', () => {
  const folder = tempFolder()
  const [one, other] = [open(folder, { maxBytes: 64 * 1024 }), open(folder, { maxBytes: 64 * 1024 })]
  for (let at = 0; at < 2000; at++) {
    one.call('team')
    if (at % 2) other.call('guild')
  }
  one.metrics.close()
  other.metrics.close()
  const bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  expect(readdirSync(folder).length).toBeGreaterThan(2)
  expect(bytes).toBeLessThanOrEqual(66 * 1024)
  const later = open(folder, { maxBytes: 64 * 1024 })
  const kept = [callsOf(later.metrics, 'team'), callsOf(later.metrics, 'guild')]
  expect(kept[0]).toBeGreaterThan(300)
  expect(kept[0]).toBeLessThan(2000)
  // A third of all lines were the other's, and about so it is of those that are left.
  const part = (kept[1] ?? 0) / (kept[0] ?? 1)
  expect(part).toBeGreaterThan(0.3)
  expect(part).toBeLessThan(0.7)
})

it('takes a long log in a little at a time, and other work has its turn meanwhile', async () => {
  const folder = tempFolder()
  const writer = open(folder)
  for (let at = 0; at < 2000; at++) writer.call()
  writer.metrics.close()
  let ms = 0
  let turns = 0
  const clock = { ...testClock(), monotonic: () => (ms += 1), turn: async () => void turns++ }
  const settings = { enabled: true, maxBytes: MIB }
  const metrics = openMetrics({ system: testSystem({ clock }), folder, settings, on: openEventHub(() => {}).on })
  await Promise.all([metrics.gather(), metrics.gather()])
  expect(turns).toBeGreaterThan(4)
  // What was taken in by parts is counted once.
  expect(callsOf(metrics, 'team')).toBe(2000)
  const next = open(folder)
  next.call()
  next.metrics.close()
  await metrics.gather()
  expect(callsOf(metrics, 'team')).toBe(2000 + 1)
})

it('forgets everything when it is told to, in every process that has it open', () => {
  const folder = tempFolder()
  const [one, other] = [open(folder), open(folder)]
  for (let at = 0; at < 100; at++) one.call()
  expect(callsOf(other.metrics, 'team')).toBe(64)
  expect(one.metrics.clear()).toBeGreaterThan(64 * 50)
  expect(readdirSync(folder)).toEqual([])
  expect(one.metrics.figures()).toMatchObject({ registries: [], bytes: 0 })
  other.call()
  expect(callsOf(other.metrics, 'team')).toBe(1)
  expect(callsOf(one.metrics, 'team')).toBe(1)
})

it('writes nothing when it is switched off, and still shows what there is', () => {
  const folder = tempFolder()
  const on = open(folder)
  on.call()
  on.metrics.close()
  const before = readFileSync(join(folder, 'metrics.ndjson'))
  const off = open(folder, { enabled: false })
  for (let at = 0; at < 200; at++) off.call()
  off.metrics.close()
  expect(off.metrics.figures()).toMatchObject({ isEnabled: false, registries: [{ registry: 'team', calls: 1 }] })
  expect(readFileSync(join(folder, 'metrics.ndjson'))).toEqual(before)
})

it('goes on when its folder cannot be made', () => {
  const folder = join(tempFolder(), 'file')
  writeFileSync(folder, '')
  const { metrics, call } = open(join(folder, 'metrics'))
  call()
  metrics.close()
  expect(metrics.figures()).toMatchObject({ registries: [], bytes: 0 })
})
