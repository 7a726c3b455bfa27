import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAnswers } from '../../src/pipeline/generators/answers.ts'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { readTemplateFile, type Placed, type WrittenTemplate } from '../support/read-template.ts'
import { TEMPLATES, openPipeline } from '../support/run-pipeline.ts'
import { early, references } from '../support/template-references.ts'
import { testSystem } from '../support/test-system.ts'

type Json = Record<string, unknown>
const ENVS = ['dev', 'qa', 'staging', 'prod'] as const
const made: Record<string, WrittenTemplate & { read(file: string): string }> = {}

const home = mkdtempSync(join(tmpdir(), 'souk-test-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
beforeAll(async () => {
  const out = join(home, 'out')
  await openPipeline(testSystem(), home).runHere('run', 'Run', { template: 'azure-event-driven', envs: [...ENVS], out })
  for (const env of ENVS) {
    const read = (file: string): string => readFileSync(join(out, env, file), 'utf8')
    made[env] = { ...readTemplateFile(join(out, env, 'mainTemplate.json')), read }
  }
})

const of = (env: string, type: string): Placed[] =>
  (made[env]?.all ?? []).filter((one) => one.type.toLowerCase() === type.toLowerCase())
function one(env: string, type: string): Placed {
  const [first, ...others] = of(env, type)
  if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} of ${type} in ${env}`)
  return first
}
const row = (look: (env: string) => unknown): unknown[] => ENVS.map(look)
const counts = (type: string): unknown[] => row((env) => of(env, type).length)
const parsed = (env: string, file: string): Json => JSON.parse(made[env]?.read(file) ?? '') as Json

describe('the tables of the architecture, read from what is generated', () => {
  test('address ranges and regions', () => {
    const ranges = row((env) => (one(env, 'Microsoft.Network/virtualNetworks').properties['addressSpace'] as Json)['addressPrefixes'])
    expect(ranges).toEqual([['10.0.0.0/16'], ['10.3.0.0/16'], ['10.1.0.0/16'], ['10.2.0.0/16']])
    expect(row((env) => (parsed(env, 'parameters.json')['parameters'] as Json)['location'])).toEqual(ENVS.map(() => ({ value: 'westus2' })))
  })

  test('six subnets in the order of the table, each with rules of its own that end in a denial', () => {
    for (const [env, net] of [['dev', '10.0'], ['qa', '10.3'], ['staging', '10.1'], ['prod', '10.2']] as const) {
      const subnets = one(env, 'Microsoft.Network/virtualNetworks').properties['subnets'] as { name: string; properties: Json }[]
      const names = ['gateway', 'app', 'functions', 'integration', 'data', 'management']
      const wanted = names.map((name, index) => [name, `${net}.${index}.0/24`])
      const extra = env === 'prod' ? [['AzureFirewallSubnet', `${net}.7.0/26`]] : []
      expect(subnets.map((subnet) => [subnet.name, subnet.properties['addressPrefix']])).toEqual([...wanted, ...extra])
      expect(subnets.filter((subnet) => 'natGateway' in subnet.properties).map((subnet) => subnet.name)).toEqual(['functions'])
      expect(JSON.stringify(subnets[1])).toContain('Microsoft.App/environments')
      const groups = of(env, 'Microsoft.Network/networkSecurityGroups')
      expect(groups).toHaveLength(6)
      for (const group of groups) {
        const rules = group.properties['securityRules'] as { name: string; properties: { priority: number; access: string } }[]
        expect(new Set(rules.map(({ properties }) => properties.priority)).size).toBe(rules.length)
        expect(rules.at(-1)).toMatchObject({ name: 'deny-inbound', properties: { access: 'Deny', priority: 4096 } })
      }
    }
  })

  test('settings', () => {
    const vault = (env: string) => one(env, 'Microsoft.KeyVault/vaults').properties
    const log = (env: string) => one(env, 'Microsoft.OperationalInsights/workspaces').properties
    expect(row((env) => vault(env)['softDeleteRetentionInDays'])).toEqual([7, 14, 30, 90])
    expect(row((env) => vault(env)['enablePurgeProtection'])).toEqual([undefined, undefined, undefined, true])
    expect(row((env) => log(env)['retentionInDays'])).toEqual([30, 30, 60, 365])
    expect(row((env) => (log(env)['workspaceCapping'] as Json)['dailyQuotaGb'])).toEqual([1, 2, 5, -1])
    expect(counts('Microsoft.Network/ddosProtectionPlans')).toEqual([0, 0, 0, 1])
    for (const type of ['azureFirewalls', 'firewallPolicies', 'routeTables', 'routeTables/routes']) {
      expect([type, counts(`Microsoft.Network/${type}`)]).toEqual([type, [0, 0, 0, 1]])
    }
    expect(counts('Microsoft.Network/privateEndpoints')).toEqual([0, 0, 7, 8])
    expect(counts('Microsoft.Network/privateEndpoints/privateDnsZoneGroups')).toEqual([0, 0, 7, 8])
  })

  test('features', () => {
    expect(row((env) => of(env, 'Microsoft.App/containerApps').length)).toEqual([4, 4, 4, 4])
    expect(counts('Microsoft.Web/sites')).toEqual([4, 4, 4, 4])
    expect(counts('Microsoft.ServiceBus/namespaces')).toEqual([1, 1, 1, 1])
    expect(counts('Microsoft.Sql/servers')).toEqual([1, 1, 1, 1])
    expect(counts('Microsoft.Sql/servers/databases')).toEqual([1, 1, 1, 1])
    expect(counts('Microsoft.ApiManagement/service')).toEqual([1, 0, 1, 1])
    expect(counts('Microsoft.Cdn/profiles')).toEqual([0, 0, 1, 1])
    expect(counts('Microsoft.DataFactory/factories')).toEqual([1, 0, 0, 0])
    expect(counts('Microsoft.Cache/redis')).toEqual([1, 0, 0, 1])
    expect(counts('Microsoft.DocumentDB/databaseAccounts')).toEqual([1, 0, 0, 0])
    expect(counts('Microsoft.Web/staticSites')).toEqual([1, 1, 1, 1])
    expect(made['qa']?.read('mainTemplate.json')).not.toMatch(/ApiManagement|apim-|gatewayPassword/)
  })

  test('the cells themselves', () => {
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

  test('effective tiers, with a finding for each raise', () => {
    const sku = (type: string) => row((env) => of(env, type)[0]?.['sku'] && (of(env, type)[0]?.['sku'] as Json)['name'])
    expect(sku('Microsoft.ServiceBus/namespaces')).toEqual(['Standard', 'Standard', 'Premium', 'Premium'])
    expect(sku('Microsoft.Web/serverfarms')).toEqual(['FC1', 'FC1', 'FC1', 'EP1'])
    expect(sku('Microsoft.Sql/servers/databases')).toEqual(['Basic', 'Basic', 'Basic', 'S2'])
    expect(sku('Microsoft.ApiManagement/service')).toEqual(['Developer', undefined, 'Developer', 'StandardV2'])
    expect(sku('Microsoft.Cdn/profiles')).toEqual([undefined, undefined, 'Premium_AzureFrontDoor', 'Premium_AzureFrontDoor'])
    const raises = (env: string) =>
      (parsed(env, 'report.json')['findings'] as { message: string }[]).map(({ message }) => message.replace(/ was asked for and/, ' ->').replace(/ is used.*/, ''))
    expect(raises('dev')).toEqual(['Service Bus: Basic -> Standard', 'Functions plan: Consumption -> Flex Consumption'])
    expect(raises('qa')).toEqual(raises('dev'))
    expect(raises('staging')).toEqual(['Service Bus: Basic -> Premium', 'Functions plan: Consumption -> Flex Consumption', 'Front Door: Standard -> Premium'])
    expect(raises('prod')).toEqual(['Service Bus: Standard -> Premium', 'API Management: Standard -> Standard v2', 'Front Door: Standard -> Premium'])
    const scale = row((env) => (of(env, 'Microsoft.App/containerApps')[0]?.properties['template'] as { scale: Json }).scale)
    expect(scale.map((each) => [(each as Json)['minReplicas'], (each as Json)['maxReplicas']])).toEqual([[0, 3], [0, 3], [0, 3], [2, 10]])
  })
})

describe('the order of deployment', () => {
  const NEEDS = [[], [1], [2], [3], [3], [3], [4, 5, 6], [7], [8], [9]]
  test('has ten steps; without a gateway the frontend waits for the services', () => {
    for (const env of ENVS) {
      const { steps } = parsed(env, 'deployment-order.json') as { steps: { step: number; needs: number[]; types: string[] }[] }
      const all = NEEDS.map((needs, index) => ({ step: index + 1, needs }))
      const wanted = env === 'qa' ? [...all.slice(0, 8), { step: 10, needs: [8] }] : all
      expect(steps.map(({ step, needs }) => ({ step, needs }))).toEqual(wanted)
      const types = (step: number) => steps.find((each) => each.step === step)?.types
      expect(types(1)).toContain('Microsoft.Resources/resourceGroups')
      expect(types(2)).toEqual(expect.arrayContaining(['Microsoft.Network/virtualNetworks', 'Microsoft.Network/networkSecurityGroups']))
      expect(types(3)).toEqual(expect.arrayContaining(['Microsoft.KeyVault/vaults', 'Microsoft.ManagedIdentity/userAssignedIdentities']))
      expect(types(4)).toEqual(['Microsoft.Insights/components', 'Microsoft.OperationalInsights/workspaces'])
      expect(types(5)).toContain('Microsoft.Sql/servers/databases')
      expect(types(6)).toContain('Microsoft.ServiceBus/namespaces')
    }
  })

  test('is that of the template, whose resources wait for none that waits for them', () => {
    for (const env of ENVS) {
      const all = made[env]?.all ?? []
      const { steps } = parsed(env, 'deployment-order.json') as { steps: { step: number; name: string; needs: number[] }[] }
      for (const { name, needs } of steps) {
        const deployment = all.find((each) => each.symbol === name && each.within.length === 0)
        const names = needs.map((step) => steps.find((each) => each.step === step)?.name)
        expect([name, deployment?.dependsOn?.toSorted() ?? []]).toEqual([name, names.toSorted()])
      }
      const places = new Set(all.map(({ within }) => within.join('/')))
      for (const place of places) {
        const here = all.filter(({ within }) => within.join('/') === place)
        const done = new Set<string>()
        for (let left = here; left.length > 0; ) {
          const ready = left.filter(({ dependsOn = [] }) => dependsOn.every((symbol) => done.has(symbol)))
          expect([env, place, left.map(({ symbol }) => symbol), ready.length > 0]).toEqual([env, place, expect.anything(), true])
          for (const { symbol } of ready) done.add(symbol)
          left = left.filter(({ symbol }) => !done.has(symbol))
        }
      }
    }
  })

  test('nothing is used before it is there', () => {
    for (const env of ENVS) {
      const all = made[env]?.all ?? []
      expect(references(all).length).toBeGreaterThan(80)
      expect([env, early(all)]).toEqual([env, []])
    }
  })

  test('each step is a nested deployment with a scope of its own, handed what it uses', () => {
    for (const env of ENVS) {
      expect(made[env]?.languageVersion).toBe('2.0')
      for (const step of (made[env]?.all ?? []).filter(({ within }) => within.length === 0)) {
        expect(step.type).toBe('Microsoft.Resources/deployments')
        expect(step.properties['expressionEvaluationOptions']).toEqual({ scope: 'inner' })
        const template = step.properties['template'] as { parameters?: Json }
        expect(Object.keys((step.properties['parameters'] as Json | undefined) ?? {})).toEqual(Object.keys(template.parameters ?? {}))
      }
    }
  })
})

describe('what the layers hold', () => {
  test('queues, topics, functions and services', () => {
    const last = (env: string, type: string) => of(env, type).map((each) => each.name.split('/').at(-1))
    for (const env of ENVS) {
      expect(last(env, 'Microsoft.ServiceBus/namespaces/queues')).toEqual(['orders-queue', 'etl-queue', 'thirdparty-queue'])
      expect(last(env, 'Microsoft.ServiceBus/namespaces/topics')).toEqual(['events-topic', 'notifications-topic'])
      for (const each of [...of(env, 'Microsoft.ServiceBus/namespaces/queues'), ...of(env, 'Microsoft.ServiceBus/namespaces/topics/subscriptions')]) {
        expect(each.properties).toMatchObject({ deadLetteringOnMessageExpiration: true, maxDeliveryCount: 10 })
      }
      expect(of(env, 'Microsoft.ServiceBus/namespaces/topics/subscriptions')).toHaveLength(2)
      const functions = of(env, 'Microsoft.Web/sites').map((each) => /^func-([\w-]+?)-evt-/.exec(each.name)?.[1])
      expect(functions).toEqual(['queue-worker', 'topic-worker', 'etl-processor', 'thirdparty-sync'])
      expect(JSON.stringify(of(env, 'Microsoft.Web/sites')[2])).toContain('python')
      const apps = of(env, 'Microsoft.App/containerApps')
      expect(apps.map((app) => app.name)).toEqual(['users-api', 'orders-api', 'products-api', 'payments-api'])
      for (const app of apps) expect(JSON.stringify(app)).toContain('"external":false')
      expect(JSON.stringify(apps[1])).toContain('"type":"azure-servicebus"')
      expect(one(env, 'Microsoft.App/managedEnvironments').properties['vnetConfiguration']).toMatchObject({ internal: true })
    }
  })

  test('nothing is public where private endpoints are on, and no app holds a key', () => {
    const guarded = ['Microsoft.KeyVault/vaults', 'Microsoft.ServiceBus/namespaces', 'Microsoft.Sql/servers', 'Microsoft.Storage/storageAccounts']
    for (const type of guarded) {
      expect(row((env) => [...new Set(of(env, type).map((each) => each.properties['publicNetworkAccess']))])).toEqual([['Enabled'], ['Enabled'], ['Disabled'], ['Disabled']])
    }
    for (const env of ENVS) expect(JSON.stringify(made[env]?.all)).not.toMatch(/listKeys|AccountKey|SharedAccessKey/i)
    const subnets = of('prod', 'Microsoft.Network/privateEndpoints').map((each) => [each.symbol, /'(integration|data)'/.exec(JSON.stringify(each))?.[1]])
    expect(Object.fromEntries(subnets)).toMatchObject({ servicebusEndpoint: 'integration', sqlEndpoint: 'data', stagingEndpoint: 'data', vaultEndpoint: 'integration' })
  })

  test('a gateway with an API for each service, its policies, a product and a subscription', () => {
    for (const env of ['dev', 'staging', 'prod']) {
      const apis = of(env, 'Microsoft.ApiManagement/service/apis')
      expect(apis.map((each) => each.properties['path'])).toEqual(['users-api', 'orders-api', 'products-api', 'payments-api'])
      for (const api of apis) expect(api.properties['subscriptionRequired']).toBe(true)
      expect(one(env, 'Microsoft.ApiManagement/service/products').properties['subscriptionRequired']).toBe(true)
      expect(one(env, 'Microsoft.ApiManagement/service/subscriptions').properties['scope']).toContain('service/products')
      const xml = (type: string) => of(env, `Microsoft.ApiManagement/service/${type}`).map((each) => each.properties['value'] as string)
      expect(xml('policies')[0]).toMatch(/<check-header name="Authorization"[^>]*>\s*<value>\{\{basic-credentials\}\}<\/value>/)
      expect(xml('products/policies')[0]).toMatch(/<rate-limit calls="120" renewal-period="60" \/>\s*<quota calls="50000" renewal-period="86400" \/>/)
      expect(xml('apis/policies')).toHaveLength(4)
      for (const policy of xml('apis/policies')) expect(policy).toMatch(/<cache-lookup [\s\S]*<cache-store duration="60" \/>/)
      for (const policy of [...xml('policies'), ...xml('products/policies'), ...xml('apis/policies')]) {
        expect(policy).not.toMatch(/ip-filter|validate-jwt/)
        expectWellFormed(policy)
      }
      const credentials = one(env, 'Microsoft.ApiManagement/service/namedValues').properties
      expect(credentials).toMatchObject({ secret: true, keyVault: { secretIdentifier: expect.stringContaining("'secrets/gateway-basic-credentials'") } })
      expect(made[env]?.parameters).toMatchObject({ gatewayUser: { type: 'secureString' }, gatewayPassword: { type: 'secureString' } })
      expect(parsed(env, 'parameters.json')['parameters']).not.toHaveProperty('gatewayPassword')
    }
  })

  test('front door with an origin for each region and its firewall on the endpoint', () => {
    for (const env of ['staging', 'prod']) {
      for (const type of ['afdEndpoints', 'originGroups', 'originGroups/origins', 'afdEndpoints/routes', 'securityPolicies']) {
        expect([type, of(env, `Microsoft.Cdn/profiles/${type}`).length]).toEqual([type, 1])
      }
      const policy = one(env, 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies')
      expect(policy.properties['managedRules']).toBeDefined()
      expect(JSON.stringify(one(env, 'Microsoft.Cdn/profiles/securityPolicies'))).toContain(policy.name)
      expect(parsed(env, 'frontend/staticwebapp.config.json')).toMatchObject({ networking: { allowedIpRanges: ['AzureFrontDoor.Backend'] } })
    }
  })

  test('diagnostics of every service, alerts and a workbook that can be read', () => {
    for (const env of ENVS) {
      const logs = JSON.stringify(of(env, 'Microsoft.Insights/diagnosticSettings').map((each) => each['scope']))
      const services = ['KeyVault/vaults', 'ServiceBus/namespaces', 'Sql/servers/databases', 'Web/sites', 'App/managedEnvironments', 'Storage/storageAccounts/blobServices', 'Network/virtualNetworks']
      for (const service of services) expect(logs).toContain(`'Microsoft.${service}'`)
      const alerts = of(env, 'Microsoft.Insights/metricAlerts').map(({ symbol }) => symbol)
      expect(alerts.length).toBeGreaterThanOrEqual(4)
      expect(alerts).toEqual(expect.arrayContaining(['deadLettersAlert', 'functionFailuresAlert', 'sqlDtuAlert']))
      expect(alerts.includes('gateway5xxAlert')).toBe(env !== 'qa')
      expect(one(env, 'Microsoft.Insights/actionGroups')).toBeDefined()
      const workbook = JSON.parse(one(env, 'Microsoft.Insights/workbooks').properties['serializedData'] as string) as { items: { content: { query?: string } }[] }
      expect(workbook.items.filter(({ content }) => content.query).length).toBeGreaterThanOrEqual(4)
    }
  })

  test('tags on whatever takes them, names from the table, and ids of roles that are the same each time', () => {
    const template = loadTemplate(join(TEMPLATES, 'azure-event-driven'))
    for (const env of ENVS) {
      expect(Object.keys(made[env]?.variables?.['tags'] as Json)).toEqual(['environment', 'owner', 'project', 'managed-by', 'cost-centre'])
      for (const each of made[env]?.all ?? []) if (each['location'] && !/sqlDatabases$/.test(each.type)) expect([each.symbol, each['tags']]).toEqual([each.symbol, "[parameters('tags')]"])
      const parameters = Object.fromEntries(Object.entries(template.manifest.parameters?.properties ?? {}).map(([name, schema]) => [name, (schema as Json)['default']]))
      const { names } = openAnswers(template, { env, seed: 'souk', parameters })
      const known = new Set(Object.values(names).flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each))))
      const own = ['default', 'Microsoft.Resources/deployments']
      for (const each of made[env]?.all ?? []) {
        if (each.name.startsWith('[') || each.name === 'default' || own.includes(each.type)) continue
        expect([env, each.name.split('/')[0], known.has(each.name.split('/')[0] ?? '')]).toEqual([env, expect.anything(), each.type.endsWith('diagnosticSettings') ? false : true])
      }
      for (const role of of(env, 'Microsoft.Authorization/roleAssignments')) expect(role.name).toMatch(/^\[guid\(resourceId\(/)
    }
  })

  test('who may reach whom, as the table has it and as it is done', () => {
    for (const env of ENVS) {
      const { rows } = parsed(env, 'access-matrix.json') as { rows: { from: string; to: string; access: string; here: string }[] }
      expect(rows.map(({ from, to, access }) => `${from} > ${to}: ${access}`)).toEqual([
        'Internet > Static Web App: Public (CDN)',
        'Internet > API Management: Public (with auth)',
        'API Management > Microservices: Private (VNet)',
        'Microservices > Service Bus: Private Endpoint',
        'Microservices > SQL Database: Private Endpoint',
        'Functions > Service Bus: Private Endpoint',
        'Functions > Third-party APIs: Outbound (NAT Gateway)',
      ])
      expect(rows[4]?.here).toMatch(env === 'staging' || env === 'prod' ? /^Private endpoint in the data subnet/ : /^Public endpoint that lets in/)
    }
  })

  test('a diagram, a guide and a start for the functions, of this environment only', () => {
    expect(made['prod']?.read('ARCHITECTURE.md')).toMatch(/```mermaid\nflowchart TB[\s\S]*API Management Standard v2[\s\S]*private endpoint: SQL[\s\S]*```/)
    const drawn = (env: string): string => /```mermaid[\s\S]*?```/.exec(made[env]?.read('ARCHITECTURE.md') ?? '')?.[0] ?? ''
    expect(drawn('qa')).toContain('SQL Database Basic')
    expect(drawn('qa')).not.toMatch(/API Management|Front Door|private endpoint|Redis Cache/)
    expect(made['dev']?.read('ARCHITECTURE.md')).toContain('| Service Bus | Basic | Standard |')
    expect(made['qa']?.read('ARCHITECTURE.md')).toContain('- frontend -> microservices')
    expect(made['dev']?.read('DEPLOY.md')).toContain('pulumi stack select dev && pulumi up')
    expect(made['prod']?.read('report.md')).toContain("notify-topic is delivered as notifications-topic")
    const code = ['queue-worker/src/index.js', 'topic-worker/src/index.js', 'etl-processor/function_app.py', 'thirdparty-sync/src/index.js'].map((file) => made['dev']?.read(`functions/${file}`)).join()
    for (const trigger of ['app.serviceBusQueue(', 'app.serviceBusTopic(', '@app.timer_trigger(', 'app.http(']) expect(code).toContain(trigger)
  })
})

/** Tags that open and close in pairs, with values within quotes. */
function expectWellFormed(xml: string): void {
  const open: string[] = []
  const rest = xml.replaceAll(/<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g, (_, closing: string, name: string, _attributes: string, alone: string) => {
    if (closing) expect(open.pop()).toBe(name)
    else if (!alone) open.push(name)
    return ''
  })
  expect(open).toEqual([])
  expect(rest).not.toMatch(/[<>]/)
}
