import { describe, expect, test } from 'vitest'
import type { JobEventBody, Step } from '../../src/jobs/job.ts'
import { runSteps } from '../../src/jobs/runner.ts'
import { testClock } from '../support/test-system.ts'

function tools(signal = new AbortController().signal) {
  const written: JobEventBody[] = []
  const clock = testClock()
  return { clock, signal, write: (body: JobEventBody) => void written.push(body), written }
}
const step = (id: string, more: Partial<Step<string[]>> = {}): Step<string[]> => ({
  id,
  title: id,
  run: async (log) => void log.push(`run ${id}`),
  undo: async (log) => void log.push(`undo ${id}`),
  ...more,
})

describe('running steps', () => {
  test('undoes in reverse when one fails, the failing one included, even when an undo fails too', async () => {
    const log: string[] = []
    const given = tools()
    const steps = [
      step('one'),
      step('two', { undo: () => Promise.reject(new Error('stuck')) }),
      step('three', { run: () => Promise.reject(new Error('no\u001b[31m disk')) }),
      step('four'),
    ]
    await expect(runSteps(steps, log, given)).rejects.toThrow('disk')
    expect(log).toEqual(['run one', 'run two', 'undo three', 'undo one'])
    expect(given.written).toContainEqual(
      expect.objectContaining({ step: 'three', state: 'failed', reason: 'no␛[31m disk' }),
    )
    expect(given.written).toContainEqual(expect.objectContaining({ type: 'log', level: 'error', step: 'two' }))
  })

  test('lets at most four progress events a second through, and always the last', async () => {
    const given = tools()
    const many = step('many', {
      async run(_, context) {
        for (let done = 1; done <= 100; done += 1) {
          context.progress(done, 100, 'files')
          await given.clock.advance(10)
        }
        context.progress(101, 101, 'files')
      },
    })
    await runSteps([many], [], given)
    const progress = given.written.filter((event) => event.type === 'progress')
    expect(progress.length).toBeLessThanOrEqual(6)
    expect(progress.length).toBeGreaterThanOrEqual(4)
    expect(progress.at(-1)).toMatchObject({ done: 101, total: 101 })
  })

  test('a held progress goes out in time when the step then falls silent', async () => {
    const given = tools()
    const quiet = step('quiet', {
      async run(_, context) {
        context.progress(1, 9, 'files')
        context.progress(2, 9, 'files')
        await given.clock.advance(300)
        expect(given.written.at(-1)).toMatchObject({ type: 'progress', done: 2 })
      },
    })
    await runSteps([quiet], [], given)
  })

  test('an abort stops before the next step and undoes', async () => {
    const control = new AbortController()
    const log: string[] = []
    const stopping = step('one', { run: async () => control.abort() })
    await expect(runSteps([stopping, step('two')], log, tools(control.signal))).rejects.toThrow()
    expect(log).toEqual(['undo one'])
  })
})
