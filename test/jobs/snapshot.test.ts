import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JobEvent, JobEventBody, JobSpec } from '../../src/jobs/job.ts'
import { emptyFold, foldEvent } from '../../src/jobs/snapshot.ts'

const spec: JobSpec = { id: 'x', type: 'run', title: 'T', input: {}, createdAt: '2026-01-01T00:00:00Z', program: '1' }
const start = Date.parse('2026-01-01T00:00:00Z')

/** Events one after another, `everyMs` apart. */
function events(bodies: JobEventBody[], everyMs = 1000): JobEvent[] {
  return bodies.map((body, index) => ({
    ...body,
    seq: index + 1,
    at: new Date(start + index * everyMs).toISOString(),
  }))
}
const steps = ['a', 'b'].map((id) => ({ id, title: id.toUpperCase() }))
const started: JobEventBody = { type: 'started', pid: 1, mark: 'm', steps }
const fold = (list: JobEvent[]) => list.reduce(foldEvent, emptyFold(spec)).snapshot

describe('the snapshot of a job', () => {
  test('weighs steps alike and measures the rate from the journal', () => {
    const job = fold(
      events([
        { type: 'queued', title: 'T' },
        started,
        { type: 'step', step: 'a', state: 'running' },
        { type: 'progress', step: 'a', done: 20, total: 40, unit: 'files' },
      ]),
    )
    expect(job).toMatchObject({ state: 'running', percent: 25 })
    expect(job.steps[0]).toMatchObject({ state: 'running', done: 20, total: 40, unit: 'files', rate: 20 })
  })

  test('tells no rate before there is one', () => {
    const job = fold(
      events(
        [started, { type: 'step', step: 'a', state: 'running' }, { type: 'progress', step: 'a', done: 1, unit: 'x' }],
        10,
      ),
    )
    expect(job.steps[0]?.rate).toBeUndefined()
  })

  test('ends at 100 or where it failed', () => {
    const half = [started, { type: 'step', step: 'a', state: 'done', ms: 1 }] as JobEventBody[]
    const good = fold(events([...half, { type: 'finished', state: 'succeeded', ms: 9, result: { files: 2 } }]))
    expect(good).toMatchObject({ percent: 100, state: 'succeeded', result: { files: 2 } })
    const undone = { type: 'step', step: 'a', state: 'undone' } as const
    const bad = fold(
      events([
        ...half,
        { type: 'step', step: 'b', state: 'failed', ms: 1 },
        undone,
        { type: 'finished', state: 'failed', ms: 9, error: { message: 'no' } },
      ]),
    )
    expect(bad).toMatchObject({ percent: 50, state: 'failed', error: { message: 'no' } })
    expect(bad.steps.map((step) => step.state)).toEqual(['undone', 'failed'])
  })

  test('the percentage never falls, whatever order events come in', () => {
    const body = fc.oneof(
      fc.record({
        type: fc.constant('step' as const),
        step: fc.constantFrom('a', 'b', 'c'),
        state: fc.constantFrom('running', 'done', 'skipped', 'failed', 'undone'),
      }),
      fc.record({
        type: fc.constant('progress' as const),
        step: fc.constantFrom('a', 'b'),
        done: fc.integer({ min: 0, max: 50 }),
        total: fc.integer({ min: 1, max: 50 }),
        unit: fc.constant('x'),
      }),
    )
    fc.assert(
      fc.property(fc.array(body), (bodies) => {
        let state = emptyFold(spec)
        let before = 0
        for (const event of events([started, ...(bodies as JobEventBody[])])) {
          state = foldEvent(state, event)
          expect(state.snapshot.percent).toBeGreaterThanOrEqual(before)
          expect(state.snapshot.percent).toBeLessThan(100)
          before = state.snapshot.percent
        }
      }),
    )
  })
})
