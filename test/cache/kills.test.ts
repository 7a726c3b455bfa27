import { expect, test } from 'vitest'
import { killWriters } from '../support/cache-kills.ts'

// Six kills by turns; `node test/bench/cache-kills.ts 200` does more. A busy machine takes its time to start the next writer.
test('two processes write at once and are killed by turns: no unreadable entry, no lost database', async () => {
  const { entries, ...rest } = await killWriters(6, 7)
  expect(rest).toEqual({ kills: 8, lost: 0, dropped: 0, integrity: 'ok', complaints: '' })
  expect(entries).toBeGreaterThan(20)
}, 60_000)
