import { expect, test } from 'vitest'
import { followChains } from '../support/redirect-chains.ts'

test.each([1, 2])('no credential arrives at another origin, along whatever redirects (seed %i)', async (seed) => {
  const { leaks, own, elsewhere, withCredentials } = await followChains(80, seed)
  expect(leaks).toEqual([])
  expect([own > 80, elsewhere > 80, withCredentials > 60]).toEqual([true, true, true])
})
