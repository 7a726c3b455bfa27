import { expect, test } from 'vitest'
import type { JobSnapshot } from '../../src/jobs/job.ts'
import { waitTurn } from '../../src/jobs/queue.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const LIMITS = { jobs: 2, validation: 1, downloads: 3 }
const CREATED = '2026-11-21T12:00:00.000Z'
const MINE = { id: 'm', type: 'run', createdAt: CREATED }

function job(id: string, state: JobSnapshot['state'], part: Partial<JobSnapshot> = {}): JobSnapshot {
  return { id, type: 'run', title: id, state, createdAt: CREATED, steps: [], percent: 0, log: [], torn: 0, ...part }
}

/** Whether a job begins beside these others at once; the change is what becomes of them afterwards, and it begins then. */
async function begins(others: JobSnapshot[], mine: Parameters<typeof waitTurn>[0] = MINE, holdFromBytes?: number) {
  const clock = testClock()
  let all = others
  const control = new AbortController()
  let hasBegun = false
  const board = { unfinished: () => all }
  const turn = waitTurn(mine, LIMITS, { board, system: testSystem({ clock }), signal: control.signal, holdFromBytes })
  const done = turn.then(() => void (hasBegun = true))
  await clock.advance(1000)
  const atOnce = hasBegun
  all = []
  await clock.advance(1000)
  await done
  return atOnce
}

test('a class has a limit of its own: others do not count', async () => {
  const running = ['a', 'b'].map((id) => job(id, 'running', { type: 'install' }))
  expect(await begins(running)).toBe(true)
  expect(await begins(running, { ...MINE, type: 'update' })).toBe(true)
  expect(await begins([...running, job('c', 'running', { type: 'uninstall' })], { ...MINE, type: 'update' })).toBe(
    false,
  )
  expect(await begins([job('a', 'running', { type: 'validate' })], { ...MINE, type: 'validate' })).toBe(false)
  expect(await begins(['a', 'b'].map((id) => job(id, 'running')))).toBe(false)
})

test('of those that wait, priority goes before age; what runs is never overtaken', async () => {
  const waiting = ['a', 'b'].map((id) => job(id, 'queued'))
  expect(await begins(waiting)).toBe(false)
  expect(await begins(waiting, { ...MINE, priority: 'high' })).toBe(true)
  expect(
    await begins([job('x', 'queued', { priority: 'high' }), job('y', 'queued')], { ...MINE, priority: 'low' }),
  ).toBe(false)
  expect(await begins([job('x', 'queued'), job('y', 'queued')])).toBe(true)
  expect(
    await begins(
      ['x', 'y'].map((id) => job(id, 'running')),
      { ...MINE, priority: 'high' },
    ),
  ).toBe(false)
})

test('while running jobs take too much memory together, none begins', async () => {
  const taking = (bytes: number, state: JobSnapshot['state'] = 'running') => [
    job('a', state, { type: 'install', memory: { recentBytes: [1, bytes], peakBytes: bytes } }),
  ]
  expect(await begins(taking(3e9), MINE, 2e9)).toBe(false)
  expect(await begins(taking(1e9), MINE, 2e9)).toBe(true)
  expect(await begins(taking(3e9, 'succeeded'), MINE, 2e9)).toBe(true)
})

test('one of low priority that waited long goes before those that came later, whatever their priority', async () => {
  const clock = testClock()
  const at = (agoMs: number): string => new Date(clock.now() - agoMs).toISOString()
  const low = { ...MINE, priority: 'low', createdAt: at(250_000) } as const
  const newer = ['x', 'y'].map((id) => job(id, 'queued', { priority: 'high', createdAt: at(1000) }))
  expect(await begins(newer, low)).toBe(true)
  expect(await begins(newer, { ...low, createdAt: at(130_000) })).toBe(false)
  const normal = ['x', 'y'].map((id) => job(id, 'queued', { createdAt: at(1000) }))
  expect(await begins(normal, { ...low, createdAt: at(130_000) })).toBe(true)
  // The one that waits sees it the same way.
  const old = ['a', 'b'].map((id) => job(id, 'queued', { ...low, id }))
  expect(await begins(old, { ...MINE, priority: 'high', createdAt: at(0) })).toBe(false)
})
