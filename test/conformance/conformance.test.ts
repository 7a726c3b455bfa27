import { expect, it } from 'vitest'
import { corpus } from '../support/corpus.ts'
import { runConformance } from './conformance.ts'

const folder = corpus('arm-ttk')

it.skipIf(!folder)('agrees with the toolkit on every fixture', async () => {
  const { verdicts, missing } = await runConformance(folder ?? '')
  expect(missing).toEqual([])
  expect(verdicts.filter(({ fixture }) => fixture.expect === 'pass').length).toBeGreaterThan(100)
  expect(verdicts.filter(({ fixture }) => fixture.expect === 'fail').length).toBeGreaterThan(80)
  expect(verdicts.filter((one) => !one.agrees).map(({ fixture, why }) => `${fixture.path}: ${why}`)).toEqual([])
})
