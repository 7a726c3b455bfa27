import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { importSarif } from '../../src/validation/import-sarif.ts'
import { sarifOf } from '../../src/validation/reports/sarif.ts'
import { validatePath } from '../../src/validation/validator.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { README, storage, template } from './samples.ts'

function written(value: unknown): { target: string; file: string } {
  const target = tempFolder()
  mkdirSync(join(target, 'nested'))
  writeFileSync(join(target, 'mainTemplate.json'), template())
  writeFileSync(join(target, 'README.md'), README)
  const file = join(tempFolder(), 'scan.sarif')
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
  return { target, file }
}

const log = (results: unknown[], rules: unknown[] = []): unknown => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: 'Scanner\u001b[31m', rules } }, results }],
})
const at = (uri: string, startLine: number): unknown[] => [
  { physicalLocation: { artifactLocation: { uri }, region: { startLine, startColumn: 3 } } },
]

it('takes the findings of another scanner with its name, place and severity', async () => {
  const { target, file } = written(
    log(
      [
        { ruleId: 'CKV_1', level: 'error', message: { text: 'open' }, locations: at('./nested/a.json', 7) },
        { ruleIndex: 0, message: { text: 'old' }, locations: [] },
        { ruleId: 'CKV_3', level: 'note' },
        { ruleId: 'passed', kind: 'pass' },
        { ruleId: 'quiet', level: 'error', suppressions: [{ kind: 'inSource' }] },
        { ruleId: 'nothing', level: 'none' },
      ],
      [{ id: 'CVE-1', properties: { 'security-severity': '9.8' } }],
    ),
  )
  const found = await importSarif(file, target)
  expect(found).toMatchObject([
    { rule: 'CKV_1', severity: 'high', file: 'nested/a.json', line: 7, column: 3, message: 'open', step: 'security' },
    { rule: 'CVE-1', severity: 'critical', file: '.', line: 1 },
    { rule: 'CKV_3', severity: 'low', level: 'note' },
  ])
  expect(found[0]?.tool).not.toContain('\u001b')
  const report = await validatePath({ system: testSystem(), path: target, imported: found })
  expect(report).toMatchObject({ status: 'failed', parts: { security: 64 } })
})

it('names files from the target, and reads what this program writes', async () => {
  const { target } = written({})
  writeFileSync(join(target, 'mainTemplate.json'), template({ resources: [storage({ tags: {} })] }))
  const system = testSystem()
  const report = await validatePath({ system, path: target })
  const file = join(target, 'own.sarif')
  writeFileSync(file, sarifOf([report], target))
  const again = await importSarif(file, target)
  expect(again.map(({ rule, file, line }) => [rule, file, line])).toEqual(
    report.findings.map(({ rule, file, line }) => [rule, file, line]),
  )
  const absolute = log([{ ruleId: 'A', locations: at(pathToFileURL(join(target, 'nested/a.json')).href, 1) }])
  writeFileSync(file, JSON.stringify(absolute))
  expect((await importSarif(file, target))[0]?.file).toBe('nested/a.json')
})

it.each([
  ['no JSON', '<sarif/>', 'it is no JSON'],
  ['another form', { version: '1.0.0', runs: [] }, 'it is no SARIF log of version 2 (version:'],
  ['no results', { version: '2.1.0' }, 'runs:'],
])('refuses %s', async (_, value, words) => {
  const { target, file } = written(value)
  await expect(importSarif(file, target)).rejects.toThrow(words)
})
