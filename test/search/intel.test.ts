import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { loadSettings } from '../../src/config/load-settings.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import { openMarketplace } from '../../src/engine/open-marketplace.ts'
import { intelOf } from '../../src/search/intel.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { item } from './support.ts'

const HOUR = 3_600_000

describe('an account of an item', () => {
  const lead = item('a', 'web', { downloads: 50, rating: 5, ratingCount: 1, categories: ['sites'], tags: ['azure'] })
  const other = item('b', 'web', { downloads: 30, rating: 3, ratingCount: 3 })
  const goods = [
    lead,
    other,
    item('a', 'shop', { downloads: 90, categories: ['sites'], tags: ['azure'] }),
    item('b', 'blog', { downloads: 10, categories: ['sites'] }),
    item('b', 'quiet', { tags: ['azure'] }),
    item('c', 'tool', { kind: 'plugin', downloads: 999 }),
  ]

  it('adds up what is told and guesses nothing', () => {
    const intel = intelOf([lead, other], goods)
    expect(intel.demand).toEqual({
      downloads: { total: 80, registries: 2 },
      place: { place: 2, of: 3 },
      rating: { mean: 3.5, count: 4, registries: 2 },
    })
    expect(intel.field).toEqual({ goods: 5, registries: 2, categories: [{ name: 'sites', goods: 3 }] })
    expect(intel.offers.map((one) => [one.id, one.downloads])).toEqual([
      ['a/web', 50],
      ['b/web', 30],
    ])
    expect(intel.similar[0]).toEqual({ id: 'a/shop', shared: ['sites', 'azure'], downloads: 90 })
    expect(intel.similar.map((one) => one.id)).not.toContain('b/web')
  })

  it('leaves out what nobody tells', () => {
    const alone = item('a', 'alone')
    expect(intelOf([alone], [alone])).toMatchObject({ demand: {}, field: { goods: 1 }, similar: [] })
  })
})

/** Two registries on this machine, and a market whose wall clock a test moves. */
async function market() {
  const asked: string[] = []
  const goods: Record<string, object[]> = {
    a: [
      {
        name: 'web',
        version: '2.0.0',
        versions: ['2.0.0', '1.0.0'],
        description: 'x',
        tags: ['azure'],
        marketplace: { downloads: 7, rating: 4 },
      },
      { name: 'shop', version: '1.0.0', description: 'x', tags: ['azure'] },
    ],
    b: [{ name: 'web', version: '1.5.0', description: 'x \u001b[31m', marketplace: { downloads: 5 } }],
  }
  let isDown = false
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    asked.push(`${pathname} ${searchParams.get('q') ?? ''}`.trim())
    if (isDown) return void response.writeHead(503).end()
    const [, name = '', , , what, one] = pathname.split('/')
    const all = goods[name] ?? []
    if (what === 'search') return void response.end(JSON.stringify({ templates: all, total_count: all.length }))
    const found = all.find((good) => (good as { name: string }).name === one)
    const version = searchParams.get('version')
    response.writeHead(found ? 200 : 404).end(JSON.stringify({ ...found, ...(version === null ? {} : { version }) }))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const home = tempFolder()
  const config = join(home, 'registries.yaml')
  const entries = ['a', 'b'].map(
    (name) => `  - {name: ${name}, type: community, protocol: rest, url: "http://127.0.0.1:${port}/${name}"}`,
  )
  writeFileSync(config, `http: {tries: 1}\nregistries:\n${entries.join('\n')}\n`)
  const real = testSystem({ env: { SOUK_HOME: home } })
  let moved = 0
  const builtin = tempFolder()
  const system = { ...real, clock: { ...real.clock, now: () => real.clock.now() + moved } }
  const open = async (): Promise<Marketplace> => {
    const loaded = await loadSettings(system, { config })
    const made = await openMarketplace({
      system,
      loaded,
      program: { name: 'souk', version: '0' },
      goods: builtin,
      environment: {},
    })
    onTestFinished(() => made.close())
    return made
  }
  return { open, asked, pass: (ms: number) => void (moved += ms), stop: () => void (isDown = true) }
}

it('asks once in six hours, says when that was, and looks for what is like it without a word', async () => {
  const { open, asked, pass, stop } = await market()
  /** One run of the program. */
  const told = async () => {
    const opened = await open()
    const intel = await opened.intel('web')
    await opened.close()
    return intel
  }
  const first = await told()
  expect(first).toMatchObject({
    id: 'a/web',
    cached: false,
    state: 'fresh',
    demand: { downloads: { total: 12, registries: 2 } },
  })
  expect(first.offers.map((one) => [one.id, one.versions])).toEqual([
    ['a/web', 2],
    ['b/web', 1],
  ])
  expect(first.similar.map((one) => one.id)).toEqual(['a/shop'])
  expect(asked.filter((one) => one.includes('/search')).every((one) => one.endsWith('/search'))).toBe(true)
  const count = asked.length

  pass(5 * HOUR)
  const again = await told()
  expect(asked.length).toBe(count)
  expect(again).toMatchObject({ cached: true, state: 'cached', askedAt: first.askedAt, offers: first.offers })
  expect(again.ageMs).toBeGreaterThanOrEqual(5 * HOUR)

  pass(2 * HOUR)
  const later = await told()
  expect(asked.length).toBeGreaterThan(count)
  expect([later.cached, later.askedAt > first.askedAt]).toEqual([false, true])
  stop()
  pass(7 * HOUR)
  const last = await open()
  expect(await last.intel('web')).toMatchObject({ cached: true, state: 'stale', askedAt: later.askedAt })
  // Never asked for by itself, and nobody answers: told from what a search brought, as old as that is.
  const shop = await last.intel('shop')
  expect(shop).toMatchObject({ id: 'a/shop', cached: false, state: 'stale' })
  expect(shop.ageMs).toBeGreaterThanOrEqual(7 * HOUR)
  await expect(last.intel('nowhere')).rejects.toMatchObject({ code: 'item.notFound' })
})
