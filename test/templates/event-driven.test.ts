import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { TEMPLATES } from '../support/run-pipeline.ts'
import { ENVS } from '../support/stacks.ts'
import { early, references } from '../support/template-references.ts'
import { writtenPlatform, type Json } from '../support/written-platform.ts'

const { made, of, one, row, counts, parsed } = writtenPlatform()

describe('the tables of the architecture, read from what is generated', () => {
  test('address ranges and regions', () => {
    const ranges = row(
      (env) => (one(env, 'Microsoft.Network/virtualNetworks').properties['addressSpace'] as Json)['addressPrefixes'],
    )
    expect(ranges).toEqual([['10.0.0.0/16'], ['10.3.0.0/16'], ['10.1.0.0/16'], ['10.2.0.0/16']])
    expect(row((env) => (parsed(env, 'parameters.json')['parameters'] as Json)['location'])).toEqual(
      ENVS.map(() => ({ value: 'westus2' })),
    )
  })

  test('six subnets in the order of the table, each with rules of its own that end in a denial', () => {
    for (const [env, net] of [
      ['dev', '10.0'],
      ['qa', '10.3'],
      ['staging', '10.1'],
      ['prod', '10.2'],
    ] as const) {
      const subnets = one(env, 'Microsoft.Network/virtualNetworks').properties['subnets'] as {
        name: string
        properties: Json
      }[]
      const names = ['gateway', 'app', 'functions', 'integration', 'data', 'management']
      const wanted = names.map((name, index) => [name, `${net}.${index}.0/24`])
      const extra = env === 'prod' ? [['AzureFirewallSubnet', `${net}.7.0/26`]] : []
      expect(subnets.map((subnet) => [subnet.name, subnet.properties['addressPrefix']])).toEqual([...wanted, ...extra])
      expect(subnets.filter((subnet) => 'natGateway' in subnet.properties).map((subnet) => subnet.name)).toEqual([
        'functions',
      ])
      expect(JSON.stringify(subnets[1])).toContain('Microsoft.App/environments')
      const groups = of(env, 'Microsoft.Network/networkSecurityGroups')
      expect(groups).toHaveLength(6)
      for (const group of groups) {
        const rules = group.properties['securityRules'] as {
          name: string
          properties: { priority: number; access: string }
        }[]
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
    const cells = (part: 'settings' | 'features' | 'tiers', name: string) =>
      row((env) => environments[env]?.[part][name])
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
    const sku = (type: string) => row((env) => (of(env, type)[0]?.['sku'] as Json | undefined)?.['name'])
    expect(sku('Microsoft.ServiceBus/namespaces')).toEqual(['Standard', 'Standard', 'Premium', 'Premium'])
    expect(sku('Microsoft.Web/serverfarms')).toEqual(['FC1', 'FC1', 'FC1', 'EP1'])
    expect(sku('Microsoft.Sql/servers/databases')).toEqual(['Basic', 'Basic', 'Basic', 'S2'])
    expect(sku('Microsoft.ApiManagement/service')).toEqual(['Developer', undefined, 'Developer', 'StandardV2'])
    expect(sku('Microsoft.Cdn/profiles')).toEqual([
      undefined,
      undefined,
      'Premium_AzureFrontDoor',
      'Premium_AzureFrontDoor',
    ])
    const raises = (env: string) =>
      (parsed(env, 'report.json')['findings'] as { message: string }[]).map(({ message }) =>
        message.replace(/ was asked for and/, ' ->').replace(/ is used.*/, ''),
      )
    expect(raises('dev')).toEqual(['Service Bus: Basic -> Standard', 'Functions plan: Consumption -> Flex Consumption'])
    expect(raises('qa')).toEqual(raises('dev'))
    expect(raises('staging')).toEqual([
      'Service Bus: Basic -> Premium',
      'Functions plan: Consumption -> Flex Consumption',
      'Front Door: Standard -> Premium',
    ])
    expect(raises('prod')).toEqual([
      'Service Bus: Standard -> Premium',
      'API Management: Standard -> Standard v2',
      'Front Door: Standard -> Premium',
    ])
    const scale = row(
      (env) =>
        (of(env, 'Microsoft.App/containerApps')[0]?.properties['template'] as { scale: Json } | undefined)?.scale,
    )
    expect(scale.map((each) => [(each as Json)['minReplicas'], (each as Json)['maxReplicas']])).toEqual([
      [0, 3],
      [0, 3],
      [0, 3],
      [2, 10],
    ])
  })
})

describe('the order of deployment', () => {
  const NEEDS = [[], [1], [2], [3], [3], [3], [4, 5, 6], [7], [8], [9]]
  test('has ten steps; without a gateway the frontend waits for the services', () => {
    for (const env of ENVS) {
      const { steps } = parsed(env, 'deployment-order.json') as {
        steps: { step: number; needs: number[]; types: string[] }[]
      }
      const all = NEEDS.map((needs, index) => ({ step: index + 1, needs }))
      const wanted = env === 'qa' ? [...all.slice(0, 8), { step: 10, needs: [8] }] : all
      expect(steps.map(({ step, needs }) => ({ step, needs }))).toEqual(wanted)
      const types = (step: number) => steps.find((each) => each.step === step)?.types
      expect(types(1)).toContain('Microsoft.Resources/resourceGroups')
      expect(types(2)).toEqual(
        expect.arrayContaining(['Microsoft.Network/virtualNetworks', 'Microsoft.Network/networkSecurityGroups']),
      )
      expect(types(3)).toEqual(
        expect.arrayContaining(['Microsoft.KeyVault/vaults', 'Microsoft.ManagedIdentity/userAssignedIdentities']),
      )
      expect(types(4)).toEqual(
        expect.arrayContaining(['Microsoft.Insights/components', 'Microsoft.OperationalInsights/workspaces']),
      )
      expect(types(5)).toContain('Microsoft.Sql/servers/databases')
      expect(types(6)).toContain('Microsoft.ServiceBus/namespaces')
    }
  })

  test('is that of the template, whose resources wait for none that waits for them', () => {
    for (const env of ENVS) {
      const all = made[env]?.all ?? []
      const { steps } = parsed(env, 'deployment-order.json') as {
        steps: { step: number; name: string; needs: number[] }[]
      }
      for (const { name, needs } of steps) {
        const deployment = all.find((each) => each.symbol === name && each.within.length === 0)
        const names = needs.map((step) => String(steps.find((each) => each.step === step)?.name))
        expect([name, deployment?.dependsOn?.toSorted() ?? []]).toEqual([name, names.toSorted()])
      }
      const places = new Set(all.map(({ within }) => within.join('/')))
      for (const place of places) {
        const here = all.filter(({ within }) => within.join('/') === place)
        const done = new Set<string>()
        for (let left = here; left.length > 0;) {
          const ready = left.filter(({ dependsOn = [] }) => dependsOn.every((symbol) => done.has(symbol)))
          expect([env, place, left.map(({ symbol }) => symbol), ready.length > 0]).toEqual([
            env,
            place,
            expect.anything(),
            true,
          ])
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
        expect(Object.keys((step.properties['parameters'] as Json | undefined) ?? {})).toEqual(
          Object.keys(template.parameters ?? {}),
        )
      }
    }
  })
})
