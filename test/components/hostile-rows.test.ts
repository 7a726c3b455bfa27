import { expect, test } from 'vitest'
import { drawRows } from '../support/hostile-rows.ts'
import { seededRandom } from '../support/mutate.ts'

test.each([1, 2])('no row is wider than the screen, whatever stands in it (seed %i)', async (seed) => {
  const { faults, linesDrawn } = await drawRows(100, seededRandom(seed))
  expect(faults).toEqual([])
  expect(linesDrawn).toBeGreaterThan(1000)
})
