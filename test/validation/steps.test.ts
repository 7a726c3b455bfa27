import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Finding, Report } from '../../src/model/report.ts'
import { partsOf, scoreOf, statusOf } from '../../src/model/score.ts'
import { tableOf } from '../../src/validation/reports/table.ts'
import { entropyOf, looksSecret } from '../../src/validation/rules/all-files/secret-words.ts'
import { validatePath, type ValidateOptions } from '../../src/validation/validator.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { manifest, parameters, README, storage, template } from './samples.ts'

const NOW = Date.parse('2026-02-13T00:00:00Z')

function validate(files: Record<string, string>, options: Partial<ValidateOptions> = {}): Promise<Report> {
  const folder = tempFolder()
  for (const [path, text] of Object.entries({ 'README.md': README, ...files })) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return validatePath({ system: testSystem(), now: NOW, path: folder, ...options })
}

const ids = ({ findings }: Report): string[] => findings.map(({ id = '' }) => id)
const step = ({ steps }: Report, name: string) => steps.find((one) => one.step === name)
const properties = (change: Record<string, unknown>, type = 'Microsoft.Storage/storageAccounts'): string =>
  template({ resources: [storage({ type, properties: change })] })

describe('the flow of a validation', () => {
  it('is structure, security, quality, dependencies, score and status, each with what it found', async () => {
    const report = await validate(
      {
        'README.md': '# Short\n',
        'souk.yaml': manifest('dependencies: [{name: team/lake, version: ^2.0.0}]\n'),
        'mainTemplate.json': template({ contentVersion: undefined, variables: { forgotten: 1 } }),
        'a.parameters.json': parameters({ parameters: { location: { value: 'AKIAIOSFODNN7QWERTYU' } } }),
      },
      { known: async () => [{ name: 'team/lake', version: '1.4.0' }], isTraced: true },
    )
    expect(report.steps.map((one) => [one.step, one.state, one.findings])).toEqual([
      ['structure', 'run', 1],
      ['security', 'run', 1],
      ['quality', 'run', 5],
      ['dependencies', 'run', 1],
      ['score', 'run', undefined],
      ['status', 'run', undefined],
    ])
    expect(step(report, 'security')?.sections).toEqual({ secrets: 1, configuration: 0 })
    expect(ids(report)).toContain('Dependency.Unmet')
    expect(report.findings.find(({ id }) => id === 'Dependency.Unmet')).toMatchObject({
      file: 'souk.yaml',
      line: 8,
      message: 'team/lake ^2.0.0 is needed: there is 1.4.0.',
    })
    // The steps work on a file side by side: security begins before structure is done.
    const [structure, security] = [step(report, 'structure'), step(report, 'security')]
    expect(security?.startMs).toBeLessThanOrEqual(structure?.endMs ?? 0)
    const lines = tableOf(report, 100)
    expect(lines.filter((line) => line.startsWith('step ')).map((line) => line.split(/ +/)[1])).toEqual([
      'structure',
      'security',
      'quality',
      'dependencies',
      'score',
      'status',
    ])
  })

  it('tells the same in the same order, however often it is run', async () => {
    const files = { 'mainTemplate.json': properties({ allowBlobPublicAccess: true, minimumTlsVersion: 'TLS1_0' }) }
    const [one, two] = [await validate(files), await validate(files)]
    expect(one.findings).toEqual(two.findings)
    expect(one.rules).toEqual(two.rules)
    expect(one.steps).toEqual(two.steps)
  })

  it('runs the rules of one step when asked for it, and says so of the others', async () => {
    const report = await validate(
      {
        'mainTemplate.json': template({
          variables: { forgotten: 1 },
          resources: [storage({ properties: { allowBlobPublicAccess: true } })],
        }),
      },
      { only: ['security'] },
    )
    expect(ids(report)).toEqual(['Public.Anonymous'])
    expect(step(report, 'quality')).toEqual({ step: 'quality', state: 'skipped', reason: 'not asked for' })
    expect(report.gates.find(({ gate }) => gate === 'code quality')).toMatchObject({ state: 'skipped' })
  })

  it('judges by the rules of each host that was asked for', async () => {
    const files = { 'mainTemplate.json': properties({ minimumTlsVersion: 'TLS1_0' }) }
    const both = await validate(files, { hostVersions: [1, 2] })
    expect(both.hosts).toMatchObject([
      { version: 1, status: 'passed', score: 100, findings: 0 },
      { version: 2, status: 'warning', score: 96, findings: 1 },
    ])
    const old = await validate(files, { hostVersions: [1] })
    expect(old).toMatchObject({ status: 'passed', findings: [] })
  })

  it('looks at no package where one file was asked for', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'main.json'), template())
    const report = await validatePath({ system: testSystem(), now: NOW, path: join(folder, 'main.json') })
    expect(report.findings).toEqual([])
    expect(step(report, 'dependencies')).toMatchObject({ state: 'skipped', reason: 'one file is no package' })
  })
})

