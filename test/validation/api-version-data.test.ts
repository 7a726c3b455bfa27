import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keepApiVersions, parseApiVersions, readApiVersions } from '../../src/validation/api-version-data.ts'
import { forgetApiVersions, knownApiVersions } from '../../src/validation/known-api-versions.ts'
import { validateFiles } from '../../src/validation/validator.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { README, storage, template } from './samples.ts'

const from = { source: 'here', madeAt: Date.parse('2026-11-01T00:00:00Z') }
const TYPE = 'Microsoft.Storage/storageAccounts'
const VERSIONS = ['2026-10-01', '2025-01-01']

describe('newer API versions', () => {
  it.each([
    ['the toolkit', { [TYPE]: [{ apiVersions: VERSIONS }] }],
    [
      'a list of providers',
      [{ namespace: 'Microsoft.Storage', resourceTypes: [{ resourceType: 'storageAccounts', apiVersions: VERSIONS }] }],
    ],
    [
      'the management service',
      {
        value: [
          {
            namespace: 'Microsoft.Storage',
            resourceTypes: [{ resourceType: 'storageAccounts', apiVersions: VERSIONS }],
          },
        ],
      },
    ],
  ])('are read in the form of %s', (_, table) => {
    expect(parseApiVersions(`\ufeff${JSON.stringify(table)}`, from)).toEqual({ ...from, types: [[TYPE, VERSIONS]] })
  })

  it.each([
    ['no JSON', '<html>'],
    ['nothing', '{}'],
    ['something else', '{"a/b": [{"apiVersions": ["newest"]}]}'],
    ['a list', '[1]'],
  ])('that are %s are refused', (_, text) => {
    expect(() => parseApiVersions(text, from)).toThrow(/here/)
  })

  it('are judged by when they are newer than what shipped, and only then', async () => {
    const folder = tempFolder()
    const file = join(folder, 'data/api-versions.json')
    const input = join(folder, 'table.json')
    writeFileSync(input, JSON.stringify({ [TYPE]: [{ apiVersions: ['2026-10-01', '2024-01-01'] }] }))
    const system = testSystem()
    const now = Date.parse('2026-11-21T00:00:00Z')
    const check = async (): Promise<string[]> => {
      const text = template({ resources: [storage({ apiVersion: '2024-01-01' })] })
      const files = Object.entries({ 'mainTemplate.json': text, 'README.md': README }).map(([path, text]) => ({
        path,
        text,
      }))
      const report = await validateFiles(files, { system, now, target: 'x', apiVersionsFile: file })
      return [report.apiVersions ?? '', ...report.findings.map(({ id }) => id ?? '')]
    }
    const shipped = await check()
    expect(shipped[0]).toBe('2026-02-13')
    const data = await readApiVersions(input)
    await keepApiVersions(file, { ...data, madeAt: from.madeAt })
    forgetApiVersions(file)
    expect(await check()).toEqual(['2026-11-01', 'ApiVersion.OutOfDate'])
    await keepApiVersions(file, { ...data, madeAt: Date.parse('2020-01-01T00:00:00Z') })
    forgetApiVersions(file)
    expect(await check()).toEqual(shipped)
    writeFileSync(file, '{"souk": "api-versions", "types": 7}')
    forgetApiVersions(file)
    expect((await knownApiVersions(file)).source).toBe('shipped')
  })
})
