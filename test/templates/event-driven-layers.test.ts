import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAnswers } from '../../src/pipeline/generators/answers.ts'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { TEMPLATES } from '../support/run-pipeline.ts'
import { ENVS } from '../support/stacks.ts'
import { writtenPlatform, type Json } from '../support/written-platform.ts'

interface Setting {
  name: string
  value?: string
  secretRef?: string
}

const { made, of, one, row, parsed } = writtenPlatform()

describe('what the layers hold', () => {
  test('queues, topics, functions and services', () => {
    const last = (env: string, type: string) => of(env, type).map((each) => each.name.split('/').at(-1))
    for (const env of ENVS) {
      expect(last(env, 'Microsoft.ServiceBus/namespaces/queues')).toEqual([
        'orders-queue',
        'etl-queue',
        'thirdparty-queue',
      ])
      expect(last(env, 'Microsoft.ServiceBus/namespaces/topics')).toEqual(['events-topic', 'notifications-topic'])
      for (const each of [
        ...of(env, 'Microsoft.ServiceBus/namespaces/queues'),
        ...of(env, 'Microsoft.ServiceBus/namespaces/topics/subscriptions'),
      ]) {
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
      expect(one(env, 'Microsoft.App/managedEnvironments').properties['vnetConfiguration']).toMatchObject({
        internal: true,
      })
    }
  })

  test('nothing is public where private endpoints are on, and no app holds a key', () => {
    const guarded = [
      'Microsoft.KeyVault/vaults',
      'Microsoft.ServiceBus/namespaces',
      'Microsoft.Sql/servers',
      'Microsoft.Storage/storageAccounts',
    ]
    for (const type of guarded) {
      expect(row((env) => [...new Set(of(env, type).map((each) => each.properties['publicNetworkAccess']))])).toEqual([
        ['Enabled'],
        ['Enabled'],
        ['Disabled'],
        ['Disabled'],
      ])
    }
    for (const env of ENVS) expect(JSON.stringify(made[env]?.all)).not.toMatch(/listKeys|AccountKey|SharedAccessKey/i)
    const subnets = of('prod', 'Microsoft.Network/privateEndpoints').map((each) => [
      each.symbol,
      /'(integration|data)'/.exec(JSON.stringify(each))?.[1],
    ])
    expect(Object.fromEntries(subnets)).toMatchObject({
      servicebusEndpoint: 'integration',
      sqlEndpoint: 'data',
      stagingEndpoint: 'data',
      vaultEndpoint: 'integration',
    })
  })

  test('a gateway with an API for each service, its policies, a product and a subscription', () => {
    for (const env of ['dev', 'staging', 'prod']) {
      const apis = of(env, 'Microsoft.ApiManagement/service/apis')
      expect(apis.map((each) => each.properties['path'])).toEqual([
        'users-api',
        'orders-api',
        'products-api',
        'payments-api',
      ])
      for (const api of apis) expect(api.properties['subscriptionRequired']).toBe(true)
      expect(one(env, 'Microsoft.ApiManagement/service/products').properties['subscriptionRequired']).toBe(true)
      expect(one(env, 'Microsoft.ApiManagement/service/subscriptions').properties['scope']).toContain(
        'service/products',
      )
      const xml = (type: string) =>
        of(env, `Microsoft.ApiManagement/service/${type}`).map((each) => each.properties['value'] as string)
      expect(xml('policies')[0]).toMatch(
        /<check-header name="Authorization"[^>]*>\s*<value>\{\{basic-credentials\}\}<\/value>/,
      )
      expect(xml('products/policies')[0]).toMatch(
        /<rate-limit calls="120" renewal-period="60" \/>\s*<quota calls="50000" renewal-period="86400" \/>/,
      )
      expect(xml('apis/policies')).toHaveLength(4)
      for (const policy of xml('apis/policies'))
        expect(policy).toMatch(/<cache-lookup [\s\S]*<cache-store duration="60" \/>/)
      for (const policy of [...xml('policies'), ...xml('products/policies'), ...xml('apis/policies')]) {
        expect(policy).not.toMatch(/ip-filter|validate-jwt/)
        expectWellFormed(policy)
      }
      const credentials = one(env, 'Microsoft.ApiManagement/service/namedValues').properties
      expect(credentials).toMatchObject({
        secret: true,
        keyVault: { secretIdentifier: expect.stringContaining("'secrets/gateway-basic-credentials'") },
      })
      expect(made[env]?.parameters).toMatchObject({
        gatewayUser: { type: 'secureString' },
        gatewayPassword: { type: 'secureString' },
      })
      expect(parsed(env, 'parameters.json')['parameters']).not.toHaveProperty('gatewayPassword')
    }
  })

  test('no setting of an app or service holds a key, and telemetry is taken from identities alone', () => {
    for (const env of ENVS) {
      expect(one(env, 'Microsoft.Insights/components').properties['DisableLocalAuth']).toBe(true)
      const settings = [
        ...of(env, 'Microsoft.Web/sites').flatMap(
          (each) => (each.properties['siteConfig'] as { appSettings: Setting[] }).appSettings,
        ),
        ...of(env, 'Microsoft.App/containerApps').flatMap((each) =>
          (each.properties['template'] as { containers: { env: Setting[] }[] }).containers.flatMap((box) => box.env),
        ),
      ]
      expect(settings.length).toBeGreaterThan(40)
      for (const { name, value, secretRef } of settings) {
        expect(value ?? '', name).not.toMatch(/connectionString|listKeys|key=|password=/i)
        if (name !== 'APPLICATIONINSIGHTS_CONNECTION_STRING') continue
        if (secretRef === undefined)
          expect(value).toMatch(
            /^\[concat\('@Microsoft\.KeyVault\(SecretUri=', uri\(.*vaultUri, 'secrets\/insights-connection'\), '\)'\)\]$/,
          )
        else expect(secretRef).toBe('insights-connection')
      }
      const rights = of(env, 'Microsoft.Authorization/roleAssignments').filter((each) =>
        String(each['scope']).includes('Microsoft.Insights/components'),
      )
      expect(rights).toHaveLength(2)
    }
  })

  test('front door with an origin for each region and its firewall on the endpoint', () => {
    for (const env of ['staging', 'prod']) {
      for (const type of [
        'afdEndpoints',
        'originGroups',
        'originGroups/origins',
        'afdEndpoints/routes',
        'securityPolicies',
      ]) {
        expect([type, of(env, `Microsoft.Cdn/profiles/${type}`).length]).toEqual([type, 1])
      }
      const policy = one(env, 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies')
      expect(policy.properties['managedRules']).toBeDefined()
      expect(JSON.stringify(one(env, 'Microsoft.Cdn/profiles/securityPolicies'))).toContain(policy.name)
      expect(parsed(env, 'frontend/staticwebapp.config.json')).toMatchObject({
        networking: { allowedIpRanges: ['AzureFrontDoor.Backend'] },
      })
    }
  })

  test('diagnostics of every service, alerts and a workbook that can be read', () => {
    for (const env of ENVS) {
      const logs = JSON.stringify(of(env, 'Microsoft.Insights/diagnosticSettings').map((each) => each['scope']))
      const services = [
        'KeyVault/vaults',
        'ServiceBus/namespaces',
        'Sql/servers/databases',
        'Web/sites',
        'App/managedEnvironments',
        'Storage/storageAccounts/blobServices',
        'Network/virtualNetworks',
      ]
      for (const service of services) expect(logs).toContain(`'Microsoft.${service}'`)
      const alerts = of(env, 'Microsoft.Insights/metricAlerts').map(({ symbol }) => symbol)
      expect(alerts.length).toBeGreaterThanOrEqual(4)
      expect(alerts).toEqual(expect.arrayContaining(['deadLettersAlert', 'functionFailuresAlert', 'sqlDtuAlert']))
      expect(alerts.includes('gateway5xxAlert')).toBe(env !== 'qa')
      expect(one(env, 'Microsoft.Insights/actionGroups')).toBeDefined()
      const workbook = JSON.parse(one(env, 'Microsoft.Insights/workbooks').properties['serializedData'] as string) as {
        items: { content: { query?: string } }[]
      }
      expect(workbook.items.filter(({ content }) => content.query).length).toBeGreaterThanOrEqual(4)
    }
  })

  test('tags on whatever takes them, names from the table, and ids of roles that are the same each time', () => {
    const template = loadTemplate(join(TEMPLATES, 'azure-event-driven'))
    for (const env of ENVS) {
      expect(Object.keys(made[env]?.variables?.['tags'] as Json)).toEqual([
        'environment',
        'owner',
        'project',
        'managed-by',
        'cost-centre',
      ])
      for (const each of made[env]?.all ?? [])
        if (each['location'] && !each.type.endsWith('sqlDatabases'))
          expect([each.symbol, each['tags']]).toEqual([each.symbol, "[parameters('tags')]"])
      const parameters = Object.fromEntries(
        Object.entries(template.manifest.parameters?.properties ?? {}).map(([name, schema]) => [
          name,
          schema['default'],
        ]),
      )
      const { names } = openAnswers(template, { env, seed: 'souk', parameters })
      const known = new Set(
        Object.values(names).flatMap((each) => (typeof each === 'string' ? [each] : Object.values(each))),
      )
      const own = ['default', 'Microsoft.Resources/deployments']
      for (const each of made[env]?.all ?? []) {
        if (each.name.startsWith('[') || each.name === 'default' || own.includes(each.type)) continue
        expect([env, each.name.split('/')[0], known.has(each.name.split('/')[0] ?? '')]).toEqual([
          env,
          expect.anything(),
          !each.type.endsWith('diagnosticSettings'),
        ])
      }
    }
  })

  test('who may reach whom, as the table has it and as it is done', () => {
    for (const env of ENVS) {
      const { rows } = parsed(env, 'access-matrix.json') as {
        rows: { from: string; to: string; access: string; here: string }[]
      }
      expect(rows.map(({ from, to, access }) => `${from} > ${to}: ${access}`)).toEqual([
        'Internet > Static Web App: Public (CDN)',
        'Internet > API Management: Public (with auth)',
        'API Management > Microservices: Private (VNet)',
        'Microservices > Service Bus: Private Endpoint',
        'Microservices > SQL Database: Private Endpoint',
        'Functions > Service Bus: Private Endpoint',
        'Functions > Third-party APIs: Outbound (NAT Gateway)',
      ])
      expect(rows[4]?.here).toMatch(
        env === 'staging' || env === 'prod' ? /^Private endpoint in the data subnet/ : /^Public endpoint that lets in/,
      )
    }
  })

  test('a diagram and a guide, of this environment only', () => {
    expect(made['prod']?.read('ARCHITECTURE.md')).toMatch(
      /```mermaid\nflowchart TB[\s\S]*API Management Standard v2[\s\S]*private endpoint: SQL[\s\S]*```/,
    )
    const drawn = (env: string): string =>
      /```mermaid[\s\S]*?```/.exec(made[env]?.read('ARCHITECTURE.md') ?? '')?.[0] ?? ''
    expect(drawn('qa')).toContain('SQL Database Basic')
    expect(drawn('qa')).not.toMatch(/API Management|Front Door|private endpoint|Redis Cache/)
    expect(made['dev']?.read('ARCHITECTURE.md')).toContain('| Service Bus | Basic | Standard |')
    expect(made['qa']?.read('ARCHITECTURE.md')).toContain('- frontend -> microservices')
    expect(made['dev']?.read('DEPLOY.md')).toContain('pulumi stack select dev && pulumi up')
    expect(made['prod']?.read('report.md')).toContain('notify-topic is delivered as notifications-topic')
  })
})

/** Tags that open and close in pairs, with values within quotes. */
function expectWellFormed(xml: string): void {
  const open: string[] = []
  const rest = xml.replaceAll(
    /<(\/?)([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, ...[closing, name, , alone]: string[]) => {
      if (closing) expect(open.pop()).toBe(name)
      else if (!alone) open.push(name ?? '')
      return ''
    },
  )
  expect(open).toEqual([])
  expect(rest).not.toMatch(/[<>]/)
}
