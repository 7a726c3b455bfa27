import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultSettings } from '../../src/config/defaults.ts'
import { registryUnknown } from '../../src/model/errors.ts'
import type { Draft } from '../../src/model/draft.ts'
import { arrange } from '../../src/pipeline/arrange.ts'
import { readCondition } from '../../src/pipeline/condition.ts'
import { readManifest } from '../../src/pipeline/generators/template-folder.ts'
import type { Middleware } from '../../src/pipeline/pipeline.ts'
import { PLACES } from '../../src/pipeline/places.ts'
import type { RunTools } from '../../src/pipeline/run-state.ts'
import { showPipeline } from '../../src/pipeline/show-pipeline.ts'
import { readTemplateFile } from '../support/read-template.ts'
import { TEMPLATES, openPipeline } from '../support/run-pipeline.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const FREE = PLACES.filter((one) => !one.isFixed).map((one) => one.id)
const IDS = readdirSync(TEMPLATES).toSorted()

function bench(replace: Partial<RunTools> = {}) {
  const home = tempFolder()
  const jobs = openPipeline(testSystem(), home, replace)
  const run = async (out: string, more: Record<string, unknown> = {}) => {
    const input = { template: 'ai-governance-hub', envs: ['dev'], out: join(home, out), ...more }
    return jobs.runHere('run', 'Run', input)
  }
  const json = (path: string) => JSON.parse(readFileSync(join(home, path), 'utf8')) as unknown
  return { home, run, json }
}
const digest = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')
type Traced = { middleware: string; state: string; reason?: string; env: string }
const traceOf = (job: { result?: Record<string, unknown> }) => job.result?.['trace'] as Traced[]

function draftOf(id: string, env: string): Draft {
  const manifest = readManifest(join(TEMPLATES, id))
  return { manifest, env, parameters: {}, files: [], notes: [], changes: [], sections: [] }
}

describe('conditions', () => {
  const holds = (text: string, id = 'data-mesh-domain', env = 'dev'): boolean | string => {
    const read = readCondition(text)
    return 'why' in read ? read.why : read.isTrue(draftOf(id, env))
  }
  test.each([
    ['always', true],
    ['category == data-mesh', true],
    ['category == ai-governance', false],
    ['category != ai-governance', true],
    ["id == 'data-mesh-domain' and env in dev, qa", true],
    ['env in [prod] or tag == databricks', true],
    ['kind == plugin', false],
    ['env == prod or env == dev and kind == template', true],
  ])('%s is %s for a data mesh in dev', (text, expected) => {
    expect(holds(text)).toBe(expected)
  })
  test.each(['colour == red', 'category', 'category = x', '', '__proto__ == x', 'env == dev and'])(
    'refuses "%s" with the fields there are',
    (text) => {
      expect(holds(text)).toMatch(/is none of: id, kind, category/)
    },
  )
})

