import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ArmResource, ArmTemplate } from '../../src/pipeline/generators/arm-template.ts'
import { allResources } from '../../src/pipeline/generators/arm-resources.ts'
import { generatedPlatform } from '../support/event-driven.ts'
import { ENVS, stackConfig } from '../support/stacks.ts'
import { PYTHON_MS, hasPython, runProgram, type Registered } from '../support/python.ts'

const isHere = hasPython()

/** Of the group the ARM template only sets the tags; Pulumi makes it. */
const GROUP = { arm: 'Microsoft.Resources/tags', pulumi: 'Microsoft.Resources/resourceGroups' }
/** Members with another name, or at another place, than in Azure's own interface. */
const RENAMED: Record<string, string> = {
  application_type: 'applicationtype',
  supportshttpstrafficonly: 'enablehttpstrafficonly',
}
/** Members of a resource that Pulumi has beside its properties, or that are compared apart. */
const APART = new Set(['type', 'name', 'apiVersion', 'dependsOn', 'scope', 'location', 'tags'])

/** Every value in a tree by its path, told without the levels that the two interfaces differ in. */
function leaves(value: unknown, path: string[] = []): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path.join('/'), value]]
  return Object.entries(value).flatMap(([name, one]) => {
    const isLevel = name === 'properties' || name === 'typeProperties'
    const word = name.toLowerCase().replaceAll(/[-.]/g, '')
    return leaves(one, isLevel ? path : [...path, RENAMED[word] ?? word])
  })
}

/** Texts that hold JSON are compared as what they hold. */
function comparable(value: unknown): unknown {
  if (typeof value !== 'string' || !value.trim().startsWith('{')) return value
  return JSON.stringify(JSON.parse(value))
}

const sorted = (list: string[]): string[] => list.toSorted()
const isExpression = (value: unknown): boolean => typeof value === 'string' && value.startsWith('[')

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
/** A resource as its type and the words that say what it is for. */
const kindOf = (one: {
  type: string
  inputs?: Record<string, unknown>
  properties?: Record<string, unknown>
}): string => `${one.type.toLowerCase()} ${textOf((one.inputs ?? one.properties)?.['description'])}`

interface Case {
  title: string
  envs: readonly string[]
  input: Record<string, unknown>
}
const CASES: Case[] = [
  { title: 'as the tables have it', envs: ENVS, input: {} },
  {
    title: 'with every option on',
    envs: ['dev', 'prod'],
    input: {
      parameters: {
        namePrefix: 'shop',
        owner: 'orders-team',
        costCentre: 'cc-4711',
        services: ['cart-api', 'orders-api'],
        enableDapr: true,
        enableDlqQueue: true,
        enableManagement: true,
        customDomain: 'shop.example.com',
        frontendRegions: ['westus2', 'westeurope'],
        allowedIps: ['203.0.113.10', '203.0.113.20-203.0.113.30'],
        enableOAuth: true,
        oauthAudience: 'api://shop',
        sqlAllowedIps: ['203.0.113.7'],
        sqlAdminId: '11111111-2222-3333-4444-555555555555',
        sqlAdminName: 'database people',
        sqlSku: 'P1',
      },
      seed: 'another',
    },
  },
  {
    title: 'with data for services that are not there',
    envs: ['qa'],
    input: { features: { containerApps: false, redisCache: true, cosmosDb: true } },
  },
  {
    title: 'with every feature off',
    envs: ['staging'],
    input: {
      features: Object.fromEntries(
        [
          'containerApps',
          'functions',
          'serviceBus',
          'sqlDatabase',
          'apiManagement',
          'cdn',
          'dataFactory',
          'redisCache',
          'cosmosDb',
        ].map((name) => [name, false]),
      ),
    },
  },
]

