import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { networkSettings, readRange } from '../../src/pipeline/generators/network.ts'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { TEMPLATES } from '../support/run-pipeline.ts'
import { tempFolder } from '../support/temp.ts'

/** The template with one text in one of its tables replaced. */
function changed(table: string, from: string, to: string): string {
  const folder = join(tempFolder(), 'template')
  cpSync(join(TEMPLATES, 'azure-event-driven'), folder, { recursive: true })
  const file = join(folder, 'tables', table)
  const text = readFileSync(file, 'utf8')
  expect(text).toContain(from)
  writeFileSync(file, text.replace(from, to))
  return folder
}

describe('the tables of a template', () => {
  test('become settings, features and tiers of each environment', () => {
    const { environments, rows } = loadTemplate(join(TEMPLATES, 'azure-event-driven')).environments
    expect(environments['staging']).toMatchObject({
      location: 'westus2',
      settings: { vnetCidr: '10.1.0.0/16', privateEndpoints: true, softDeleteDays: 30, minReplicas: 0 },
      features: { cdn: true, redisCache: false },
      tiers: { serviceBus: 'Basic' },
    })
    expect(rows.settings.map(({ title }) => title)).toEqual([
      'DDoS Protection',
      'Firewall',
      'Private Endpoints',
      'Purge Protection',
      'Soft Delete (days)',
      'Log Retention (days)',
      'Daily Quota (GB)',
    ])
    expect(rows.features.map(({ title, purpose }) => `${title}: ${purpose}`)).toContain(
      'Cosmos DB: NoSQL (dev testing)',
    )
  })

  test('are refused with a cell missing, a stranger, or addresses that two environments share', () => {
    expect(() => loadTemplate(changed('features.yaml', 'staging: true, ', ''))).toThrow(
      /"containerApps" has no cell for staging/,
    )
    expect(() => loadTemplate(changed('settings.yaml', 'dev: 7,', 'dev: 7, live: 7,'))).toThrow(/has a cell for "live"/)
    expect(() => loadTemplate(changed('network.yaml', 'qa: 10.3.0.0/16', 'qa: 10.2.128.0/17'))).toThrow(
      /qa \(10.2.128.0\/17\) and prod \(10.2.0.0\/16\) share addresses/,
    )
    expect(() => loadTemplate(changed('network.yaml', 'qa: 10.3.0.0/16', 'qa: 10.3.0.0/24'))).toThrow(
      /10.3.0.0\/24 has 256 addresses, and the subnets need 2048/,
    )
  })

  test('derive subnets and their rules from the range', () => {
    const { network } = loadTemplate(join(TEMPLATES, 'azure-event-driven')).environments
    if (!network) throw new Error('no network')
    const { subnets, namedSubnets } = networkSettings(network, 'dev', { cidr: '172.16.32.0/19' }) as {
      subnets: { name: string; cidr: string; allow: unknown[] }[]
      namedSubnets: unknown
    }
    expect(subnets.map(({ cidr }) => cidr)).toEqual(
      ['32', '33', '34', '35', '36', '37'].map((third) => `172.16.${third}.0/24`),
    )
    expect(subnets[4]?.allow).toEqual([
      { name: 'app-to-data', priority: 100, from: '172.16.33.0/24', to: '172.16.36.0/24', ports: ['1433'] },
      {
        name: 'functions-to-data',
        priority: 110,
        from: '172.16.34.0/24',
        to: '172.16.36.0/24',
        ports: ['443', '1433'],
      },
    ])
    expect(namedSubnets).toMatchObject({ firewall: { name: 'AzureFirewallSubnet', cidr: '172.16.39.0/26' } })
  })

  test('take ranges that begin at their first address and no others', () => {
    expect(readRange('10.2.0.0/16')).toEqual({ from: 10 * 2 ** 24 + 2 * 2 ** 16, size: 65_536 })
    for (const wrong of ['10.2.1.0/16', '10.2.0.0', '10.256.0.0/16', '10.0.0.0/33', '::/0', ''])
      expect(readRange(wrong)).toBeUndefined()
  })
})
