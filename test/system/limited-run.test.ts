import { expect, test } from 'vitest'
import { limitedRun } from '../../src/system/limited-run.ts'
import { testSystem } from '../support/test-system.ts'

const FOR_EVER = ['-e', 'setInterval(() => {}, 1000)']

test('a program that hangs is ended at the limit, whatever longer one its caller had', async () => {
  const run = limitedRun(testSystem().run, 60)
  for (const options of [{}, { timeoutMs: 60_000 }]) {
    const started = performance.now()
    const result = await run.program(process.execPath, FOR_EVER, options)
    expect(result.timedOut).toBe(true)
    expect(performance.now() - started).toBeLessThan(20_000)
  }
})

test('a shorter limit of the caller stays, and one that ends in time is left alone', async () => {
  const run = limitedRun(testSystem().run, 60_000)
  expect((await run.program(process.execPath, FOR_EVER, { timeoutMs: 40 })).timedOut).toBe(true)
  expect(await run.program(process.execPath, ['-e', 'console.log(1)'])).toMatchObject({ stdout: '1', timedOut: false })
})
