import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CostReport } from '../../src/model/cost.ts'
import type { EnvironmentDiff } from '../../src/model/environment-diff.ts'
import { answersText, readAnswers } from '../../src/model/run-answers.ts'
import { souk } from '../commands/stand-in.ts'
import { openPipeline } from '../support/run-pipeline.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const ID = 'azure-event-driven'
const diff = async (...line: string[]) =>
  (await souk(['diff', ID, '--json', ...line])).json() as unknown as EnvironmentDiff
const cost = async (...line: string[]) => (await souk(['cost', ...line, '--json'])).json() as unknown as CostReport
/** What the market was asked to start. */
const startOf = (world: { asked: { call: string; with: unknown }[] }): { input: Record<string, unknown> } => {
  const found = world.asked.find((one) => one.call === 'start')
  if (!found) throw new Error('nothing was started')
  return found.with as { input: Record<string, unknown> }
}
const rowOf = (made: EnvironmentDiff, part: string, title: string) =>
  made.rows.find((row) => row.part === part && row.title === title)?.cells

describe('souk diff', { timeout: 60_000 }, () => {
  test('tells of dev and prod what the tables say, and what is generated of it', async () => {
    const made = await diff('--env', 'dev,prod')
    expect(rowOf(made, 'setting', 'Soft Delete (days)')).toEqual(['7', '90'])
    expect(rowOf(made, 'feature', 'Cosmos DB')).toEqual(['yes', 'no'])
    expect(rowOf(made, 'tier asked for', 'Service Bus')).toEqual(['Basic', 'Standard'])
    expect(rowOf(made, 'tier made', 'Service Bus')).toEqual(['Standard', 'Premium'])
    expect(rowOf(made, 'feature', 'Service Bus')).toBeUndefined()
    expect(rowOf(made, 'environment', 'Region')).toBeUndefined()
    expect(made.types).toContainEqual({ type: 'Microsoft.Network/ddosProtectionPlans', counts: [0, 1] })
    expect(made.types.some((row) => row.type === 'Microsoft.Network/virtualNetworks')).toBe(false)
    const vault = made.changes.filter((row) => row.path === 'properties.softDeleteRetentionInDays')
    expect(vault.map((row) => row.cells)).toEqual([['7', '90']])
    expect(made.costs.monthly[1]).toBeGreaterThan(made.costs.monthly[0] ?? 0)
    expect(made.files.map((one) => one.path)).toContain('mainTemplate.json')
  })

  test('names resources as the template does: what is in both is not told to be different', async () => {
    const { resources } = await diff('--env', 'dev,qa,staging')
    const buses = resources.filter((row) => row.type.startsWith('Microsoft.ServiceBus/namespaces'))
    expect(buses).toEqual([])
    const endpoints = resources.filter((row) => row.type === 'Microsoft.Network/privateEndpoints')
    expect(endpoints.length).toBeGreaterThan(0)
    for (const row of endpoints) expect(row.isIn).toEqual([false, false, true])
  })

  test('of one environment tells what a choice changes, and only that', async () => {
    const made = await diff('--env', 'dev', '--feature', 'service-bus=on', '--param', 'services=users-api')
    expect(made.sides).toEqual(['dev', 'as chosen'])
    expect(made.rows).toEqual([
      expect.objectContaining({
        part: 'parameter',
        title: 'services',
        cells: [expect.stringContaining('orders-api'), '["users-api"]'],
      }),
    ])
    const apps = made.resources.filter((row) => row.type === 'Microsoft.App/containerApps')
    expect(apps).toHaveLength(3)
    for (const row of apps) expect(row.isIn).toEqual([true, false])
  })

  test('with one side, or with what is not there, ends with 2 and says what to do', async () => {
    expect(await souk(['diff', ID, '--env', 'dev'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('two environments'),
    })
    expect(await souk(['diff', ID])).toMatchObject({ exit: 2, err: expect.stringContaining('--env') })
    const strange = await souk(['diff', ID, '--env', 'dev,live'])
    expect(strange).toMatchObject({ exit: 2, err: expect.stringContaining('Choose from dev, qa, staging, prod') })
    const feature = await souk(['diff', ID, '--env', 'dev', '--feature', 'moon=on'])
    expect(feature).toMatchObject({ exit: 2, err: expect.stringContaining('no feature "moon"') })
  })

  test('is for people in tables', async () => {
    const { out } = await souk(['diff', ID, '--env', 'dev,prod'])
    expect(out).toMatch(/^setting +DDoS Protection +no +yes$/m)
    expect(out).toMatch(/^Fixed cost a month, USD: dev [\d.]+, prod [\d.]+\.$/m)
    const { out: same } = await souk(['diff', 'key-vault-starter', '--env', 'dev,dev'])
    expect(same).not.toContain('undefined')
  })
})

describe('souk cost', { timeout: 60_000 }, () => {
  /** Files of two environments as a run writes them. */
  async function generated(parameters = {}) {
    const home = tempFolder()
    const out = join(home, 'out')
    const input = { template: ID, envs: ['dev', 'prod'], out, parameters }
    const jobs = openPipeline(testSystem(), home)
    await jobs.runHere('run', 'Run', input)
    return out
  }

  test('is the same for a template, for its folder, and in the report of the run', async () => {
    const out = await generated()
    const [of, inFolder] = [await cost(ID, '--env', 'prod'), await cost(out, '--env', 'prod')]
    const [template, folder] = [of.environments[0], inFolder.environments[0]]
    const report = JSON.parse(readFileSync(join(out, 'prod', 'report.json'), 'utf8')) as {
      sections: { 'finops-analysis': object }
    }
    expect(template).toEqual(report.sections['finops-analysis'])
    expect(folder).toEqual(template)
    expect(template?.monthly).toBeGreaterThan(0)
    expect(template?.unknown).toEqual([])
    expect(template?.layers.reduce((sum, one) => sum + one.monthly, 0)).toBeCloseTo(template?.monthly ?? 0, 2)
  })

  test('without environments named has all, and one folder is its environment', async () => {
    expect((await cost(ID)).environments.map((one) => one.env)).toEqual(['dev', 'qa', 'staging', 'prod'])
    const out = await generated()
    expect((await cost(join(out, 'dev'))).environments.map((one) => one.env)).toEqual(['dev'])
    expect(await souk(['cost', out, '--env', 'qa'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('dev, prod'),
    })
  })

  test('of a folder that was moved away from its report is the same; where layers are not known it counts by provider', async () => {
    const out = await generated()
    const bare = join(tempFolder(), 'bare')
    mkdirSync(bare)
    for (const file of ['mainTemplate.json', 'parameters.json']) cpSync(join(out, 'dev', file), join(bare, file))
    const [made] = (await cost(bare)).environments
    expect(made?.layers).toEqual((await cost(ID, '--env', 'dev')).environments[0]?.layers)
    const bus = { type: 'Microsoft.ServiceBus/namespaces', name: 'bus', sku: { name: "[parameters('tier')]" } }
    writeFileSync(join(bare, 'mainTemplate.json'), JSON.stringify({ resources: [bus] }))
    writeFileSync(join(bare, 'parameters.json'), JSON.stringify({ parameters: { tier: { value: 'Standard' } } }))
    expect((await cost(bare)).environments[0]?.layers).toEqual([{ layer: 'ServiceBus', monthly: 10, resources: 1 }])
    rmSync(join(bare, 'mainTemplate.json'))
    expect(await souk(['cost', bare])).toMatchObject({ exit: 2 })
  })

  test('takes prices of your own from a file, and tells which and how old', async () => {
    const file = join(tempFolder(), 'ours.yaml')
    const { out: text } = await souk(['cost', 'prices'])
    writeFileSync(
      file,
      text.replace('date: 2026-11-30', 'date: 2020-01-01').replaceAll(/monthly: [\d.]+/g, 'monthly: 1'),
    )
    const made = await cost(ID, '--env', 'dev', '--prices', file)
    expect(made).toMatchObject({ prices: file, date: '2020-01-01' })
    expect(made.ageDays).toBeGreaterThan(365)
    const { out } = await souk(['cost', ID, '--env', 'dev', '--prices', file])
    expect(out).toMatch(/Prices are \d+ days old: look for newer ones/)
    writeFileSync(file, 'date: 2026-11-30\nprices: 3\n')
    expect(await souk(['cost', ID, '--prices', file])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('ours.yaml:1:1: region'),
    })
  })
})

describe('answers from a file', { timeout: 60_000 }, () => {
  test('say the same as flags, are the same in YAML and JSON, and flags go over them', async () => {
    const folder = tempFolder()
    const answers = {
      env: ['dev'],
      features: { cosmos_db: false },
      parameters: { namePrefix: 'shop', services: ['a-api'] },
      seed: 's1',
    }
    writeFileSync(join(folder, 'a.json'), JSON.stringify(answers))
    writeFileSync(join(folder, 'a.yaml'), answersText(ID, answers))
    const started = async (...line: string[]) => {
      const { world } = await souk(['generate', ID, ...line, '--detach'])
      return startOf(world).input
    }
    const byFlags = await started(
      '--env',
      'dev',
      '--feature',
      'cosmos_db=off',
      '--param',
      'namePrefix=shop',
      '--param',
      'services=a-api',
      '--seed',
      's1',
    )
    const byYaml = await started('--answers', join(folder, 'a.yaml'))
    expect(await started('--answers', join(folder, 'a.json'))).toEqual(byYaml)
    // Of a flag a list is text until it is read by the type of the parameter.
    expect(byYaml).toEqual({ ...byFlags, parameters: { namePrefix: 'shop', services: ['a-api'] } })
    const over = await started('--answers', join(folder, 'a.yaml'), '--env', 'prod', '--param', 'namePrefix=mine')
    expect(over).toMatchObject({ envs: ['prod'], seed: 's1', parameters: { namePrefix: 'mine', services: ['a-api'] } })
  })

  test('give the bytes that flags give', async () => {
    const home = tempFolder()
    const jobs = openPipeline(testSystem(), home)
    const file = join(home, 'answers.yaml')
    writeFileSync(file, 'env: qa\nfeatures: { redis_cache: true }\nparameters: { owner: harbour }\nseed: x\n')
    const start = async (out: string, ...line: string[]) => {
      const { world } = await souk(['run', ID, '--out', join(home, out), ...line, '--detach'])
      const { input } = startOf(world)
      await jobs.runHere('run', 'Run', input)
      return readFileSync(join(home, out, `${ID}-qa-1.0.0.zip`))
    }
    const flags = ['--env', 'qa', '--feature', 'redisCache=on', '--param', 'owner=harbour', '--seed', 'x']
    expect(await start('a', '--answers', file)).toEqual(await start('b', ...flags))
  })

  test('are written as they were given, and never over another file unasked', async () => {
    const folder = tempFolder()
    const file = join(folder, 'answers.yaml')
    const line = [
      'generate',
      ID,
      '--env',
      'dev,qa',
      '--param',
      'owner=me',
      '--feature',
      'cdn=on',
      '--detach',
      '--write-answers',
      file,
    ]
    expect((await souk(line)).exit).toBe(0)
    expect(readAnswers(file, readFileSync(file, 'utf8'))).toEqual({
      env: ['dev', 'qa'],
      out: 'out',
      features: { cdn: true },
      parameters: { owner: 'me' },
    })
    expect(await souk(line)).toMatchObject({ exit: 2, err: expect.stringContaining('it is there already') })
    expect((await souk([...line, '--force'])).exit).toBe(0)
  })

  test.each([
    ['envs: dev\n', /a\.yaml:1:7: envs: is no answer\.\s+Known: env, out, format, features, tiers, seed, parameters/],
    ['env: dev\nfeatures:\n  cdn: maybe\n', /a\.yaml:3:8: features\.cdn: /],
    ['env: [\n', /a\.yaml:\d+:\d+: is not valid YAML/],
    ['- dev\n', /a\.yaml:1:1: /],
  ])('with a fault end with 2 and start nothing: %j', async (text, why) => {
    const file = join(tempFolder(), 'a.yaml')
    writeFileSync(file, text)
    const { exit, err, world } = await souk(['run', ID, '--answers', file])
    expect(exit).toBe(2)
    expect(err).toMatch(why)
    expect(world.asked).toEqual([])
  })
})
