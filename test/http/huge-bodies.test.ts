import { expect, test } from 'vitest'
import { cutHugeBodies } from '../support/huge-bodies.ts'

// Figures of time and memory are looked at by the bench on a quiet machine; here there is room for a busy one.
test('400 MB and a gzip bomb of 2 GiB are cut off at 16 MiB, without being held', async () => {
  const cuts = await cutHugeBodies(['/plain', '/stated', '/gzip'])
  expect(cuts.map(({ path, said }) => [path, /larger than 16777216 bytes/.test(said)])).toEqual([
    ['/plain', true],
    ['/stated', true],
    ['/gzip', true],
  ])
  for (const { path, rssMb, ms } of cuts) expect([path, rssMb < 128, ms < 5000]).toEqual([path, true, true])
})
