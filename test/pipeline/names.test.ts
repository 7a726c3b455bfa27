import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openAnswers } from '../../src/pipeline/generators/answers.ts'
import { nameRule } from '../../src/pipeline/generators/name-rules.ts'
import { checkParameters } from '../../src/pipeline/generators/parameters.ts'
import { loadTemplate } from '../../src/pipeline/generators/template-folder.ts'
import { loadPatterns } from '../../src/model/pattern.ts'
import { TEMPLATES, openPipeline } from '../support/run-pipeline.ts'
import { testSystem } from '../support/test-system.ts'
import { tempFolder } from '../support/temp.ts'

const template = loadTemplate(join(TEMPLATES, 'azure-event-driven'))
await loadPatterns()
const namesOf = (env: string, given: Record<string, unknown> = {}, seed = 'souk') =>
  openAnswers(template, { env, seed, parameters: checkParameters(template.manifest, given) }).names

describe('names of resources', () => {
  test('follow the table and depend on prefix, environment and seed alone', () => {
    const names = namesOf('staging', { namePrefix: 'shop' })
    expect(names).toMatchObject({
      virtualNetwork: 'vnet-shop-staging',
      networkSecurityGroup: { data: 'nsg-data-shop-staging' },
      containerApp: { 'users-api': 'users-api' },
      staticSite: { westus2: 'swa-shop-staging-westus2' },
    })
    expect(names['etlStorage']).toMatch(/^etlshopstaging[a-z][a-z0-9]{5}$/)
    expect(namesOf('staging', { namePrefix: 'shop' })).toEqual(names)
    expect(namesOf('staging', { namePrefix: 'shop' }, 'other')['etlStorage']).not.toBe(names['etlStorage'])
    expect(namesOf('staging', { namePrefix: 'shop' }, 'other')['virtualNetwork']).toBe('vnet-shop-staging')
  })

  test('fit what Azure allows with the longest prefix, and are all different', () => {
    for (const env of ['dev', 'qa', 'staging', 'prod']) {
      const names = Object.entries(namesOf(env, { namePrefix: 'abcdefgh' }))
      const all = names.flatMap(([kind, value]) =>
        (typeof value === 'string' ? [value] : Object.values(value)).map((name) => ({ kind, name })),
      )
      for (const { kind, name } of all) {
        const rule = nameRule(template.environments.names?.names[kind]?.type ?? '')
        expect(name).toMatch(rule?.pattern ?? /never/)
        expect(name.length).toBeLessThanOrEqual(rule?.most ?? 0)
      }
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    }
  })

  test('that would be too long, not allowed or there twice end the run before anything is written', async () => {
    const home = tempFolder()
    const run = (parameters: Record<string, unknown>, folder: string) =>
      openPipeline(testSystem(), home).runHere('run', 'Run', {
        template: 'azure-event-driven',
        envs: ['dev'],
        out: join(home, folder),
        parameters,
      })
    const cases = [
      [['a--b'], /"a--b" is no name for Microsoft.App\/containerApps, which takes/],
      [['cart-api', 'cart-api'], /"cart-api" would be the name of two resources, containerApp and containerApp/],
    ] as const
    for (const [services, message] of cases) {
      await expect(run({ services }, 'out')).rejects.toMatchObject({ exit: 2, message: expect.stringMatching(message) })
    }
    expect(existsSync(join(home, 'out'))).toBe(false)
  })
})
