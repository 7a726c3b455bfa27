import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Marketplace } from '../../src/marketplace.ts'
import type { RegistryFigures } from '../../src/model/figures.ts'
import { makeQuery } from '../../src/model/query.ts'
import { serve } from '../http/loopback.ts'
import { heldServer, realMarket } from '../support/real-market.ts'
import { robot } from '../support/robot.ts'
import { testClock } from '../support/test-system.ts'

const GOODS = JSON.stringify({
  templates: [{ name: 'web-app', version: '1.0.0', description: 'A page' }],
  total_count: 1,
  filtered_count: 1,
})

/** A registry that answers with the statuses given, one request after the other, then well. */
const answering = (statuses: number[], waitMs = 0): ReturnType<typeof serve> =>
  serve((_request, response, number) => {
    const send = (): void =>
      void response.writeHead(statuses[number - 1] ?? 200, { 'content-type': 'application/json' }).end(GOODS)
    if (waitMs > 0) setTimeout(send, waitMs)
    else send()
  })

async function search(market: Marketplace, text: string, refresh = true): Promise<void> {
  for await (const _ of market.search(makeQuery({ text }), { refresh, lastOnly: true }));
}

async function of(market: Marketplace, registry: string): Promise<RegistryFigures> {
  const found = (await market.metrics.figures()).registries.find((one) => one.registry === registry)
  if (!found) throw new Error(`nothing is known of ${registry}`)
  return found
}

const ONE_TRY = { SOUK_HTTP_TRIES: '1' }

describe('the figures of a market', () => {
  it('hold nothing against a registry that was not waited for', async () => {
    const held = await heldServer()
    const { marketplace } = await realMarket({ held: held.url }, ONE_TRY)
    const enough = new AbortController()
    const search = (async () => {
      for await (const _ of marketplace.search(makeQuery({ text: 'web' }), { signal: enough.signal }));
    })()
    await expect.poll(() => held.waiting).toBe(1)
    enough.abort()
    await expect(search).rejects.toThrow()
    await expect.poll(() => held.waiting).toBe(0)
    const figures = (await marketplace.metrics.figures()).registries.find((one) => one.registry === 'held')
    expect(figures?.recentMs ?? []).toEqual([])
    expect(figures?.calls ?? 0).toBe(0)
  })

  it('tell how long a registry takes, how often it answers well, and leave the others out of it', async () => {
    const [slow, quick] = [await answering([200, 200, 200, 500], 200), await answering([])]
    const { marketplace } = await realMarket({ slow: slow.url, quick: quick.url }, ONE_TRY)
    for (let call = 0; call < 4; call++) await search(marketplace, 'web')
    const figures = await of(marketplace, 'slow')
    expect(figures).toMatchObject({ calls: 4, failed: 1, successRate: 0.75, errors: { connection: 1 } })
    expect(figures.response?.mean).toBeGreaterThanOrEqual(199)
    expect(figures.response?.mean).toBeLessThan(500)
    expect((await of(marketplace, 'quick')).successRate).toBe(1)
  })

  it('count refused credentials and "too many requests" as often as they were said', async () => {
    const [closed, busy] = [await answering([401, 401]), await answering([429, 429])]
    const { marketplace } = await realMarket({ closed: closed.url, busy: busy.url }, ONE_TRY)
    await search(marketplace, 'web')
    await search(marketplace, 'web')
    expect(await of(marketplace, 'closed')).toMatchObject({ authFailures: 2, rateLimitHits: 0 })
    expect(await of(marketplace, 'busy')).toMatchObject({ authFailures: 0, rateLimitHits: 2 })
  })

  it('tell that of one miss and three hits three quarters came from the cache', async () => {
    const server = await answering([])
    const { marketplace, system, home } = await realMarket({ team: server.url })
    for (let call = 0; call < 4; call++) {
      const again = call === 0 ? marketplace : (await reopened(system, home)).marketplace
      await search(again, 'web', false)
      await again.close()
    }
    const { cache } = await (await reopened(system, home)).marketplace.metrics.figures()
    expect(cache.byRegistry['team']).toMatchObject({ hits: 3, misses: 1 })
    expect(server.seen).toHaveLength(1)
  })

  it('count what was searched, installed and validated, and each error once', { timeout: 20_000 }, async () => {
    const { marketplace, home } = await realMarket({ goods: [{ id: 'alpha' }, { id: 'beta' }] })
    const run = (action: string, id: string): Promise<unknown> =>
      marketplace.jobs.runHere(action, action, { ids: [id], yes: true })
    await run('install', 'goods/alpha')
    await run('uninstall', 'goods/alpha')
    await run('install', 'goods/alpha')
    await run('install', 'goods/beta')
    await expect(run('install', 'goods/nothing')).rejects.toThrow('nothing')
    await marketplace.validate({ path: join(home, 'goods', 'goods', 'alpha') })
    const { templates } = await marketplace.metrics.figures()
    expect(templates.installs).toEqual([
      { id: 'goods/alpha', count: 2 },
      { id: 'goods/beta', count: 1 },
    ])
    expect(templates).toMatchObject({ asked: 4, installed: 3, installationRate: 0.75 })
    const { passed, warning, failed } = templates.validations
    expect(passed + warning + failed).toBe(1)
  })

  it('are not kept when they are switched off', async () => {
    const server = await answering([])
    const { marketplace, home } = await realMarket({ team: server.url }, { SOUK_METRICS_ENABLED: 'false' })
    await search(marketplace, 'web')
    await marketplace.close()
    expect(existsSync(join(home, 'state', 'health.json'))).toBe(true)
    expect(existsSync(join(home, 'state', 'metrics'))).toBe(false)
  })
})

