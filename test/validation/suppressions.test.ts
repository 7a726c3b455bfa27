import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/model/report.ts'
import { readBaseline, writeBaseline } from '../../src/validation/baseline.ts'
import { policyBeside, readPolicy } from '../../src/validation/policy.ts'
import { validatePath, type ValidateOptions } from '../../src/validation/validator.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { README, deployment, storage, template } from './samples.ts'

const NOW = Date.parse('2026-02-13T00:00:00Z')

function folderOf(files: Record<string, string>): string {
  const folder = tempFolder()
  for (const [path, text] of Object.entries({ 'README.md': README, ...files })) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** Validates a folder as its owner does: with the policy that lies in it. */
async function validate(folder: string, options: Partial<ValidateOptions> = {}): Promise<Report> {
  const file = await policyBeside(folder)
  const policy = file === undefined ? ('none' as const) : await readPolicy(file)
  return validatePath({ system: testSystem(), now: NOW, path: folder, policy, ...options })
}

const said = ({ findings }: Report): string[] => findings.map(({ rule, id }) => id ?? rule)
const BLANK = 'Template-Should-Not-Contain-Blanks'
const faulty = (change: Record<string, unknown> = {}): string =>
  template({ resources: [storage({ tags: {}, ...change }), storage({ name: 'other', sku: {} })] })

describe('suppressions in a file', () => {
  const comment = (words: string): string => faulty().replace('"tags": {}', `// ${words}\n"tags": {}`)

  it('take one line out, with a reason', async () => {
    const words = `souk-disable-next-line ${BLANK} until=2026-02-13 -- filled at deployment`
    const report = await validate(folderOf({ 'mainTemplate.json': comment(words) }))
    expect(said(report)).toEqual([BLANK])
    expect(report.suppressed).toMatchObject([
      { rule: BLANK, suppression: { kind: 'inline', reason: 'filled at deployment', until: '2026-02-13' } },
    ])
  })

  it.each([
    ['the same line', '"tags": {} /* souk-disable-line template_should_not_contain_blanks -- known */', 1],
    ['the whole file', `"tags": {} /* souk-disable-file ${BLANK}, Handler-Must-Be-Correct -- old */`, 0],
    ['every rule', '"tags": {} /* souk-disable-file * -- a fixture */', 0],
  ])('reach %s', async (_, text, left) => {
    const report = await validate(folderOf({ 'mainTemplate.json': faulty().replace('"tags": {}', text) }))
    expect(report.findings).toHaveLength(left)
    expect(report.findings.length + (report.suppressed?.length ?? 0)).toBe(2)
  })

  it('cover the resource whose metadata names them, and in a nested template that template', async () => {
    const suppress = (reason: string): unknown => ({ souk: { suppress: [{ rule: BLANK, reason }] } })
    const inner = { resources: [storage({ tags: {} })], metadata: suppress('inside') }
    const text = template({
      resources: [
        storage({ tags: {}, metadata: suppress('here') }),
        deployment('inner', inner),
        storage({ name: 'z', tags: {} }),
      ],
    })
    const report = await validate(folderOf({ 'mainTemplate.json': text }), { rule: BLANK })
    expect(report.findings.map(({ path }) => path)).toEqual(['resources[2].tags'])
    expect(report.suppressed?.map(({ suppression }) => suppression.reason)).toEqual(['here', 'inside'])
  })

  it.each([
    [`souk-disable-next-line ${BLANK}`, ['Suppression.Without.Reason']],
    [`souk-disable-next-line ${BLANK} until=2026-02-12 -- soon`, ['Suppression.Expired']],
    [`souk-disable-next-line ${BLANK} until=soon -- soon`, ['Suppression.Bad.Date']],
    ['souk-disable-next-line -- all', ['Suppression.Without.Rule']],
    ['souk-disable-next-line No-Such-Rule -- why', ['Suppression.Unknown.Rule']],
  ])('that say "%s" are told and do not count', async (words, told) => {
    const report = await validate(folderOf({ 'mainTemplate.json': comment(words) }))
    expect(said(report)).toEqual([BLANK, BLANK, ...told])
    expect(report.findings.at(-1)?.line).toBeGreaterThan(1)
  })

  it('that meet nothing are told, unless only one rule was run', async () => {
    const folder = folderOf({ 'mainTemplate.json': `// souk-disable-file Handler-Must-Be-Correct -- x\n${template()}` })
    expect(said(await validate(folder))).toEqual(['Suppression.Unused'])
    expect(said(await validate(folder, { rule: BLANK }))).toEqual([])
  })

  it('do not count in the goods of others, nor in what only looks like a comment', async () => {
    const folder = folderOf({ 'mainTemplate.json': comment(`souk-disable-file * -- trust me`) })
    const { policy: _, ...strict } = { policy: 'none' as const }
    const others = await validatePath({ system: testSystem(), now: NOW, path: folder, ...strict })
    expect(others.findings).toHaveLength(2)
    const text = faulty({ kind: '// souk-disable-file * -- in a string' })
    expect(said(await validate(folderOf({ 'mainTemplate.json': text })))).toEqual([BLANK, BLANK])
  })
})

describe('a policy', () => {
  const withPolicy = (policy: string, files: Record<string, string> = { 'mainTemplate.json': faulty() }): string =>
    folderOf({ ...files, 'souk.validation.yaml': policy })

  it('turns rules off and sets severity and level, by file too', async () => {
    expect(said(await validate(withPolicy(`rules: {${BLANK}: off}`)))).toEqual([])
    const files = { 'mainTemplate.json': faulty(), 'nested/b.json': faulty() }
    const mixed = `rules:\n  ${BLANK}: {severity: critical, level: warning, files: nested/*.json}`
    const { findings, status } = await validate(withPolicy(mixed, files))
    expect(findings.map(({ file, severity, level }) => `${file} ${severity} ${level}`)).toEqual([
      'mainTemplate.json low error',
      'mainTemplate.json low error',
      'nested/b.json critical warning',
      'nested/b.json critical warning',
    ])
    expect(status).toBe('failed')
  })

  it('that names a rule which is not there is told so', async () => {
    const { findings } = await validate(withPolicy('rules:\n  No-Such-Rule: off\n  Tooltips-Should-Be-Present: off'))
    expect(findings.at(-1)).toMatchObject({ id: 'Policy.Unknown.Rule', file: 'souk.validation.yaml', line: 2 })
    expect(findings).toHaveLength(3)
  })

  it('suppresses by file and by JSON path, to the end of a day', async () => {
    const one = `suppressions: [{rule: ${BLANK}, path: 'resources[*].tags', reason: filled later, until: '2026-02-13'}]`
    const report = await validate(withPolicy(one))
    expect(report.findings.map(({ path }) => path)).toEqual(['resources[1].sku'])
    const late = await validate(withPolicy(one), { now: NOW + 86_400_000 })
    expect(said(late)).toEqual([BLANK, BLANK, 'Suppression.Expired'])
    expect(late.findings.at(-1)).toMatchObject({ file: 'souk.validation.yaml', line: 1, level: 'warning' })
    const elsewhere = `suppressions: [{rule: '*', file: other.json, reason: x}]`
    expect(said(await validate(withPolicy(elsewhere)))).toEqual([BLANK, BLANK, 'Suppression.Unused'])
  })

  it('allows ids and addresses', async () => {
    const text = template({
      resources: [storage({ kind: 'https://login.microsoftonline.com/common', properties: { planId: 'literal' } })],
    })
    const files = { 'mainTemplate.json': text }
    const found = ['Hardcoded.Url.Reference', 'ResourceId.Should.Contain.Proper.Expression']
    expect(said(await validate(folderOf(files)))).toEqual(found)
    const allow = 'allow: {ids: [planId], uris: ["https://login.microsoftonline.com/common"]}'
    expect(said(await validate(withPolicy(allow, files)))).toEqual([])
    expect(said(await validate(withPolicy('allow: {uris: ["https://login.microsoftonline.com/x"]}', files)))).toEqual(
      found,
    )
  })

  it.each([
    ['rules: {X-Y: loud}', /souk\.validation\.yaml:1:\d+.*rules\.X-Y/],
    ['suppressions: [{reason: x}]', /suppressions\.0\.rule/],
    ['suppress: []', /Unrecognized key|suppress/],
    ['rules: [', /YAML/],
    [`suppressions: [{rule: x, file: '${'*a'.repeat(12)}', reason: x}]`, /stars/],
  ])('that says %s is refused with its place', async (policy, words) => {
    await expect(validate(withPolicy(policy))).rejects.toThrow(words)
  })
})

describe('a baseline', () => {
  it('leaves out what is known, also after lines moved, and tells what is new', async () => {
    const folder = folderOf({ 'mainTemplate.json': faulty() })
    const file = join(folder, 'known.txt')
    expect(await writeBaseline(file, [await validate(folder)])).toBe(2)
    const baseline = await readBaseline(file)
    const clean = await validate(folder, { baseline })
    expect([clean.findings, clean.score, clean.suppressed?.length]).toEqual([[], 100, 2])
    writeFileSync(join(folder, 'mainTemplate.json'), `\n\n\n${faulty({ plan: {} })}`)
    const later = await validate(folder, { baseline })
    expect(later.findings.map(({ path }) => path)).toEqual(['resources[0].plan'])
  })

  it('is refused when it is something else', async () => {
    const folder = folderOf({
      'a.json': '[1]',
      'b.json': '{',
      'c.json': '{"souk":"baseline","version":2,"findings":[]}',
    })
    for (const name of ['a.json', 'b.json', 'c.json', 'none.json'])
      await expect(readBaseline(join(folder, name))).rejects.toMatchObject({ code: 'file.problem' })
  })
})
