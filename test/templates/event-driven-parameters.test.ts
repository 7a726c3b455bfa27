import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTemplateFile, type Placed } from '../support/read-template.ts'
import { openPipeline } from '../support/run-pipeline.ts'
import { references } from '../support/template-references.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

interface Asked {
  parameters?: Record<string, unknown>
  features?: Record<string, boolean>
  [member: string]: unknown
}
interface Told {
  findings: { rule: string; level: string; message: string }[]
  notes: string[]
  status: string
  sections: Record<string, unknown>
}

/** Environments, run with what is asked: their resources and reports. */
async function runAll(envs: string[], asked: Asked) {
  const home = tempFolder()
  const out = join(home, 'out')
  await openPipeline(testSystem(), home).runHere('run', 'Run', { template: 'azure-event-driven', envs, out, ...asked })
  return envs.map((env) => {
    const { all } = readTemplateFile(join(out, env, 'mainTemplate.json'))
    const report = JSON.parse(readFileSync(join(out, env, 'report.json'), 'utf8')) as Told
    const of = (type: string): Placed[] => all.filter((one) => one.type === type)
    return { all, of, report, read: (file: string) => readFileSync(join(out, env, file), 'utf8') }
  })
}

async function run({ env = 'dev', ...asked }: Asked & { env?: string }) {
  const [made] = await runAll([env], asked)
  if (!made) throw new Error('nothing was made')
  return made
}
const errors = ({ findings }: Told) =>
  findings.filter(({ level }) => level !== 'note').map(({ rule, message }) => `${rule}: ${message}`)

