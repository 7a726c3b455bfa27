import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { souk } from '../commands/stand-in.ts'
import { TEMPLATES } from '../support/run-pipeline.ts'
import type { EnvironmentTable } from '../../src/model/environment-table.ts'

const README = join(TEMPLATES, 'azure-event-driven', 'README.md')
const BLOCK = /<!-- environments -->\n[\s\S]*?<!-- \/environments -->/

describe('souk env table', () => {
  test('has the cells of the architecture: settings, flags, tiers, regions, addresses', async () => {
    const told = await souk(['env', 'table', 'azure-event-driven', '--json'])
    const { environments, settings, features, tiers } = told.json() as unknown as EnvironmentTable
    expect(environments.map((one) => [one.name, one.region, one.addresses])).toEqual([
      ['dev', 'westus2', '10.0.0.0/16'],
      ['qa', 'westus2', '10.3.0.0/16'],
      ['staging', 'westus2', '10.1.0.0/16'],
      ['prod', 'westus2', '10.2.0.0/16'],
    ])
    expect(settings.map(({ title, cells }) => [title, ...cells])).toEqual([
      ['DDoS Protection', 'no', 'no', 'no', 'yes'],
      ['Firewall', 'no', 'no', 'no', 'yes'],
      ['Private Endpoints', 'no', 'no', 'yes', 'yes'],
      ['Purge Protection', 'no', 'no', 'no', 'yes'],
      ['Soft Delete (days)', '7', '14', '30', '90'],
      ['Log Retention (days)', '30', '30', '60', '365'],
      ['Daily Quota (GB)', '1', '2', '5', 'Unlimited'],
    ])
    expect(features.map(({ title, values, purpose }) => [title, ...values, purpose])).toEqual([
      ['Container Apps', true, true, true, true, 'Microservices'],
      ['Functions', true, true, true, true, 'Serverless workers'],
      ['Service Bus', true, true, true, true, 'Messaging'],
      ['SQL Database', true, true, true, true, 'Primary database'],
      ['API Management', true, false, true, true, 'API gateway'],
      ['CDN', false, false, true, true, 'Content delivery'],
      ['Data Factory', true, false, false, false, 'ETL (dev testing)'],
      ['Redis Cache', true, false, false, true, 'Caching'],
      ['Cosmos DB', true, false, false, false, 'NoSQL (dev testing)'],
    ])
    expect(tiers.find((one) => one.name === 'serviceBus')).toMatchObject({
      values: ['Basic', 'Basic', 'Basic', 'Standard'],
      effective: ['Standard', 'Standard', 'Premium', 'Premium'],
    })
  })

  test('is on a terminal of 80 cells as it is', async () => {
    const { out } = await souk(['env', 'table', 'azure-event-driven'])
    expect(out).toMatch(/^Soft Delete \(days\) +7 +14 +30 +90$/m)
    expect(out).toMatch(/^staging +Pre-production +westus2 \(\+ westeurope\) +10\.1\.0\.0\/16/m)
  })

  // UPDATE_README=1 writes the tables anew; without it they are compared.
  test('as Markdown is what the read-me of the template says', async () => {
    const { out } = await souk(['env', 'table', 'azure-event-driven', '--format', 'markdown'])
    const made = `<!-- environments -->\n\n${out.trim()}\n\n<!-- /environments -->`
    const text = readFileSync(README, 'utf8')
    if (process.env['UPDATE_README']) writeFileSync(README, text.replace(BLOCK, made))
    expect(BLOCK.exec(readFileSync(README, 'utf8'))?.[0]).toBe(made)
  })

  test('works for a template without tables of its own, and says what is not there', async () => {
    const plain = await souk(['env', 'table', 'key-vault-starter', '--json'])
    expect(plain.json()).toMatchObject({ environments: [{ name: 'dev' }, {}, {}, {}], settings: [], features: [] })
    expect(await souk(['env', 'table', 'nothing-of-that-name'])).toMatchObject({ exit: 2 })
  })
})
