import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readDocument } from '../../src/arm/document.ts'
import { innerTemplates } from '../../src/arm/templates.ts'
import { validatePath } from '../../src/validation/validator.ts'
import { corpus } from '../support/corpus.ts'
import { testSystem } from '../support/test-system.ts'
import { runConformance } from './conformance.ts'

const folder = corpus('arm-ttk')

it.skipIf(!folder)('agrees with the toolkit on every fixture', async () => {
  const { verdicts, missing } = await runConformance(folder ?? '')
  expect(missing).toEqual([])
  expect(verdicts.filter(({ fixture }) => fixture.expect === 'pass').length).toBeGreaterThan(100)
  expect(verdicts.filter(({ fixture }) => fixture.expect === 'fail').length).toBeGreaterThan(80)
  expect(verdicts.filter((one) => !one.agrees).map(({ fixture, why }) => `${fixture.path}: ${why}`)).toEqual([])
})

it.skipIf(!folder)(
  'finds inner templates, and unused parameters at every level, in the order of the file',
  async () => {
    const engine = join(folder ?? '', '_engine')
    const innerIn = (name: string): number =>
      innerTemplates(readDocument(name, readFileSync(join(engine, name), 'utf8'))).length
    expect(innerIn('NestedInnerTemplates.json')).toBe(4)
    expect(innerIn('InnerTemplateWithEscapeSequence.json')).toBe(1)
    const path = join(engine, 'MultipleInnerTemplatesWithUnreferencedParameters.json')
    const { findings } = await validatePath({ system: testSystem(), path, rule: 'Parameters-Must-Be-Referenced' })
    // Paths are those of the file; what is deepest in each is what the rule found.
    expect(findings.map((one) => one.path?.split('.').slice(-2).join('.'))).toEqual([
      'parameters.NotUsedAtRoot',
      'parameters.NotUsedInInnerTemplate1',
      'parameters.NotUsedInInnerInnerTemplate1',
      'parameters.NotUsedInInnerTemplate2',
      'parameters.NotUsedInInnerInnerTemplate2',
    ])
  },
)
