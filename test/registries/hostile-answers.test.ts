import { expect, test } from 'vitest'
import { readAnswers } from '../support/hostile-answers.ts'
import { seededRandom } from '../support/mutate.ts'

test.each([1, 2])('answers with random faults are read, or refused in our words (seed %i)', async (seed) => {
  const { faults, answersTaken } = await readAnswers(900, seededRandom(seed))
  expect(faults).toEqual([])
  expect(answersTaken).toBeGreaterThan(200)
})