describe.skipIf(!isHere).each(CASES)('the two formats of the platform, $title', ({ envs, input }) => {
  const platform = generatedPlatform({ envs, ...input })
  const arm: Record<string, ArmResource[]> = {}
  const pulumi: Record<string, Registered[]> = {}

  beforeAll(async () => {
    for (const env of envs) {
      const tree = join(platform.folder(env), 'pulumi')
      const text = readFileSync(join(platform.folder(env), 'mainTemplate.json'), 'utf8')
      arm[env] = allResources(JSON.parse(text) as ArmTemplate).filter((one) => one.type !== GROUP.arm)
      const all = await runProgram(tree, env, stackConfig(tree, env))
      pulumi[env] = all.filter((one) => one.type !== GROUP.pulumi)
    }
  }, PYTHON_MS)

  test.each(envs)('make the same resources under the same names in %s', (env) => {
    const named = (arm[env] ?? []).filter(
      (one) => !isExpression(one.name) && one.type !== 'Microsoft.Insights/diagnosticSettings',
    )
    const types = new Set(named.map((one) => one.type.toLowerCase()))
    expect(named.length).toBeGreaterThan(15)
    // Rights too: one format finds those of the other and makes none of them again.
    expect((arm[env] ?? []).filter((one) => /roleassignments$/i.test(one.type) && isExpression(one.name))).toEqual([])
    expect(sorted((pulumi[env] ?? []).map((one) => one.type.toLowerCase()))).toEqual(
      sorted((arm[env] ?? []).map((one) => one.type.toLowerCase())),
    )
    const inBoth = (pulumi[env] ?? []).filter(
      (one) => types.has(one.type.toLowerCase()) && one.type !== 'Microsoft.Insights/diagnosticSettings',
    )
    expect(sorted(inBoth.map((one) => `${one.type} ${one.path}`.toLowerCase()))).toEqual(
      sorted(named.map((one) => `${one.type} ${one.name}`.toLowerCase())),
    )
    expect(sorted((pulumi[env] ?? []).map(kindOf))).toEqual(sorted((arm[env] ?? []).map(kindOf)))
  })

  test.each(envs)('say the same of each of them in %s, property for property', (env) => {
    let compared = 0
    for (const one of arm[env] ?? []) {
      const same = (pulumi[env] ?? []).filter((each) => each.type === one.type && each.path === one.name)
      const isOne = same.length === 1 && one.type !== 'Microsoft.Insights/diagnosticSettings'
      if (!isOne) continue
      const given = new Map(leaves(same[0]?.inputs))
      const members = Object.fromEntries(Object.entries(one).filter(([name]) => !APART.has(name)))
      for (const [path, value] of leaves(members)) {
        if (isExpression(value) || path.includes('/[')) continue
        compared++
        expect(comparable(given.get(path)), `${one.type} ${one.name}: ${path}`).toEqual(comparable(value))
      }
    }
    expect(compared).toBeGreaterThan(100)
  })

  test.each(envs)('give the same five tags in %s, but for the tool that keeps them', (env) => {
    const template = JSON.parse(readFileSync(join(platform.folder(env), 'mainTemplate.json'), 'utf8')) as ArmTemplate
    const { parameters } = JSON.parse(readFileSync(join(platform.folder(env), 'parameters.json'), 'utf8')) as {
      parameters: Record<string, { value: unknown }>
    }
    const said = Object.entries(template.variables['tags'] as Record<string, string>).map(([name, value]) => {
      const parameter = /^\[parameters\('(\w+)'\)\]$/.exec(value)?.[1]
      return [name, parameter === undefined ? value : parameters[parameter]?.value]
    })
    const tags = { ...Object.fromEntries(said), 'managed-by': 'pulumi' } as Record<string, unknown>
    expect(Object.keys(tags)).toEqual(['environment', 'owner', 'project', 'managed-by', 'cost-centre'])
    const tagged = new Set((arm[env] ?? []).filter((one) => 'tags' in one).map((one) => one.type))
    for (const one of pulumi[env] ?? []) {
      expect([one.path, one.inputs['tags']]).toEqual([one.path, tagged.has(one.type) ? tags : undefined])
    }
  })
})
