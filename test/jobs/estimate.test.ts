import { expect, test } from 'vitest'
import { addPoint, endOf, type Point } from '../../src/jobs/estimate.ts'
import type { JobEvent } from '../../src/jobs/job.ts'
import { emptyFold, foldEvent } from '../../src/jobs/snapshot.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const at = (ms: number): string => new Date(START + ms).toISOString()

/** The points after progress events of these amounts, so many ms apart. */
const after = (amounts: readonly number[], everyMs: number): Point[] =>
  amounts.reduce<Point[]>((points, done, index) => addPoint(points, { at: at(index * everyMs), done }), [])

test('steady work ends when its rate says', () => {
  const points = after([0, 100, 200, 300, 400], 500)
  // 200 a second, 600 to go after 2 s.
  expect(endOf(points, 1000)).toBe(START + 2000 + 3000)
})

test.each([
  ['of a few points', after([0, 100, 200], 1000), 1000],
  ['of a moment', after([0, 100, 200, 300, 400], 50), 1000],
  ['of the first drops', after([0, 1, 2, 3, 4], 500), 1000],
  ['without a total', after([0, 100, 200, 300, 400], 500), undefined],
  ['of work that stands still', after([400, 400, 400, 400, 400], 500), 1000],
  ['of work that went backwards', after([900, 700, 500, 300, 100], 500), 1000],
  ['of work that is done', after([0, 400, 600, 800, 1000], 500), 1000],
] as const)('nothing is said %s', (_name, points, total) => {
  expect(endOf(points, total)).toBeUndefined()
})

test('only the last seconds count: work that became ten times slower is believed', () => {
  const fast = after([0, 1000, 2000, 3000, 4000], 1000)
  const slow = Array.from({ length: 20 }, (_, index) => ({ at: at(5000 + index * 1000), done: 4100 + index * 100 }))
  const points = slow.reduce<Point[]>(addPoint, fast)
  expect(endOf(points, 10_000)).toBe(START + 24_000 + 40_000)
})

test('the snapshot of a step carries the estimate, and each step is estimated by itself', () => {
  const spec = { id: 'x', type: 'run', title: 'X', input: {}, createdAt: at(0), program: 'souk' }
  let seq = 0
  let fold = emptyFold(spec)
  const tell = (ms: number, body: Record<string, unknown>): void => {
    fold = foldEvent(fold, { seq: ++seq, at: at(ms), ...body } as unknown as JobEvent)
  }
  const steps = ['a', 'b'].map((id) => ({ id, title: id }))
  tell(0, { type: 'started', pid: 1, mark: '', steps })
  for (const [index, step] of ['a', 'b'].entries()) {
    tell(index * 10_000, { type: 'step', step, state: 'running' })
    for (let count = 1; count <= 4; count++)
      tell(index * 10_000 + count * 1000, {
        type: 'progress',
        step,
        done: count * 10 * (index + 1),
        total: 200,
        unit: 'files',
      })
  }
  expect(fold.snapshot.steps.map((step) => step.endsAt)).toEqual([at(4000 + 16_000), at(14_000 + 6000)])
  tell(15_000, { type: 'memory', rssBytes: 90 })
  tell(16_000, { type: 'memory', rssBytes: 70 })
  expect(fold.snapshot.memory).toEqual({ recentBytes: [90, 70], peakBytes: 90 })
})
