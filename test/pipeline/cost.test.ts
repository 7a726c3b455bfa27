import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import type { CostEstimate } from '../../src/model/cost.ts'
import type { ArmResource, ArmTemplate } from '../../src/pipeline/generators/arm-template.ts'
import { costAnalyzers, estimates, type CostAnalyzer } from '../../src/pipeline/cost/cost-analyzer.ts'
import { priceTableAnalyzer } from '../../src/pipeline/cost/price-table-analyzer.ts'
import { readPriceTable, type PriceTable } from '../../src/pipeline/cost/price-table.ts'
import { SHIPPED_PRICES } from '../../src/pipeline/cost/shipped-prices.ts'
import { tempFolder } from '../support/temp.ts'

const resource = (type: string, name: string, more: Record<string, unknown> = {}): ArmResource => ({
  type: `Microsoft.${type}`,
  name,
  ...more,
})
const template = (resources: ArmResource[], parameters: ArmTemplate['parameters'] = {}): ArmTemplate => ({
  parameters,
  variables: {},
  resources,
  outputs: {},
})
const request = (whole: ArmTemplate, prices: PriceTable = SHIPPED_PRICES, parameters = {}) => ({
  env: 'dev',
  region: 'westus2',
  template: whole,
  parameters,
  layerOf: ({ name }: ArmResource) => name.split('-')[0] ?? '',
  prices,
})
const priced = (whole: ArmTemplate, prices?: PriceTable, parameters = {}): CostEstimate =>
  priceTableAnalyzer.analyze(request(whole, prices, parameters)) as CostEstimate

describe('what an environment costs', () => {
  test('a unit, a capacity, a parameter, a copy and cores kept ready each count as they are', () => {
    const container = { resources: { cpu: "[json('0.5')]", memory: '1Gi' } }
    const app = (minReplicas: number) => ({
      properties: { template: { containers: [container, container], scale: { minReplicas } } },
    })
    const { lines, monthly } = priced(
      template(
        [
          resource('ServiceBus/namespaces', 'bus', { sku: { name: 'Premium', capacity: 2 } }),
          resource('Sql/servers/databases', 'sql', { sku: { name: "[parameters('sqlSku')]", capacity: 50 } }),
          resource('Web/staticSites', 'site', {
            sku: { name: 'Standard' },
            copy: { count: "[length(parameters('at'))]" },
          }),
          resource('App/containerApps', 'idle', app(0)),
          resource('App/containerApps', 'ready', app(2)),
          resource('Network/azureFirewalls', 'fw', { properties: { sku: { name: 'AZFW_VNet', tier: 'Standard' } } }),
          resource('Cache/redis', 'redis', { properties: { sku: { name: 'Basic', family: 'C', capacity: 0 } } }),
          resource('DocumentDB/databaseAccounts', 'docs', {
            properties: { capabilities: [{ name: 'EnableServerless' }] },
          }),
        ],
        { sqlSku: { type: 'string', defaultValue: 'Basic' }, at: { type: 'array', defaultValue: ['a', 'b'] } },
      ),
      SHIPPED_PRICES,
      { sqlSku: 'S2' },
    )
    const of = (name: string) => lines.find((one) => one.name === name)
    expect(of('bus')).toMatchObject({ sku: 'Premium', units: 2, monthly: 1354 })
    expect(of('sql')).toMatchObject({ sku: 'S2', units: 1, monthly: 75 })
    expect(of('site')).toMatchObject({ units: 2, monthly: 18 })
    expect(of('idle')).toMatchObject({ units: 0, monthly: 0 })
    expect(of('ready')).toMatchObject({ units: 2, monthly: 47.3 })
    expect(of('fw')).toMatchObject({ sku: 'Standard', monthly: 912 })
    expect(of('redis')).toMatchObject({ sku: 'Basic C0', monthly: 16 })
    expect(of('docs')).toMatchObject({ sku: 'Serverless', monthly: 0 })
    expect(monthly).toBe(1354 + 75 + 18 + 47.3 + 912 + 16)
  })

  test('what the table does not know is listed and in no total', () => {
    const { monthly, unknown } = priced(
      template([
        resource('ServiceBus/namespaces', 'bus', { sku: { name: 'Gigantic' } }),
        resource('Quantum/workspaces', 'q', { sku: { name: 'Basic' } }),
        resource('Resources/deployments', 'nested'),
        resource('Web/staticSites', 'many', { sku: { name: 'Standard' }, copy: { count: "[variables('n')]" } }),
        resource('Network/virtualNetworks', 'net'),
        resource('ServiceBus/namespaces/queues', 'bus/q'),
        resource('Network/ddosProtectionPlans', 'off', { condition: false }),
      ]),
    )
    expect(monthly).toBe(0)
    expect(unknown.map(({ name, sku }) => [name, sku])).toEqual([
      ['bus', 'Gigantic'],
      ['q', 'Basic'],
      ['nested', ''],
      ['many', 'Standard'],
    ])
  })

  test('layers add up to the total', () => {
    const made = priced(
      template([
        resource('Network/natGateways', 'net-1', { sku: { name: 'Standard' } }),
        resource('Network/publicIPAddresses', 'net-2', { sku: { name: 'Standard' } }),
        resource('Sql/servers/databases', 'data-1', { sku: { name: 'Basic' } }),
      ]),
    )
    expect(made.layers).toEqual([
      { layer: 'net', monthly: 36.65, resources: 2 },
      { layer: 'data', monthly: 5, resources: 1 },
    ])
    expect(made.monthly).toBe(41.65)
  })

  test('another analyzer joins ours, or with its id takes its place', async () => {
    const whole = template([resource('Sql/servers/databases', 'sql', { sku: { name: 'Basic' } })])
    const theirs = (id: string): CostAnalyzer => ({
      id,
      title: 'theirs',
      analyze: ({ env, region }) => ({ ...priced(whole), analyzer: id, env, region, monthly: 99 }),
    })
    const joined = await estimates(request(whole), costAnalyzers([theirs('acme')]))
    expect(joined.map((one) => [one.analyzer, one.monthly])).toEqual([
      ['price-table', 5],
      ['acme', 99],
    ])
    const replaced = await estimates(request(whole), costAnalyzers([theirs('price-table')]))
    expect(replaced.map((one) => one.monthly)).toEqual([99])
  })
})

