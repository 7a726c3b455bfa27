import { expect, it } from 'vitest'
import { seededRandom } from '../support/mutate.ts'
import { runRandomFaults } from '../support/random-faults.ts'

const loose: unknown[] = []
process.on('unhandledRejection', (reason) => void loose.push(reason))

it('sixty searches beside registries that go wrong at random: every row was served, every state is right', async () => {
  const run = await runRandomFaults(2026, 60)
  expect(run.mistakes).toEqual([])
  expect(loose).toEqual([])
  // The run met what it is about.
  expect(run.faultsMet).toBeGreaterThan(30)
  expect(run.rowsChecked).toBeGreaterThan(1000)
  expect(Object.keys(run.states)).toEqual(expect.arrayContaining(['fresh', 'cached', 'stale']))
})

it('a seed brings the same numbers again, and another one others', () => {
  const first = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed))
  expect(first(7)).toEqual(first(7))
  expect(first(7)).not.toEqual(first(8))
  expect(first(7).every((one) => one >= 0 && one < 1)).toBe(true)
})