describe('parameters of the event-driven platform', () => {
  test('regions of the frontend: a site and an origin each; a name of old is mapped and told', async () => {
    const { of, report } = await run({ env: 'prod', parameters: { frontendRegions: '["West US", "westeurope"]' } })
    expect(of('Microsoft.Web/staticSites').map(({ name }) => name)).toEqual([
      'swa-evt-prod-westus2',
      'swa-evt-prod-westeurope',
    ])
    expect(of('Microsoft.Cdn/profiles/originGroups/origins')).toHaveLength(2)
    expect(report.notes).toContain('frontendRegions: "West US" is delivered as westus2.')
    expect(errors(report)).toEqual([])
  })

  test.each([
    ['prod', 'Microsoft.Cdn/profiles/customDomains'],
    ['dev', 'Microsoft.Web/staticSites/customDomains'],
  ])('a domain of its own: zone, proof and address in %s', async (env, type) => {
    const { of, report } = await run({ env, parameters: { customDomain: 'shop.example.com' } })
    expect(of('Microsoft.Network/dnsZones').map(({ name }) => name)).toEqual(['shop.example.com'])
    expect(of('Microsoft.Network/dnsZones/A')).toHaveLength(1)
    expect(of(type)).toHaveLength(1)
    expect(errors(report)).toEqual([])
    expect((await run({ env })).of('Microsoft.Network/dnsZones')).toEqual([])
  })

  test('addresses that may call, and tokens besides passwords', async () => {
    const { of, report } = await run({
      parameters: { allowedIps: '203.0.113.7,198.51.100.1-198.51.100.9', enableOAuth: 'true' },
    })
    const [policy] = of('Microsoft.ApiManagement/service/policies').map(
      ({ properties }) => properties['value'] as string,
    )
    expect(policy).toContain('<address>203.0.113.7</address>')
    expect(policy).toContain('<address-range from="198.51.100.1" to="198.51.100.9" />')
    expect(policy).toMatch(
      /<validate-jwt[\s\S]*<openid-config url="\{\{oauth-configuration\}\}"[\s\S]*<otherwise>\s*<check-header/,
    )
    expect(of('Microsoft.ApiManagement/service/namedValues').map(({ symbol }) => symbol)).toEqual([
      'basicCredentials',
      'oauthConfiguration',
    ])
    expect(errors(report)).toEqual([])
  })

  test('services, Dapr, the common dead-letter queue and the bastion', async () => {
    const parameters = {
      services: 'cart-api,stock-api',
      enableDapr: true,
      enableDlqQueue: true,
      enableManagement: true,
    }
    const { of, report } = await run({ parameters })
    expect(of('Microsoft.App/containerApps').map(({ name }) => name)).toEqual(['cart-api', 'stock-api'])
    expect(of('Microsoft.ApiManagement/service/apis').map(({ properties }) => properties['path'])).toEqual([
      'cart-api',
      'stock-api',
    ])
    for (const app of of('Microsoft.App/containerApps')) expect(JSON.stringify(app)).toContain('"dapr":{"enabled":true')
    const queues = of('Microsoft.ServiceBus/namespaces/queues')
    expect(queues.map(({ name }) => name.split('/')[1])).toEqual([
      'dlq-queue',
      'orders-queue',
      'etl-queue',
      'thirdparty-queue',
    ])
    expect(queues.slice(1).map(({ properties }) => properties['forwardDeadLetteredMessagesTo'])).toEqual([
      'dlq-queue',
      'dlq-queue',
      'dlq-queue',
    ])
    expect(of('Microsoft.Network/bastionHosts')).toHaveLength(1)
    expect(JSON.stringify(of('Microsoft.Network/virtualNetworks'))).toContain(
      '"AzureBastionSubnet","properties":{"addressPrefix":"10.0.6.0/26"}',
    )
    expect(errors(report)).toEqual([])
  })

  test('the database: another tier, a lower one than the table has, addresses let in, people who administer it', async () => {
    const sku = (made: Awaited<ReturnType<typeof run>>) => made.of('Microsoft.Sql/servers/databases')[0]?.['sku']
    expect(sku(await run({ parameters: { sqlSku: 'S1', sqlAllowedIps: ['203.0.113.7'] } }))).toEqual({
      name: 'S1',
      tier: 'Standard',
    })
    const lower = await run({ env: 'prod', parameters: { sqlSku: 'S0', sqlAllowedIps: ['203.0.113.7'] } })
    expect(errors(lower.report)).toEqual([
      'Tiers-Should-Not-Be-Below-The-Table: SQL Database: S0 was asked for, and the table says S2.',
    ])
    expect(lower.of('Microsoft.Sql/servers/firewallRules')).toEqual([])
    const dev = await run({
      parameters: {
        sqlAllowedIps: ['203.0.113.7'],
        sqlAdminId: '11111111-2222-3333-4444-555555555555',
        sqlAdminName: 'data-people',
      },
    })
    expect(dev.of('Microsoft.Sql/servers/firewallRules').map(({ properties }) => properties)).toEqual([
      { startIpAddress: '203.0.113.7', endIpAddress: '203.0.113.7' },
    ])
    expect(dev.of('Microsoft.Sql/servers')[0]?.properties['administrators']).toMatchObject({
      login: 'data-people',
      azureADOnlyAuthentication: true,
    })
    expect(errors(dev.report)).toEqual([])
  })

  test('another region and another range', async () => {
    const { of, read, report } = await run({
      env: 'qa',
      parameters: { location: 'swedencentral', vnetCidr: '172.20.0.0/16' },
    })
    expect(JSON.parse(read('parameters.json'))).toMatchObject({ parameters: { location: { value: 'swedencentral' } } })
    expect(JSON.stringify(of('Microsoft.Network/virtualNetworks'))).toContain('172.20.4.0/24')
    expect(JSON.stringify(of('Microsoft.Network/networkSecurityGroups'))).not.toContain('10.3.')
    expect(errors(report)).toEqual([])
  })
})

/** Ids that a template says and makes nothing for. */
const dangling = (all: readonly Placed[]): string[] => references(all).flatMap(({ id, to }) => (to ? [] : [id]))

