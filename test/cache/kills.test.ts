import { expect, test } from 'vitest'
import { killWriters } from '../support/cache-kills.ts'

test('two processes write at once and are killed by turns: no unreadable entry, no lost database', async () => {
  const { entries, ...rest } = await killWriters(12, 7)
  expect(rest).toEqual({ kills: 14, lost: 0, dropped: 0, integrity: 'ok', complaints: '' })
  expect(entries).toBeGreaterThan(20)
})