describe('the score', () => {
  const finding = (more: Partial<Finding>): Finding => ({
    rule: 'R',
    level: 'error',
    severity: 'info',
    file: 'a',
    line: 1,
    column: 1,
    message: 'm',
    ...more,
  })

  it.each([
    ['critical', 75],
    ['high', 90],
    ['medium', 97],
    ['low', 99],
    ['info', 99.9],
  ] as const)('loses for one %s what the severity costs', (severity, left) => {
    expect(partsOf([finding({ severity, step: 'security' })]).security).toBe(left)
  })

  it.each([
    ['security', 96],
    ['quality', 97],
    ['documentation', 98],
    ['metadata', 99],
  ] as const)('weighs ten points of %s by its share', (part, total) => {
    expect(scoreOf([finding({ part, points: 10 })])).toBe(total)
  })

  it('never falls below nothing, and decides the status at its bounds', () => {
    const of = (count: number, more: Partial<Finding> = {}) =>
      Array.from({ length: count }, () => finding({ severity: 'medium', ...more }))
    expect(partsOf(of(50)).quality).toBe(0)
    expect([6, 7, 13, 14].map((count) => statusOf(of(count)))).toEqual(['passed', 'warning', 'warning', 'failed'])
    expect(statusOf([finding({ severity: 'high' })])).toBe('warning')
    expect(statusOf([finding({ severity: 'critical' })])).toBe('failed')
    // All that documentation and metadata can cost leaves 70.
    expect(
      statusOf([finding({ part: 'documentation', points: 100 }), finding({ part: 'metadata', points: 100 })]),
    ).toBe('warning')
  })
})

describe('secrets', () => {
  const app = (settings: unknown): string => properties({ appSettings: settings })

  it('are found by what they look like, with their place, and shown to nobody', async () => {
    const key = `${'Abc123+/'.repeat(10)}xyz9==`
    const text = app([{ name: 'STORE', value: `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${key}` }])
    const { findings, status } = await validate({ 'mainTemplate.json': text })
    expect(findings).toMatchObject([{ id: 'Secret.Pattern', severity: 'critical', step: 'security' }])
    const { line, column, message } = findings[0] as Finding
    expect(text.split('\n')[line - 1]?.slice(column - 1)).toMatch(/^Abc123/)
    expect(message).not.toContain(key.slice(0, 12))
    expect(status).toBe('failed')
  })

  it.each([
    [
      'a parameter that is no secure one',
      template({
        parameters: { location: { type: 'string' }, dbPassword: { type: 'string', defaultValue: 'Tr0ub4dor&3' } },
        outputs: { x: { type: 'string', value: "[parameters('dbPassword')]" } },
      }),
    ],
    ['a setting of an application', app([{ name: 'API_TOKEN', value: 'q8Zr-71kd-PPw0-x' }])],
    ['a property', app({ clientSecret: 'q8Zr71kdPPw0xLm' })],
  ])('are found near the words that name them: %s', async (_, text) => {
    expect(ids(await validate({ 'mainTemplate.json': text }, { only: ['security'] }))).toContain('Secret.Literal')
  })

  it.each([
    [
      'a secure parameter',
      template({
        parameters: { location: { type: 'string' }, dbPassword: { type: 'secureString', defaultValue: 'Tr0ub4dor&3' } },
      }),
    ],
    ['an expression', app({ clientSecret: "[parameters('secret1Value')]" })],
    ['a reference to a vault', app([{ name: 'API_TOKEN', value: '@Microsoft.KeyVault(SecretUri=https://v/s1)' }])],
    ['a placeholder', app({ clientSecret: '<your-Secret-1>' })],
    ['the name of a secret', app({ secretName: 'sqlPassword2024x' })],
  ])('are not seen in %s', async (_, text) => {
    const { findings } = await validate({ 'mainTemplate.json': text })
    expect(findings.filter(({ rule }) => rule === 'Files-Must-Not-Hold-Secrets')).toEqual([])
  })

  it('are told from words by their entropy', () => {
    expect(entropyOf('aaaaaaaa')).toBe(0)
    expect(entropyOf('abcdefgh')).toBe(3)
    expect(looksSecret('q8Zr71kdPPw0xLm')).toBe(true)
    for (const plain of [
      'password',
      'aaaaaaa1A',
      '2f1a7c3e-0000-4a5b-9c8d-1234567890ab',
      'https://a.b/C1d2',
      'two words1',
    ]) {
      expect(looksSecret(plain)).toBe(false)
    }
  })
})

