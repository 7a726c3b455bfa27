import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { validateFiles, validatePath, type ValidateOptions } from '../../src/validation/validator.ts'
import { openPool, type Pool, type PoolOptions } from '../../src/validation/worker-pool.ts'
import { corpus } from '../support/corpus.ts'
import { testSystem } from '../support/test-system.ts'
import { rules } from './bad-rules.ts'
import { storage, template } from './samples.ts'

const NOW = Date.parse('2026-02-13T00:00:00Z')
const system = testSystem()
const BAD = { module: new URL('bad-rules.ts', import.meta.url).href, list: rules }

let pool: Pool
const opened = (options: Partial<PoolOptions> = {}): Pool =>
  (pool = openPool({ clock: system.clock, size: 2, fileTimeoutMs: 20_000, ...options }))
afterEach(() => pool.close())

const validate = (texts: Record<string, string>, options: Partial<ValidateOptions> = {}): Promise<Report> => {
  const files = Object.entries(texts).map(([path, text]) => ({ path, text }))
  return validateFiles(files, { system, now: NOW, target: '/goods', isOneOfMany: true, ...options })
}

const facts = ({ findings, rules: ran, files, score }: Report): unknown => ({ findings, ran, files, score })

describe('threads', () => {
  const modules = corpus('avm')
  it.skipIf(!modules)('find what one thread finds, on real modules and on a folder in parts', async () => {
    const threads = opened()
    const folder = join(modules ?? '', readdirSync(modules ?? '').find((name) => name.includes('azd-aks')) ?? '')
    const here = await validatePath({ system, now: NOW, path: folder })
    const there = await validatePath({ system, now: NOW, path: folder, pool: threads, isOneOfMany: true })
    expect(facts(there)).toEqual(facts(here))
    const text = template({ resources: Array.from({ length: 2000 }, () => storage({ tags: {} })) })
    const many = Object.fromEntries(['b/x.json', 'a/y.json', 'mainTemplate.json'].map((path) => [path, text]))
    expect(facts(await validate(many, { pool: threads }))).toEqual(facts(await validate(many)))
  })

  it('say of a rule that does not end which it was, and go on with the others and the other files', async () => {
    const report = await validate(
      { 'a.json': '{"a": "hang"}', 'b.json': '{"b": 1}' },
      { pool: opened({ fileTimeoutMs: 300, rules: BAD }), rules },
    )
    expect(report.findings.map(({ file, rule, id, message }) => `${file} ${rule} ${id ?? message}`)).toEqual([
      'a.json Does-Not-End Rule.Failed',
      'a.json Finds-First first',
      'a.json Finds-Last last',
      'b.json Finds-First first',
      'b.json Finds-Last last',
    ])
    expect(report.findings[0]?.message).toContain('0.3 s')
    expect(report.status).not.toBe('passed')
  })

  it('say of a rule that throws, or ends its thread, which it was', async () => {
    const threads = opened({ rules: BAD })
    const report = await validate({ 'a.json': '["exit", "throw"]' }, { pool: threads, rules })
    const failed = report.findings.filter(({ id }) => id === 'Rule.Failed')
    expect(failed.map(({ rule }) => rule)).toEqual(['Ends-The-Thread', 'Throws-Always'])
    expect(failed[1]?.message).toContain('a mistake in the rule')
    expect(report.findings.filter(({ rule }) => rule.startsWith('Finds'))).toHaveLength(2)
  })

  it('keep this thread free, and stop at once', async () => {
    const control = new AbortController()
    const hanging = validate(
      { 'a.json': '{"a": "hang"}' },
      { pool: opened({ size: 1, rules: BAD }), rules, signal: control.signal },
    )
    const other = validate({ 'b.json': '{}' }, { pool, rules })
    let turns = 0
    const beat = setInterval(() => turns++, 5)
    await new Promise((done) => setTimeout(done, 300))
    clearInterval(beat)
    expect(turns).toBeGreaterThan(10)
    // The rule would never end.
    control.abort(new Error('enough'))
    await expect(hanging).rejects.toThrow('enough')
    expect((await other).findings).toHaveLength(2)
  })

  it('tell whoever waits when they are closed', async () => {
    const waiting = validate({ 'a.json': '{"a": "hang"}' }, { pool: opened({ rules: BAD }), rules })
    const outcome = expect(waiting).rejects.toThrow(/cancelled/i)
    await new Promise((done) => setTimeout(done, 50))
    await pool.close()
    await outcome
  })
})

it('a rule that throws is a finding without threads as well', async () => {
  pool = opened()
  const report = await validate({ 'a.json': '["throw"]' }, { rules, isOneOfMany: false })
  expect(report.findings.map(({ rule }) => rule)).toEqual(['Finds-First', 'Throws-Always', 'Finds-Last'])
})