/** The same home opened by another run. */
async function reopened(system: Parameters<typeof robot>[0]['system'], home: string) {
  const [{ openMarketplace }, { loadSettings }] = await Promise.all([
    import('../../src/engine/open-marketplace.ts'),
    import('../../src/config/load-settings.ts'),
  ])
  const loaded = await loadSettings(system)
  const program = { name: 'souk', version: '0.0.0' }
  const marketplace = await openMarketplace({ system, loaded, program, goods: join(home, 'builtin'), environment: {} })
  onTestFinished(() => marketplace.close())
  return { marketplace }
}

/** A registry at an address of its own that can be taken away and brought back. */
async function comingAndGoing(): Promise<{ url: string; go(): Promise<void>; come(): Promise<void> }> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(GOODS)
  })
  const listen = (port: number): Promise<void> =>
    new Promise((ready) => server.listen(port, '127.0.0.1', () => ready()))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const go = (): Promise<void> =>
    new Promise((gone) => {
      server.closeAllConnections()
      server.close(() => gone())
    })
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${port}`, go, come: () => listen(port) }
}

describe('watching', () => {
  it('tells within one interval that a registry went, and that it is back', async () => {
    const server = await comingAndGoing()
    const clock = testClock()
    const { marketplace } = await realMarket({ team: server.url }, ONE_TRY, clock)
    await search(marketplace, 'web')
    const heard: string[] = []
    let told = (): void => {}
    const stop = marketplace.registries.watch((changes) => {
      heard.push(...changes.map((one) => `${one.registry} ${one.from} ${one.to}`))
      told()
    })
    onTestFinished(stop)
    const round = async (): Promise<string[]> => {
      heard.length = 0
      const done = new Promise<void>((next) => (told = next))
      await clock.advance(60_000)
      await done
      return [...heard]
    }
    expect(await round()).toEqual(['builtin unknown up'].filter((one) => heard.includes(one)))
    await server.go()
    expect(await round()).toEqual(['team up degraded'])
    expect(await round()).toEqual(['team degraded down'])
    expect(await round()).toEqual([])
    await server.come()
    expect(await round()).toEqual(['team down up'])
    stop()
    heard.length = 0
    await clock.advance(120_000)
    expect(heard).toEqual([])
  })

  it('counts a registry that never answers as one that failed', async () => {
    const server = await serve(() => {})
    const { marketplace } = await realMarket({ team: server.url }, { SOUK_HTTP_TIMEOUT_SEARCH: '50ms' })
    await search(marketplace, 'web').catch(() => {})
    const team = marketplace.registries.status().find((one) => one.entry.name === 'team')
    expect(team?.health.state).toBe('down')
    expect(await of(marketplace, 'team')).toMatchObject({ calls: 1, failed: 1, errors: { connection: 1 } })
  })

  it('has no patience for goods: a registry has the time limit of health, whatever its own', async () => {
    let asked = (): void => {}
    const server = await serve(() => asked())
    const clock = testClock()
    const { marketplace } = await realMarket({ team: server.url }, { SOUK_HTTP_TIMEOUT_HEALTH: '700ms' }, clock)
    const hasAsked = new Promise<void>((next) => (asked = next))
    const told = new Promise<string[]>((next) => {
      onTestFinished(marketplace.registries.watch((all) => next(all.map((one) => `${one.registry}: ${one.reason}`))))
    })
    await clock.advance(60_000)
    await hasAsked
    await clock.advance(699)
    expect(marketplace.registries.status().find((one) => one.entry.name === 'team')?.health.state).toBe('unknown')
    await clock.advance(100)
    expect((await told).join()).toContain('did not answer within 700 ms')
  })

  it('draws the last calls on the screen, and draws nothing when nothing changed', async () => {
    const server = await comingAndGoing()
    const { marketplace: real, system } = await realMarket({ team: server.url }, { ...ONE_TRY, LANG: 'C.UTF-8' })
    const watchers = new Set<() => void>()
    const marketplace: Marketplace = {
      ...real,
      registries: {
        ...real.registries,
        watch(call) {
          const round = (): void => call([])
          const stop = real.registries.watch(call)
          watchers.add(round)
          return () => {
            watchers.delete(round)
            stop()
          }
        },
      },
    }
    for (let call = 0; call < 5; call++) await search(marketplace, 'web')
    await server.go()
    await search(marketplace, 'web')
    await server.come()
    const user = robot({ marketplace, system })
    await user.see('web-app')
    expect(watchers.size).toBe(0)
    await user.press('5')
    expect(await user.see(/team .*[▁▂▃▄▅▆▇█]{5}x/)).toMatch(/ \d+%/)
    await user.press('j')
    await user.see('p50')
    await user.see(/% of \d+ calls went well/)
    // A round in which every registry is as it was.
    expect(watchers.size).toBe(1)
    const { length } = user.written
    for (const round of watchers) round()
    await real.metrics.figures()
    for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next))
    expect(user.written.length).toBe(length)
    await server.go()
    await user.press('t')
    await user.see(/team +(degraded|down)/)
    await user.press('1')
    await user.see('web-app')
    expect(watchers.size).toBe(0)
  })

  it('draws the chart in ASCII where the terminal knows nothing else', async () => {
    const server = await answering([], 3)
    const { marketplace, system } = await realMarket({ team: server.url }, { LANG: 'C' })
    for (let call = 0; call < 5; call++) await search(marketplace, 'web')
    const user = robot({ marketplace, system })
    await user.see('web-app')
    await user.press('5')
    await user.see(/team +up +[_.=+*%#-]{5}/)
  })
})
