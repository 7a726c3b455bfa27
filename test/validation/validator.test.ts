import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packFiles, packFolder } from '../../src/bundle/pack.ts'
import type { Cache, Cached } from '../../src/cache/cache.ts'
import type { Report } from '../../src/model/report.ts'
import { markdownOf } from '../../src/validation/reports/markdown.ts'
import { tableOf } from '../../src/validation/reports/table.ts'
import { validatePath, type ValidateOptions } from '../../src/validation/validator.ts'
import { CLEAN } from '../contracts/rule.ts'
import { corpus } from '../support/corpus.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { deployment, README, storage, template } from './samples.ts'

const NOW = Date.parse('2026-02-13T00:00:00Z')

function folderOf(files: Record<string, string>): string {
  const folder = tempFolder()
  for (const [path, text] of Object.entries({ 'README.md': README, ...files })) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

const validate = (path: string, options: Partial<ValidateOptions> = {}): Promise<Report> =>
  validatePath({ system: testSystem(), now: NOW, path, ...options })

describe('souk validate', () => {
  it('passes a clean package with full marks', async () => {
    const report = await validate(folderOf(CLEAN))
    expect(report).toMatchObject({ findings: [], score: 100, status: 'passed', cached: false })
    expect(report.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(report.rules.filter((rule) => rule.state === 'run').length).toBeGreaterThan(50)
  })

  it('moves from passed to warning to failed as findings are added', async () => {
    const unused = (count: number): Record<string, unknown> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`v${index}`, index]))
    const statuses: string[] = []
    for (const count of [6, 7, 14]) {
      const folder = folderOf({ 'mainTemplate.json': template({ variables: unused(count) }) })
      statuses.push((await validate(folder)).status)
    }
    expect(statuses).toEqual(['passed', 'warning', 'failed'])
  })

  it('names line and column of a file that is not JSON, whichever rule was asked for', async () => {
    const folder = folderOf({ 'azuredeploy.json': '{\n  "resources": [\n}' })
    const report = await validate(folder, { rule: 'parameters must_be-referenced' })
    expect(report.findings).toMatchObject([{ id: 'Invalid.JSON', file: 'azuredeploy.json', line: 3, column: 1 }])
    expect(report.status).toBe('failed')
  })

  it('runs one rule by its name in any spelling, and knows no other', async () => {
    const folder = folderOf({ 'mainTemplate.json': template({ variables: { a: 1 }, parameters: { b: {} } }) })
    const report = await validate(folder, { rule: 'VARIABLES must_be-referenced' })
    expect(new Set(report.findings.map((one) => one.rule))).toEqual(new Set(['Variables-Must-Be-Referenced']))
    await expect(validate(folder, { rule: 'blanks' })).rejects.toThrow('There is no rule "blanks"')
  })

  it('finds unused parameters at every level of inner templates, in the order of the file', async () => {
    const unused = (name: string): Record<string, unknown> => ({ [name]: { type: 'string' } })
    const deep = { parameters: unused('third'), resources: [storage()] }
    const middle = { parameters: unused('second'), resources: [deployment('inner', deep)] }
    const text = template({ parameters: unused('first'), resources: [deployment('inner', middle)] })
    const report = await validate(folderOf({ 'azuredeploy.json': text }), { rule: 'Parameters-Must-Be-Referenced' })
    expect(report.findings.map((one) => one.path)).toEqual([
      'parameters.first',
      'resources[0].properties.template.parameters.second',
      'resources[0].properties.template.resources[0].properties.template.parameters.third',
    ])
  })

  it('says what is wrong in a souk.yaml, with its place', async () => {
    const folder = folderOf({ 'souk.yaml': 'id: Bad Id\nversion: one\ndescription: x\n' })
    const { findings } = await validate(folder)
    expect(findings.map(({ file, line, path }) => [file, line, path])).toEqual([
      ['souk.yaml', 1, 'id'],
      ['souk.yaml', 2, 'version'],
    ])
  })

  it('refuses what it cannot validate', async () => {
    const folder = folderOf({ 'notes.txt': 'x' })
    await expect(validate(folder)).rejects.toThrow('no JSON file')
    await expect(validate(join(folder, 'notes.txt'))).rejects.toThrow('neither a JSON file')
    await expect(validate(join(folder, 'nobody'))).rejects.toThrow('does not exist')
    await expect(validate(folderOf(CLEAN), { signal: AbortSignal.abort() })).rejects.toThrow()
  })

  it('looks into a ZIP, names the files inside, and leaves nothing behind', async () => {
    const folder = folderOf({ 'mainTemplate.json': template({ variables: { a: 1 } }), 'nested/broken.json': '{' })
    const zip = join(tempFolder(), 'goods.zip')
    await packFolder(folder, { into: zip })
    const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('souk-validate-'))
    const before = left()
    const report = await validate(zip)
    expect(report.target).toBe(zip)
    expect(report.findings.map((one) => one.file)).toEqual(['mainTemplate.json', 'nested/broken.json'])
    writeFileSync(zip, readFileSync(zip).subarray(0, 200))
    await expect(validate(zip)).rejects.toMatchObject({ code: 'item.unsafe' })
    expect(left()).toEqual(before)
  })

  it('calls a ZIP by its name when it holds too much', async () => {
    const files = Array.from({ length: 2001 }, (_, index) => ({ path: `f${index}.json`, content: '{}' }))
    const zip = join(tempFolder(), 'crowd.zip')
    await packFiles({ files, into: zip })
    await expect(validate(zip)).rejects.toThrow(`${zip}: it holds more than 2000 JSON files`)
  })

  it('answers from the cache until the files change', async () => {
    const kept = new Map<string, unknown>()
    const cache = {
      get: async (ttl: string, registry: string, key: string) => {
        const value = kept.get(`${ttl}:${registry}:${key}`)
        return value === undefined ? undefined : ({ value, storedAt: 0, ageMs: 0, isFresh: true } as Cached<unknown>)
      },
      put: async (ttl: string, registry: string, key: string, value: unknown) =>
        void kept.set(`${ttl}:${registry}:${key}`, value),
    } as unknown as Cache
    const folder = folderOf(CLEAN)
    const first = await validate(folder, { cache })
    expect(await validate(folder, { cache })).toEqual({ ...first, cached: true })
    writeFileSync(join(folder, 'mainTemplate.json'), template({ variables: { a: 1 } }))
    expect(await validate(folder, { cache })).toMatchObject({ cached: false, findings: [{ severity: 'medium' }] })
  })

  it('writes the report as Markdown and as a table that fits', async () => {
    const report = await validate(folderOf({ 'azuredeploy.json': template({ variables: { 'a|b': 1 } }) }))
    expect(markdownOf(report)).toContain(String.raw`a\|b`)
    const lines = tableOf(report, 40)
    expect(lines.every((line) => line.length <= 40)).toBe(true)
    expect(lines[0]).toMatch(/^error {3}azuredeploy\.json:22:5/)
    expect(tableOf(report, 0).join('\n')).toContain('  Variables-Must-Be-Referenced')
  })

  const modules = corpus('avm')
  it.skipIf(!modules)('validates every real module to the end', async () => {
    const folders = readdirSync(modules ?? '').filter((name) => name.startsWith('avm-'))
    expect(folders).toHaveLength(24)
    for (const folder of folders) {
      const report = await validate(join(modules ?? '', folder))
      expect(report.findings.filter((one) => one.id === 'Invalid.JSON')).toEqual([])
    }
  })
})