describe('the built-in middleware', () => {
  test('governance adds policies, audit logging and tags, and tells what it added', async () => {
    const { home, run } = bench({ adjustments: { 'ai-governance-enrichment': { when: 'always' } } })
    const job = await run('out', { template: 'azure-event-driven', envs: ['prod'], diff: true })
    const template = readTemplateFile(join(home, 'out/prod/mainTemplate.json'))
    const policies = template.all.filter((one) => one.type.endsWith('/policyAssignments'))
    expect(policies.map(({ within }) => within)).toEqual([['governance'], ['governance']])
    const steps = template.all.filter((one) => one.within.length === 0 && one.symbol !== 'governance')
    const last = template.all.find((one) => one.symbol === 'governance')
    expect(last?.dependsOn).toEqual(steps.map(({ symbol }) => symbol))
    expect(template.variables).toMatchObject({ tags: { governance: 'ai', auditLog: 'on', environment: 'prod' } })
    const [environment] = (job.result ?? {})['environments'] as {
      status: string
      diff: string[]
      changes: { by: string; text: string }[]
    }[]
    expect(environment?.status).toBe('passed')
    expect(environment?.diff).toContain('changed mainTemplate.json')
    expect(environment?.changes.some(({ text }) => text.includes('policyAssignments'))).toBe(true)
    expect(new Set(environment?.changes.map((one) => one.by))).toEqual(new Set(['ai-governance-enrichment']))
    expect(readFileSync(join(home, 'out/prod/ARCHITECTURE.md'), 'utf8')).toContain('### governance')
  })

  test('audit controls hold where the layers of a template write logs, and fail where none does', async () => {
    const failing = async (template: string) => {
      const { run, json } = bench()
      await run('out', { template, envs: ['prod'] })
      const { sections } = json('out/prod/report.json') as {
        sections: { compliance: { controls: { control: string; title: string; state: string }[] } }
      }
      return sections.compliance.controls.filter((one) => one.state === 'fail').map((one) => one.control)
    }
    expect(await failing('azure-event-driven')).toEqual([])
    expect(await failing('key-vault-starter')).toEqual(['CC6.6', 'A.8.20', 'Art. 32(1)(b)'])
  })

  test('costs and carbon are told with their basis; what the table lacks is listed, not guessed', async () => {
    const { home, run, json } = bench()
    await run('out', { template: 'azure-event-driven', envs: ['dev', 'prod'] })
    const cost = (env: string) => {
      const { sections } = json(`out/${env}/report.json`) as {
        sections: {
          'finops-analysis': { monthly: number; kgCo2: number; basis: string; lines: { monthly: number }[] }
        }
      }
      return sections['finops-analysis']
    }
    const { monthly, lines, basis } = cost('prod')
    expect(monthly).toBeCloseTo(
      lines.reduce((sum, one) => sum + one.monthly, 0),
      2,
    )
    expect(monthly).toBeGreaterThan(cost('dev').monthly)
    expect(basis).toContain('no quote')
    expect(cost('prod').kgCo2).toBeGreaterThan(cost('dev').kgCo2)
    expect(readFileSync(join(home, 'out/prod/report.md'), 'utf8')).toContain('## Cost and carbon')
  })

  test.each(IDS)('any subset of them leaves a valid %s', async (template) => {
    const { run } = bench({ adjustments: { 'ai-governance-enrichment': { when: 'always' } } })
    for (let mask = 0; mask < 2 ** FREE.length; mask += 3) {
      const without = FREE.filter((_, bit) => (mask >> bit) & 1)
      const job = await run(`out-${mask}`, { template, without })
      const [environment] = (job.result ?? {})['environments'] as { status: string }[]
      expect([without, environment?.status]).toEqual([without, 'passed'])
      expect(traceOf(job).some((one) => without.includes(one.middleware))).toBe(false)
    }
  })
})

