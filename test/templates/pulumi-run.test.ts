import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { PYTHON_MS, hasPydantic, hasPython, runProgram, runPython, type Registered } from '../support/python.ts'
import { generatedPlatform } from '../support/event-driven.ts'
import { ENVS, stackConfig } from '../support/stacks.ts'

const isHere = hasPython()
const isReal = isHere && hasPydantic()
const platform = generatedPlatform()
const tree = (env: string): string => join(platform.folder(env), 'pulumi')
const made: Record<string, Registered[]> = {}

beforeAll(async () => {
  if (!isHere) return
  for (const env of ENVS) made[env] = await runProgram(tree(env), env, stackConfig(tree(env), env))
}, PYTHON_MS)

const of = (env: string, type: string): Registered[] => (made[env] ?? []).filter((one) => one.type === type)
const counts = (type: string): number[] => ENVS.map((env) => of(env, type).length)

describe.skipIf(!isHere)('the Pulumi program, run with stand-ins of the SDK', { timeout: PYTHON_MS }, () => {
  test('compiles, every file of it', async () => {
    const cache = { PYTHONDONTWRITEBYTECODE: '', PYTHONPYCACHEPREFIX: join(platform.folder('dev'), '.pycache') }
    const folders = [tree('dev'), join(platform.folder('dev'), 'functions')]
    expect(await runPython(['-m', 'compileall', '-q', ...folders], { cwd: tree('dev'), env: cache })).toBe('')
  })

  test('registers what the flags of each environment say', () => {
    expect(counts('Microsoft.App/containerApps')).toEqual([4, 4, 4, 4])
    expect(counts('Microsoft.Web/sites')).toEqual([4, 4, 4, 4])
    expect(counts('Microsoft.ServiceBus/namespaces')).toEqual([1, 1, 1, 1])
    expect(counts('Microsoft.Sql/servers/databases')).toEqual([1, 1, 1, 1])
    expect(counts('Microsoft.ApiManagement/service')).toEqual([1, 0, 1, 1])
    expect(counts('Microsoft.Cdn/profiles')).toEqual([0, 0, 1, 1])
    expect(counts('Microsoft.DataFactory/factories')).toEqual([1, 0, 0, 0])
    expect(counts('Microsoft.Cache/redis')).toEqual([1, 0, 0, 1])
    expect(counts('Microsoft.DocumentDB/databaseAccounts')).toEqual([1, 0, 0, 0])
    expect(counts('Microsoft.Network/ddosProtectionPlans')).toEqual([0, 0, 0, 1])
    expect(counts('Microsoft.Network/azureFirewalls')).toEqual([0, 0, 0, 1])
    expect(counts('Microsoft.Network/networkSecurityGroups')).toEqual([6, 6, 6, 6])
    expect(counts('Microsoft.Network/privateEndpoints').map((count) => count > 0)).toEqual([false, false, true, true])
  })

  test('has the settings of each environment in its resources', () => {
    const input = (type: string, look: (inputs: never) => unknown): unknown[] =>
      ENVS.map((env) => look(of(env, type)[0]?.inputs as never))
    type Vault = { properties: Record<string, unknown> }
    type Logs = { retentionInDays: number; workspaceCapping: { dailyQuotaGb: number } }
    type Vnet = { addressSpace: { addressPrefixes: string[] } }
    type Sku = { sku: { name: string } }
    const vaults = 'Microsoft.KeyVault/vaults'
    const logs = 'Microsoft.OperationalInsights/workspaces'
    expect(input(vaults, (one: Vault) => one.properties['softDeleteRetentionInDays'])).toEqual([7, 14, 30, 90])
    expect(input(vaults, (one: Vault) => one.properties['enablePurgeProtection'])).toEqual([
      undefined,
      undefined,
      undefined,
      true,
    ])
    expect(input(logs, (one: Logs) => one.retentionInDays)).toEqual([30, 30, 60, 365])
    expect(input(logs, (one: Logs) => one.workspaceCapping.dailyQuotaGb)).toEqual([1, 2, 5, -1])
    expect(input('Microsoft.Network/virtualNetworks', (one: Vnet) => one.addressSpace.addressPrefixes)).toEqual([
      ['10.0.0.0/16'],
      ['10.3.0.0/16'],
      ['10.1.0.0/16'],
      ['10.2.0.0/16'],
    ])
    const sku = (type: string): unknown[] => input(type, (one: Sku | undefined) => one?.sku.name)
    expect(sku('Microsoft.ServiceBus/namespaces')).toEqual(['Standard', 'Standard', 'Premium', 'Premium'])
    expect(sku('Microsoft.ApiManagement/service')).toEqual(['Developer', undefined, 'Developer', 'StandardV2'])
    expect(sku('Microsoft.Web/serverfarms')).toEqual(['FC1', 'FC1', 'FC1', 'EP1'])
    expect(sku('Microsoft.Sql/servers/databases')).toEqual(['Basic', 'Basic', 'Basic', 'S2'])
  })

  test('waits, layer by layer, as the ten steps say', () => {
    const needs = (env: string, layer: string): string[] => {
      const layers = new Set([
        'core',
        'networking',
        'security',
        'observability',
        'database',
        'messaging',
        'functions',
        'microservices',
        'gateway',
      ])
      const all = (made[env] ?? [])
        .filter((one) => one.layer === layer)
        .map((one) => one.needs.filter((name) => layers.has(name)))
      expect(new Set(all.map(String)).size, `${layer} in ${env}`).toBe(1)
      return all[0] ?? []
    }
    for (const env of ENVS) {
      expect(needs(env, 'core')).toEqual([])
      expect(needs(env, 'networking')).toEqual(['core'])
      expect(needs(env, 'security')).toEqual(['networking'])
      for (const layer of ['observability', 'database', 'messaging']) expect(needs(env, layer)).toEqual(['security'])
      expect(needs(env, 'functions')).toEqual(['observability', 'database', 'messaging'])
      expect(needs(env, 'microservices')).toEqual(['functions'])
      expect(needs(env, 'frontend')).toEqual([env === 'qa' ? 'microservices' : 'gateway'])
    }
    for (const env of ['dev', 'staging', 'prod']) expect(needs(env, 'gateway')).toEqual(['microservices'])
  })

  test('hands out no key and keeps what was set secret', () => {
    for (const env of ENVS) {
      const text = JSON.stringify(made[env])
      expect(text).not.toMatch(/AccountKey|SharedAccessKey|primary_key|a long password/i)
      const secrets = (made[env] ?? []).filter((one) => JSON.stringify(one.inputs).includes('[secret]'))
      expect(new Set(secrets.map((one) => one.type))).toEqual(new Set(['Microsoft.KeyVault/vaults/secrets']))
    }
  })

  test('gives the same names in every run', async () => {
    const again = await runProgram(tree('prod'), 'prod', stackConfig(tree('prod'), 'prod'))
    expect(again).toEqual(made['prod'])
  })

  test('refuses an environment that is not in the table, and a name that Azure would not take', async () => {
    const config = stackConfig(tree('dev'), 'dev')
    await expect(runProgram(tree('dev'), 'test', config)).rejects.toThrow('Choose from dev, qa, staging, prod.')
    const code = 'from infra.core.naming import Names; Names({"keyVault": "kv-that-is-much-too-long-for-a-vault"})'
    await expect(runPython(['-c', code], { cwd: tree('dev') })).rejects.toThrow('will not do as the name of keyVault')
  })

  test('says which secret is missing, and names no value', async () => {
    const env = { PULUMI_CONFIG_PASSPHRASE: 'correct horse', ARM_CLIENT_SECRET: 'battery staple' }
    const code = 'from config.settings import get_secrets; print(get_secrets())'
    const shown = await runPython(['-c', code], { cwd: tree('dev'), env })
    expect(shown).toContain('**********')
    expect(shown).not.toMatch(/correct horse|battery staple/)
  })

  test.skipIf(!isReal)('runs alike with the real pydantic, whose settings show stars for secrets', async () => {
    expect(await runProgram(tree('prod'), 'prod', stackConfig(tree('prod'), 'prod'), true)).toEqual(made['prod'])
    const env = { ARM_CLIENT_SECRET: 'battery staple' }
    const code = 'from config.settings import get_secrets; print(get_secrets())'
    const shown = await runPython(['-c', code], { cwd: tree('dev'), env, isRealPydantic: true })
    expect(shown).toContain("arm_client_secret=SecretStr('**********')")
  })
})
