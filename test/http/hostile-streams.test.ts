import { expect, test } from 'vitest'
import { readStreams } from '../support/hostile-streams.ts'

test.each([1, 2])('byte streams with random faults end in an answer or in our words (seed %i)', async (seed) => {
  const { faults, streamsTaken } = await readStreams(300, seed)
  expect(faults).toEqual([])
  expect(streamsTaken).toBeGreaterThan(10)
})