describe('a price table of your own', () => {
  const fileOf = (text: string): string => {
    const file = join(tempFolder(), 'prices.yaml')
    writeFileSync(file, text)
    return file
  }

  test('the printed table of the program is one, and gives the same figures', () => {
    expect(readPriceTable(fileOf(stringify(SHIPPED_PRICES)))).toEqual(SHIPPED_PRICES)
    expect(readPriceTable(fileOf(JSON.stringify(SHIPPED_PRICES)))).toEqual(SHIPPED_PRICES)
  })

  test('takes the place of the whole table, in its own currency, whatever the case of types', () => {
    const own = readPriceTable(
      fileOf(
        'date: 2026-12-24\nregion: Sweden\ncurrency: SEK\nbasis: ours\nprices:\n  microsoft.sql/SERVERS/databases: { BASIC: { monthly: 55.5 } }\n',
      ),
    )
    const whole = template([
      resource('Sql/servers/databases', 'sql', { sku: { name: 'Basic' } }),
      resource('Network/natGateways', 'nat', { sku: { name: 'Standard' } }),
    ])
    const made = priced(whole, own)
    expect(made).toMatchObject({ monthly: 55.5, currency: 'SEK', kgCo2: null })
    expect(made.basis).toBe('prices of 2026-12-24 for Sweden, ours')
    expect(made.unknown.map((one) => one.name)).toEqual(['nat'])
  })

  const head = 'date: 2026-11-30\nregion: x\ncurrency: USD\nbasis: b\n'
  test.each([
    [`${head}prices:\n  A.B/c:\n    S1: { monthly: many }\n`, /prices\.yaml:7:20: prices\.A\.B\/c\.S1\.monthly: /],
    [`${head}prices:\n  A.B/c:\n    S1: { monthly: -1 }\n`, /prices\.yaml:7:20: .*monthly/],
    [
      `${head}prices:\n  A.B/c:\n    S1: { montly: 1, monthly: 2 }\n`,
      /prices\.yaml:7:\d+: .*montly: is no member of a price table/,
    ],
    [
      `date: someday\nregion: x\ncurrency: USD\nbasis: b\nprices: {}\n`,
      /prices\.yaml:1:7: date: must be a day such as/,
    ],
    [
      `date: 2026-11-30\nregion: x\ncurrency: dollars\nbasis: b\nprices: {}\n`,
      /prices\.yaml:3:11: currency: must be three letters/,
    ],
    [`${head}`, /prices\.yaml:1:1: prices: /],
    [`a: [1\n`, /prices\.yaml:\d+:\d+: is not valid YAML/],
  ])('with a fault is refused with file, line and what is wrong: %#', (text, why) => {
    expect(() => readPriceTable(fileOf(text))).toThrow(
      expect.objectContaining({ exit: 2, message: expect.stringMatching(why) }),
    )
  })

  test('that is not there is refused', () => {
    expect(() => readPriceTable(join(tempFolder(), 'none.yaml'))).toThrow(/none\.yaml: the price table cannot be read/)
  })
})
