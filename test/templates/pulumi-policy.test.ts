import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { PYTHON_MS, hasPython, runPolicies, runProgram, type Registered } from '../support/python.ts'
import { generatedPlatform } from '../support/event-driven.ts'
import { ENVS, stackConfig } from '../support/stacks.ts'

const isHere = hasPython()
const platform = generatedPlatform({ parameters: { sqlAllowedIps: ['203.0.113.7'] } })
const tree = (env: string): string => join(platform.folder(env), 'pulumi')
const made: Record<string, Registered[]> = {}

beforeAll(async () => {
  if (!isHere) return
  for (const env of ENVS) made[env] = await runProgram(tree(env), env, stackConfig(tree(env), env))
}, PYTHON_MS)

type Break = [policy: string, type: string, member: string, value: unknown]
/** One resource made wrong for every rule, and the rule that has to see it. */
const BREAKS: Break[] = [
  ['in-transit', 'Microsoft.Storage/storageAccounts', 'minimumTlsVersion', 'TLS1_0'],
  ['in-transit', 'Microsoft.Storage/storageAccounts', 'enableHttpsTrafficOnly', false],
  ['in-transit', 'Microsoft.Web/sites', 'httpsOnly', undefined],
  ['in-transit', 'Microsoft.Web/sites', 'siteConfig.minTlsVersion', '1.0'],
  ['in-transit', 'Microsoft.Cache/redis', 'enableNonSslPort', true],
  ['without-keys', 'Microsoft.ServiceBus/namespaces', 'disableLocalAuth', false],
  ['without-keys', 'Microsoft.Sql/servers', 'administrators.azureADOnlyAuthentication', false],
  ['without-keys', 'Microsoft.KeyVault/vaults', 'properties.enableRbacAuthorization', undefined],
  ['without-keys', 'Microsoft.Insights/components', 'disableLocalAuth', false],
  [
    'no-keys-in-settings',
    'Microsoft.Web/sites',
    'siteConfig.appSettings',
    [{ name: 'BUS', value: 'Endpoint=sb://bus/;SharedAccessKey=c2VjcmV0' }],
  ],
  [
    'no-keys-in-settings',
    'Microsoft.App/containerApps',
    'template.containers',
    [
      {
        name: 'orders',
        env: [
          { name: 'LOGS', secretRef: 'insights-connection' },
          { name: 'STORE', value: 'AccountName=a;AccountKey=c2VjcmV0' },
        ],
      },
    ],
  ],
  ['closed-data', 'Microsoft.Sql/servers', 'publicNetworkAccess', 'Enabled'],
  ['closed-data', 'Microsoft.KeyVault/vaults', 'properties.publicNetworkAccess', 'Enabled'],
  ['no-public-blobs', 'Microsoft.Storage/storageAccounts', 'allowBlobPublicAccess', true],
  ['no-public-blobs', 'Microsoft.Storage/storageAccounts/blobServices/containers', 'publicAccess', 'Blob'],
  ['recoverable-vault', 'Microsoft.KeyVault/vaults', 'properties.enablePurgeProtection', undefined],
  ['no-open-rules', 'Microsoft.Network/networkSecurityGroups', 'securityRules', []],
  [
    'no-open-rules',
    'Microsoft.Network/networkSecurityGroups',
    'securityRules',
    [
      {
        name: 'ssh',
        direction: 'Inbound',
        access: 'Allow',
        sourceAddressPrefix: '*',
        destinationPortRanges: ['22'],
        priority: 100,
      },
      { name: 'deny', direction: 'Inbound', access: 'Deny', priority: 4096 },
    ],
  ],
  [
    'least-roles',
    'Microsoft.Authorization/roleAssignments',
    'roleDefinitionId',
    '/x/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c',
  ],
  ['inside-services', 'Microsoft.App/managedEnvironments', 'vnetConfiguration.internal', false],
  ['inside-services', 'Microsoft.App/containerApps', 'configuration.ingress.allowInsecure', true],
  ['tagged', 'Microsoft.Network/virtualNetworks', 'tags.cost-centre', undefined],
]

/** A copy of the first resource of a type with one member changed. */
function broken(env: string, [, type, member, value]: Break): Registered {
  const one = structuredClone((made[env] ?? []).find((each) => each.type === type))
  if (!one) throw new Error(`there is no ${type} in ${env}`)
  const parts = member.split('.')
  const last = parts.pop() ?? ''
  const within = parts.reduce((at, part) => at[part] as Record<string, unknown>, one.inputs)
  within[last] = value
  return one
}

describe.skipIf(!isHere)('the policy pack', { timeout: PYTHON_MS }, () => {
  test('has nothing against what the program makes, in any environment', async () => {
    for (const env of ENVS) {
      const { level, policies, reported } = await runPolicies(join(tree(env), 'policy'), env, made[env] ?? [])
      expect(reported, env).toEqual([])
      expect(level).toBe('mandatory')
      expect(policies).toEqual(expect.arrayContaining(BREAKS.map(([policy]) => policy)))
    }
  })

  test('refuses a resource that breaks a rule, each by the rule that is about it', async () => {
    const all = BREAKS.map((each, index) => ({ ...broken('prod', each), name: String(index) }))
    const { reported } = await runPolicies(join(tree('prod'), 'policy'), 'prod', all)
    const found = reported.map(({ policy, problem }) => [policy, problem.split(':', 1)[0]])
    expect(found).toEqual(BREAKS.map(([policy], index) => [policy, String(index)]))
  })

  test('asks of some environments what it does not ask of others', async () => {
    const open = broken('dev', ['closed-data', 'Microsoft.Sql/servers', 'publicNetworkAccess', 'Enabled'])
    for (const [env, count] of [
      ['dev', 0],
      ['staging', 1],
    ] as const) {
      expect((await runPolicies(join(tree(env), 'policy'), env, [open])).reported).toHaveLength(count)
    }
  })

  test('never lets a database be open to everyone', async () => {
    const rules = (env: string): Registered[] =>
      (made[env] ?? []).filter(({ type }) => type === 'Microsoft.Sql/servers/firewallRules')
    expect(ENVS.map((env) => rules(env).length)).toEqual([1, 1, 0, 0])
    const [rule] = rules('dev')
    const everyone = {
      ...rule,
      inputs: { ...rule?.inputs, startIpAddress: '0.0.0.0', endIpAddress: '255.255.255.255' },
    } as Registered
    const { reported } = await runPolicies(join(tree('dev'), 'policy'), 'dev', [everyone])
    expect(reported).toMatchObject([{ policy: 'no-open-database' }])
  })
})