describe('insecure settings', () => {
  const NSG = 'Microsoft.Network/networkSecurityGroups'
  const rule = (more: Record<string, unknown>): Record<string, unknown> => ({
    securityRules: [
      { name: 'in', properties: { direction: 'Inbound', access: 'Allow', sourceAddressPrefix: 'Internet', ...more } },
    ],
  })

  it.each([
    ['Public.Anonymous', properties({ allowBlobPublicAccess: true })],
    ['Public.Network', properties({ publicNetworkAccess: 'Enabled' }, 'Microsoft.Sql/servers')],
    ['TLS.Old', properties({ minimumTlsVersion: 'TLS1_1' })],
    ['TLS.Old', properties({ httpsOnly: true, siteConfig: { minTlsVersion: '1.0' } }, 'Microsoft.Web/sites')],
    ['HTTPS.Off', properties({ supportsHttpsTrafficOnly: false })],
    ['HTTPS.Missing', properties({ serverFarmId: 'x' }, 'Microsoft.Web/sites')],
    ['Network.Open', properties(rule({ destinationPortRange: '3380-3400' }), NSG)],
    ['Network.Default.Allow', properties({ networkAcls: { defaultAction: 'Allow' } })],
    [
      'Network.Firewall.Open',
      properties({ startIpAddress: '0.0.0.0', endIpAddress: '255.255.255.255' }, 'Microsoft.Sql/servers/firewallRules'),
    ],
  ])('are told as %s', async (id, text) => {
    expect(ids(await validate({ 'mainTemplate.json': text }, { only: ['security'] }))).toContain(id)
  })

  it.each([
    ['identities alone', properties({ publicNetworkAccess: 'Enabled', allowSharedKeyAccess: false })],
    ['a closed list of rules', properties({ publicNetworkAccess: 'Enabled', networkAcls: { defaultAction: 'Deny' } })],
    ['a site behind HTTPS', properties({ httpsOnly: true }, 'Microsoft.Web/sites')],
    ['a port for everybody', properties(rule({ destinationPortRange: '443' }), NSG)],
    ['a rule that denies', properties(rule({ destinationPortRange: '*', access: 'Deny' }), NSG)],
  ])('are not seen in %s', async (_, text) => {
    expect(ids(await validate({ 'mainTemplate.json': text }, { only: ['security'] }))).toEqual([])
  })

  it('are read through the default of a parameter', async () => {
    const text = template({
      parameters: { location: { type: 'string' }, open: { type: 'bool', defaultValue: true } },
      resources: [storage({ properties: { allowBlobPublicAccess: "[parameters('open')]" } })],
    })
    expect(ids(await validate({ 'mainTemplate.json': text }, { only: ['security'] }))).toEqual(['Public.Anonymous'])
  })
})

describe('a package as a whole', () => {
  it('without a read-me is told so, and loses points of its documentation only', async () => {
    const folder = tempFolder()
    writeFileSync(join(folder, 'mainTemplate.json'), template())
    const report = await validatePath({ system: testSystem(), now: NOW, path: folder })
    expect(report).toMatchObject({
      findings: [{ id: 'Readme.Missing', file: 'mainTemplate.json', step: 'quality' }],
      parts: { security: 100, quality: 100, documentation: 30, metadata: 100 },
      score: 86,
      status: 'passed',
    })
  })

  it('names what its manifest lacks with the points it costs', async () => {
    const bare = 'id: goods\nversion: 1.0.0\ndescription: Goods.\nlicense: Mine\n'
    const { findings, parts, gates } = await validate({ 'souk.yaml': bare, 'mainTemplate.json': template() })
    const metadata = findings.filter(({ part }) => part === 'metadata')
    expect(metadata.map(({ path, points }) => [path, points])).toEqual([
      ['category', 20],
      ['author', 20],
      ['tags', 15],
      ['description', 15],
    ])
    expect(parts).toMatchObject({ metadata: 30, quality: 97 })
    expect(gates.find(({ gate }) => gate === 'licence')).toMatchObject({ state: 'failed' })
  })

  it('takes goods of any registry for a name without one, and lets optional ones be missing', async () => {
    const needs = 'dependencies: [{name: lake, version: ">=1"}, {name: team/sea, version: "1.x", optional: true}]\n'
    const files = { 'souk.yaml': manifest(needs), 'mainTemplate.json': template() }
    const { findings } = await validate(files, {
      only: ['dependencies'],
      known: async () => [{ name: 'official/lake', version: '1.0.0' }],
    })
    expect(findings).toMatchObject([{ id: 'Dependency.Unmet', level: 'note', severity: 'info' }])
  })
})