describe('order, conditions and single stages', () => {
  test('the settings swap two middleware, in the list and in the run', async () => {
    const adjustments = { 'finops-analysis': { priority: 50 } }
    const order = (rows: { stage: string; middleware: string }[]) =>
      rows.filter((one) => one.stage === 'enrich').map((one) => one.middleware)
    const usual = ['ai-governance-enrichment', 'finops-analysis', 'architecture']
    const swapped = ['finops-analysis', 'ai-governance-enrichment', 'architecture']
    expect(order(showPipeline({}, {}))).toEqual(usual)
    const rows = showPipeline(adjustments, { 'pipeline.finops-analysis.priority': 'file' })
    expect(order(rows)).toEqual(swapped)
    expect(rows.find((one) => one.middleware === 'finops-analysis')?.origin).toBe('file')
    const stage = (job: Awaited<ReturnType<ReturnType<typeof bench>['run']>>) =>
      order(traceOf(job) as unknown as { stage: string; middleware: string }[])
    expect(stage(await bench().run('out'))).toEqual(usual)
    expect(stage(await bench({ adjustments }).run('out'))).toEqual(swapped)
  })

  test('the defaults of the settings are the places of the middleware', () => {
    const { pipeline } = defaultSettings()
    expect(showPipeline(pipeline, {})).toEqual(showPipeline({}, {}))
    expect(Object.keys(pipeline).toSorted()).toEqual(FREE.toSorted())
  })

  test('what is skipped is told with its reason, what is off is listed so', async () => {
    const job = await bench().run('out', { template: 'key-vault-starter' })
    expect(traceOf(job)).toContainEqual(
      expect.objectContaining({
        middleware: 'ai-governance-enrichment',
        state: 'skipped',
        reason: 'its condition "category == ai-governance" does not hold',
      }),
    )
    expect(showPipeline({ compliance: { enabled: false } }, {})).toContainEqual(
      expect.objectContaining({ middleware: 'compliance', state: 'off' }),
    )
  })

  test('a stage that cannot be left out, an unknown one and a condition that cannot be read are refused', async () => {
    const { run } = bench()
    await expect(run('out', { without: ['zip'] })).rejects.toThrow('"zip" is the work of its stage')
    await expect(run('out', { without: ['finop'] })).rejects.toThrow('There is no middleware "finop"')
    await expect(run('out', { only: 'validate' })).rejects.toThrow('There is nothing in')
    expect(() => arrange(PLACES as unknown as Middleware[], { compliance: { when: 'moon == full' } })).toThrow(
      'pipeline.compliance.when: cannot be read: "moon == full" is none of',
    )
  })

  test('one stage after another gives the bytes of a whole run, and edits in between count', async () => {
    const { home, run } = bench()
    await run('whole', { envs: ['dev', 'prod'] })
    const stages = ['generate', 'enrich', 'validate', 'package']
    for (const only of stages) await run('parts', { envs: ['dev', 'prod'], only })
    for (const env of ['dev', 'prod']) {
      const zip = `ai-governance-hub-${env}-1.0.0.zip`
      expect(digest(join(home, 'parts', zip))).toBe(digest(join(home, 'whole', zip)))
    }
    const file = join(home, 'parts/dev/mainTemplate.json')
    const template = readFileSync(file, 'utf8')
    await run('parts', { only: 'enrich' })
    await run('parts', { only: 'validate' })
    expect(readFileSync(file, 'utf8')).toBe(template)
    expect(readFileSync(join(home, 'parts/dev/report.md'), 'utf8').match(/^## /gm)).toHaveLength(3)
    writeFileSync(file, readFileSync(file, 'utf8').replace('"auditLog": "on"', '"auditLog": "always"'))
    await run('parts', { only: 'validate' })
    await run('parts', { only: 'package', force: true })
    expect(digest(join(home, 'parts/ai-governance-hub-dev-1.0.0.zip'))).not.toBe(
      digest(join(home, 'whole/ai-governance-hub-dev-1.0.0.zip')),
    )
    writeFileSync(file, '{ not json')
    await expect(run('parts', { only: 'validate' })).rejects.toThrow('is no JSON any more')
  })

  test('one that fails is told by its name; one that does not call next ends the stage with its reason', async () => {
    const broken: Middleware = {
      id: 'moody',
      stage: 'enrich',
      priority: 150,
      process: async () => {
        throw new TypeError('the moon is in the way')
      },
    }
    await expect(bench({ middleware: [broken] }).run('out')).rejects.toThrow(
      'Middleware "moody" (enrich) failed: the moon is in the way',
    )
    const last: Middleware = { ...broken, process: async () => 'that is enough' }
    const job = await bench({ middleware: [last] }).run('out')
    expect(traceOf(job)).toContainEqual(
      expect.objectContaining({ middleware: 'moody', state: 'ended', reason: 'that is enough' }),
    )
    expect(traceOf(job).some((one) => one.middleware === 'finops-analysis')).toBe(false)
  })

  test('with a registry named, the template is published once, after everything passed', async () => {
    const sent: unknown[] = []
    const publish: RunTools['publish'] = async (what) => {
      sent.push(what)
      return { registry: what.registry, url: 'https://market.example/x' }
    }
    const { run } = bench({ publish })
    const job = await run('out', { envs: ['dev', 'prod'], publish: 'team' })
    expect(job.steps.map((step) => step.id)).toEqual(['generate', 'enrich', 'validate', 'package', 'publish'])
    expect(sent).toEqual([{ path: join(TEMPLATES, 'ai-governance-hub'), registry: 'team', job: job.id }])
    expect(job.result?.['published']).toEqual({ registry: 'team', url: 'https://market.example/x' })
    const checkRegistry = (name: string): void => {
      throw registryUnknown(name, ['team'])
    }
    const refused = bench({ publish, checkRegistry })
    await expect(refused.run('out', { publish: 'teem' })).rejects.toThrow('There is no registry "teem".')
    expect(existsSync(join(refused.home, 'out'))).toBe(false)
    await expect(bench().run('out', { publish: 'team' })).rejects.toThrow('Nothing can be published from here.')
  })
})