describe('features and tiers of one run', () => {
  test('cosmos_db=on in qa changes just that, and the report says so', async () => {
    const [before, after] = [await run({ env: 'qa' }), await run({ env: 'qa', features: { cosmos_db: true } })]
    const names = (made: Awaited<ReturnType<typeof run>>) => made.all.map(({ type, name }) => `${type} ${name}`)
    const more = names(after)
      .filter((name) => !names(before).includes(name))
      .map((name) => name.split(' ')[0])
    expect(more).toEqual([
      'Microsoft.DocumentDB/databaseAccounts',
      'Microsoft.DocumentDB/databaseAccounts/sqlDatabases',
      'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments',
    ])
    expect(names(before).filter((name) => !names(after).includes(name))).toEqual([])
    expect(after.report.sections['overrides']).toEqual([{ feature: 'cosmos_db', table: false, used: true }])
    expect(errors(after.report)).toEqual([])
  })

  const FEATURES = [
    'container_apps',
    'functions',
    'service_bus',
    'sql_database',
    'api_management',
    'cdn',
    'data_factory',
    'redis_cache',
    'cosmos_db',
  ]
  const without = FEATURES.map((name): [string, Record<string, boolean>] => [`all but ${name}`, { [name]: false }])
  const alone = FEATURES.map((name): [string, Record<string, boolean>] => [
    `${name} alone`,
    Object.fromEntries(FEATURES.map((one) => [one, one === name])),
  ])
  test.each([...without, ...alone])('%s is valid and refers to nothing that is not there', async (_what, features) => {
    for (const { report, all } of await runAll(['dev', 'prod'], { features })) {
      expect(errors(report)).toEqual([])
      expect(dangling(all)).toEqual([])
      for (const { symbol, within, dependsOn = [] } of all) {
        const beside = all.filter((one) => one.within.join() === within.join()).map((one) => one.symbol)
        expect([symbol, dependsOn.filter((one) => !beside.includes(one))]).toEqual([symbol, []])
      }
    }
  })

  test('tiers as requested fail where they cannot do what is used', async () => {
    await expect(run({ env: 'prod', tiers: 'requested' })).rejects.toMatchObject({ exit: 1, code: 'item.failedRules' })
  })
})

describe('what is refused before anything is written', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['an environment', { envs: ['live'] }, /no environment "live".*dev, qa, staging, prod/],
    ['a region', { parameters: { location: 'moonbase' } }, /"location" must be one of westus2/],
    [
      'a region of the frontend',
      { parameters: { frontendRegions: ['norwayeast'] } },
      /must be one of westus2, centralus, eastus2, westeurope, eastasia/,
    ],
    [
      'a feature',
      { features: { blockchain: true } },
      /no feature "blockchain".*container_apps, functions, service_bus, sql_database, api_management, cdn, data_factory, redis_cache, cosmos_db/,
    ],
    ['a tier', { parameters: { sqlSku: 'Huge' } }, /"sqlSku" must be one of Basic, S0/],
    [
      'a range that another environment has',
      { parameters: { vnetCidr: '10.3.0.0/16' } },
      /dev \(10.3.0.0\/16\) and qa \(10.3.0.0\/16\) share addresses/,
    ],
    [
      'a range that is too small',
      { parameters: { vnetCidr: '10.9.0.0/24' } },
      /256 addresses, and the subnets need 2048/,
    ],
    [
      'one range for two',
      { envs: ['dev', 'qa'], parameters: { vnetCidr: '10.9.0.0/16' } },
      /one environment at a time/,
    ],
    ['every address let into the database', { parameters: { sqlAllowedIps: ['0.0.0.0'] } }, /sqlAllowedIps/],
    ['a parameter', { parameters: { colour: 'red' } }, /no parameter "colour"/],
  ])('%s that is not known', async (_what, asked, message) => {
    const home = tempFolder()
    const out = join(home, 'out')
    const error: unknown = await openPipeline(testSystem(), home)
      .runHere('run', 'Run', { template: 'azure-event-driven', envs: ['dev'], out, ...asked })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ exit: 2 })
    const { message: said, hint } = error as { message: string; hint: string }
    expect(`${said} ${hint}`).toMatch(message)
    expect(existsSync(out)).toBe(false)
  })
})
