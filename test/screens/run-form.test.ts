import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openTemplates } from '../../src/engine/open-templates.ts'
import { readAnswers } from '../../src/model/run-answers.ts'
import { robot } from '../support/robot.ts'
import { TEMPLATES, toolsOf } from '../support/run-pipeline.ts'
import { sampleListing, sampleMarket } from '../support/sample-market.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const ID = 'azure-event-driven'

// What generates is loaded once before, so that a preview waits for its work alone.
beforeAll(async () => {
  const templates = openTemplates({
    tools: async () => toolsOf(testSystem()),
    prices: undefined,
    cwd: '/',
    emit: () => {},
  })
  await templates.compare({ template: ID, sides: [{ env: 'qa' }] })
}, 60_000)

/** The form of the built-in event-driven template, opened by its key. */
async function form(columns = 80, rows = 24) {
  const root = join(TEMPLATES, ID)
  const release = { version: '1.0.0', dependencies: [], requires: [], capabilities: [] }
  const listing = sampleListing({
    id: `builtin/${ID}`,
    registry: 'builtin',
    name: ID,
    title: 'Event-driven services',
    releases: [{ ...release, artifacts: [{ form: 'files', root, files: [] }] }],
  } as never)
  const system = testSystem()
  const marketplace = sampleMarket({ registries: [{ name: 'builtin', listings: [listing] }], system })
  const user = robot({ marketplace, system, columns, rows })
  await user.see(/> +Event-driven/)
  await user.press('g')
  await user.see('Generate, validate and')
  // Read from its folder, it has more fields than the three of every run.
  await user.see(/^ 1 of [2-9]\d /)
  let at = 1
  /** Moves to another field, a key at a time, each once the one before has shown. */
  const go = async (by: 1 | -1): Promise<void> => {
    await user.press(by > 0 ? 'down' : 'up')
    at += by
    await user.see(new RegExp(`^ ${at} of `))
  }
  const to = async (label: string): Promise<void> => {
    const isThere = (): boolean => user.lines().some((one) => one.startsWith(`> ${label}`))
    while (!isThere()) await go(1)
  }
  const first = async (): Promise<void> => {
    for (let back = at - 1; back > 0; back--) await go(-1)
  }
  return { user, marketplace, to, first }
}

describe('the run form of a template with environments', { timeout: 60_000 }, () => {
  test('has groups, whole labels, and features as the table has them in the environments that are typed', async () => {
    const { user, to, first } = await form()
    await user.see(/^ Network +$/)
    await to('Point-in-time recovery (days)')
    await to('Cosmos DB')
    await user.see(/^> Cosmos DB +< on, by the table >/)
    await first()
    await user.send('\u0015dev,qa')
    await to('Cosmos DB')
    await user.see(/< dev on, qa off, by the table >/)
    await user.see('NoSQL (dev testing).')
    await user.press('space')
    await user.see(/^> Cosmos DB +< on >/)
    await user.press('o')
    await user.see(/^> Cosmos DB +< off >/)
    await user.see('--feature cosmosDb=off')
    await user.press('right')
    await user.see(/by the table >/)
  })

  test('takes every printable key in a text, a list with commas, an example, and tells what is wrong below', async () => {
    const { user, to } = await form()
    await to('Owner')
    await user.send('\u0015q?:/gGx 12')
    await user.see(/^> Owner +q\?:\/gGx 12/)
    await to('Microservices')
    await user.send('\u0015cart-api, Stock')
    await user.see('has "Stock", which must match')
    await user.press('\u0005')
    await user.see(/^> Microservices +cart-api, stock-api/)
    await user.seeNo('must match')
    await user.see('--param ')
  })

  test('previews against the tables: what comes, goes and changes, the files and the cost, and starts from there', async () => {
    const { user, marketplace, to } = await form()
    await user.send('\u0015qa')
    await to('Microservices')
    await user.send('\u0015users-api')
    await user.press('\u0010')
    await user.see(/^ qa: \d+ resources, \d+ files/)
    await user.see('parameter services: ["users-api","orders-api"')
    await user.see('- App/containerApps orders-api')
    await user.press('pagedown', 'end')
    await user.see('mainTemplate.json:')
    await user.press('escape')
    await user.see(/^> Microservices +users-api/)
    await user.press('\u0010')
    await user.see(/^ qa: /)
    await user.press('\u0012')
    await user.see(`Run ${ID} for qa`)
    expect(marketplace.started).toMatchObject([
      { type: 'run', input: { template: `builtin/${ID}`, envs: ['qa'], parameters: { services: ['users-api'] } } },
    ])
  })

  test('tells why there is no preview, and starts nothing then', async () => {
    const { user, marketplace } = await form()
    await user.send('\u0015nope')
    await user.press('\u0010')
    await user.see('Environments has no nope; there are dev, qa, staging, prod.')
    await user.see(/^> Environments/)
    expect(marketplace.started).toEqual([])
  })

  test('writes its answers where it is told to, as --answers reads them', async () => {
    const { user, marketplace, to } = await form()
    const file = join(tempFolder(), 'answers.yaml')
    await to('Owner')
    await user.send('\u0015harbour')
    await to('CDN')
    await user.press('space')
    await to('Write answers to')
    await user.send(file)
    await user.press('enter')
    await user.see(`Run ${ID} for dev`)
    expect(existsSync(file)).toBe(true)
    const answers = readAnswers(file, readFileSync(file, 'utf8'))
    expect(answers).toMatchObject({ env: ['dev'], features: { cdn: true }, parameters: { owner: 'harbour' } })
    expect(marketplace.started).toMatchObject([
      { input: { features: { cdn: true }, parameters: { owner: 'harbour' } } },
    ])
  })

  test('works at 40x12: labels whole, texts below them, help and problems in sight', async () => {
    const { user, to } = await form(40, 12)
    await to('Point-in-time recovery (days)')
    await user.send('\u00159')
    await user.see('be at most 7.')
    const at = user.lines().findIndex((one) => one.startsWith('> Point-in-time'))
    expect(user.lines()[at + 1]).toMatch(/^ {4}9/)
    await user.see('database can be restored to')
    await to('Cosmos DB')
    await user.press('space')
    await user.see('< on >')
    await user.press('\u0010')
    await user.see('be at most 7.')
    for (const line of user.lines()) expect(line.length).toBeLessThanOrEqual(40)
  })
})
