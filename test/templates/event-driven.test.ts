import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { TEMPLATES, openPipeline } from '../support/run-pipeline.ts'
import { testSystem } from '../support/test-system.ts'

type Json = Record<string, unknown>
interface Resource {
  type: string
  name: string
  sku?: { name: string; tier?: string }
  properties: Json
}
const ENVS = ['dev', 'qa', 'staging', 'prod'] as const
const home = mkdtempSync(join(tmpdir(), 'souk-test-'))
const made: Record<string, { resources: Resource[]; parameters: Json; notes: string }> = {}

beforeAll(async () => {
  const jobs = openPipeline(testSystem(), home)
  const out = join(home, 'out')
  await jobs.runHere('generate', 'Generate', { template: 'azure-event-driven', envs: [...ENVS], out })
  for (const env of ENVS) {
    const read = (file: string): string => readFileSync(join(out, env, file), 'utf8')
    const { resources } = JSON.parse(read('mainTemplate.json')) as { resources: Resource[] }
    const { parameters } = JSON.parse(read('parameters.json')) as { parameters: Json }
    made[env] = { resources, parameters, notes: read('ARCHITECTURE.md') }
  }
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const of = (env: string, type: string): Resource[] => (made[env]?.resources ?? []).filter((one) => one.type === type)
const one = (env: string, type: string): Resource => {
  const all = of(env, type)
  expect(all, `${type} in ${env}`).toHaveLength(1)
  return all[0] as Resource
}
const row = (look: (env: string) => unknown): unknown[] => ENVS.map(look)

describe('the tables of the architecture, read from what is generated', () => {
  test('address ranges and regions', () => {
    const ranges = row((env) => (one(env, 'Microsoft.Network/virtualNetworks').properties['addressSpace'] as Json)['addressPrefixes'])
    expect(ranges).toEqual([['10.0.0.0/16'], ['10.3.0.0/16'], ['10.1.0.0/16'], ['10.2.0.0/16']])
    expect(row((env) => made[env]?.parameters['location'])).toEqual(ENVS.map(() => ({ value: 'westus2' })))
  })

  test('six subnets, in the order of the table', () => {
    for (const [env, net] of [['dev', '10.0'], ['qa', '10.3'], ['staging', '10.1'], ['prod', '10.2']] as const) {
      const subnets = one(env, 'Microsoft.Network/virtualNetworks').properties['subnets'] as { name: string; properties: Json }[]
      expect(subnets.map((subnet) => [subnet.name, subnet.properties['addressPrefix']])).toEqual([
        ['gateway', `${net}.0.0/24`],
        ['app', `${net}.1.0/24`],
        ['functions', `${net}.2.0/24`],
        ['integration', `${net}.3.0/24`],
        ['data', `${net}.4.0/24`],
        ['management', `${net}.5.0/24`],
      ])
      expect(subnets.filter((subnet) => 'natGateway' in subnet.properties).map((subnet) => subnet.name)).toEqual(['functions'])
      expect(JSON.stringify(subnets[1])).toContain('Microsoft.App/environments')
      expect(of(env, 'Microsoft.Network/networkSecurityGroups')).toHaveLength(6)
    }
  })

  test('settings', () => {
    const vault = (env: string) => one(env, 'Microsoft.KeyVault/vaults').properties
    const log = (env: string) => one(env, 'Microsoft.OperationalInsights/workspaces').properties
    expect(row((env) => vault(env)['softDeleteRetentionInDays'])).toEqual([7, 14, 30, 90])
    expect(row((env) => vault(env)['enablePurgeProtection'])).toEqual([undefined, undefined, undefined, true])
    expect(row((env) => log(env)['retentionInDays'])).toEqual([30, 30, 60, 365])
    expect(row((env) => (log(env)['workspaceCapping'] as Json)['dailyQuotaGb'])).toEqual([1, 2, 5, -1])
    expect(row((env) => of(env, 'Microsoft.Network/ddosProtectionPlans').length)).toEqual([0, 0, 0, 1])
    expect(row((env) => of(env, 'Microsoft.Network/privateEndpoints').length)).toEqual([0, 0, 4, 4])
  })

  test('settings and feature flags, as data', () => {
    const { environments } = loadTemplate(join(TEMPLATES, 'azure-event-driven')).environments
    const cells = (part: 'settings' | 'features' | 'tiers', name: string) => row((env) => environments[env]?.[part][name])
    expect(cells('settings', 'ddosProtection')).toEqual([false, false, false, true])
    expect(cells('settings', 'firewall')).toEqual([false, false, false, true])
    expect(cells('settings', 'privateEndpoints')).toEqual([false, false, true, true])
    expect(cells('settings', 'purgeProtection')).toEqual([false, false, false, true])
    for (const name of ['containerApps', 'functions', 'serviceBus', 'sqlDatabase']) {
      expect(cells('features', name)).toEqual([true, true, true, true])
    }
    expect(cells('features', 'apiManagement')).toEqual([true, false, true, true])
    expect(cells('features', 'cdn')).toEqual([false, false, true, true])
    expect(cells('features', 'dataFactory')).toEqual([true, false, false, false])
    expect(cells('features', 'redisCache')).toEqual([true, false, false, true])
    expect(cells('features', 'cosmosDb')).toEqual([true, false, false, false])
    expect(cells('tiers', 'apiManagement')).toEqual(['Developer', 'Developer', 'Developer', 'Standard'])
    expect(cells('tiers', 'functions')).toEqual(['Consumption', 'Consumption', 'Consumption', 'Premium'])
    expect(cells('tiers', 'sqlDatabase')).toEqual(['Basic', 'Basic', 'Basic', 'S2'])
    expect(cells('tiers', 'serviceBus')).toEqual(['Basic', 'Basic', 'Basic', 'Standard'])
    expect(cells('tiers', 'containerApps')).toEqual(ENVS.map(() => 'Consumption'))
  })

  test('effective tiers, with a note for each raise', () => {
    expect(row((env) => one(env, 'Microsoft.ServiceBus/namespaces').sku?.name)).toEqual(['Standard', 'Standard', 'Premium', 'Premium'])
    expect(row((env) => of(env, 'Microsoft.Web/serverfarms')[0]?.sku?.name)).toEqual(['FC1', 'FC1', 'FC1', 'EP1'])
    expect(row((env) => one(env, 'Microsoft.Sql/servers/databases').sku?.name)).toEqual(['Basic', 'Basic', 'Basic', 'S2'])
    expect(row((env) => made[env]?.notes.match(/was asked for/g)?.length)).toEqual([2, 2, 2, 2])
  })

  test('queues, topics, functions and services', () => {
    const last = (env: string, type: string) => of(env, type).map((each) => each.name.replace(/^.*\/([\w-]+)'\)\]$/, '$1'))
    for (const env of ENVS) {
      expect(last(env, 'Microsoft.ServiceBus/namespaces/queues')).toEqual(['orders-queue', 'etl-queue', 'thirdparty-queue'])
      expect(last(env, 'Microsoft.ServiceBus/namespaces/topics')).toEqual(['events-topic', 'notifications-topic'])
      expect(of(env, 'Microsoft.ServiceBus/namespaces/topics/subscriptions')).toHaveLength(2)
      const functions = of(env, 'Microsoft.Web/sites').map((each) => /func-([\w-]+?)-'/.exec(each.name)?.[1])
      expect(functions).toEqual(['queue-worker', 'topic-worker', 'etl-processor', 'thirdparty-sync'])
      const apps = of(env, 'Microsoft.App/containerApps')
      expect(apps.map((app) => app.name)).toEqual(['users-api', 'orders-api', 'products-api', 'payments-api'])
      for (const app of apps) expect(JSON.stringify(app)).toContain('"external":false')
    }
  })

  test('nothing is public where private endpoints are on, and no app holds a key', () => {
    const guarded = ['Microsoft.KeyVault/vaults', 'Microsoft.ServiceBus/namespaces', 'Microsoft.Sql/servers', 'Microsoft.Storage/storageAccounts']
    for (const type of guarded) {
      expect(row((env) => one(env, type).properties['publicNetworkAccess'])).toEqual(['Enabled', 'Enabled', 'Disabled', 'Disabled'])
    }
    for (const env of ENVS) expect(JSON.stringify(made[env]?.resources)).not.toMatch(/listKeys|AccountKey|SharedAccessKey/i)
  })
})
