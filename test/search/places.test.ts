import { expect, it } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import { openPlaces } from '../../src/search/places.ts'
import { heldServer, realMarket } from '../support/real-market.ts'
import { testClock } from '../support/test-system.ts'

/** Calls that end when they are told to, and count how many are under way. */
function desk() {
  const ends = new Map<string, () => void>()
  const log: string[] = []
  const facts = { now: 0, most: 0 }
  const call =
    (name: string) =>
    (recall?: AbortSignal): Promise<string> =>
      new Promise((done) => {
        facts.most = Math.max(facts.most, ++facts.now)
        log.push(name)
        const end = (): void => {
          facts.now--
          done(name)
        }
        ends.set(name, end)
        recall?.addEventListener('abort', () => (log.push(`${name} gives way`), end()))
      })
  return { call, log, facts, end: (name: string) => ends.get(name)?.() }
}

it('lends each place in turn, and takes none back while nobody waits', async () => {
  const clock = testClock()
  const { call, log, end } = desk()
  const places = openPlaces(2, clock)
  const both = [places.lend(call('a')), places.lend(call('b'))]
  await clock.advance(60_000)
  end('a')
  end('b')
  expect(await Promise.all(both)).toEqual(['a', 'b'])
  expect(log).toEqual(['a', 'b'])
})

it('gives what someone waits for the place of the call that held one longest, which is asked again', async () => {
  const clock = testClock()
  const { call, log, facts, end } = desk()
  const places = openPlaces(2, clock)
  const oldest = places.lend(call('oldest'))
  await clock.advance(50)
  void places.lend(call('newer'))
  const opened = places.take(call('opened'))
  await clock.advance(99)
  expect(log, 'most calls are done so soon').toEqual(['oldest', 'newer'])
  await clock.advance(1)
  expect(log).toEqual(['oldest', 'newer', 'oldest gives way', 'opened'])
  end('opened')
  expect(await opened).toBe('opened')
  await clock.advance(0)
  expect(log.at(-1)).toBe('oldest')
  end('oldest')
  expect(await oldest).toBe('oldest')
  expect(facts.most).toBe(2)
})

it('makes silent ones give way to those not asked yet, once each', async () => {
  const clock = testClock()
  const { call, log, facts, end } = desk()
  const places = openPlaces(2, clock)
  for (const name of ['silent 1', 'silent 2', 'silent 3']) void places.lend(call(name))
  await clock.advance(999)
  expect(log).toEqual(['silent 1', 'silent 2'])
  await clock.advance(1)
  expect(log.slice(2)).toEqual(['silent 1 gives way', 'silent 3'])
  await clock.advance(60_000)
  expect(log, 'all had their turn').toHaveLength(4)
  end('silent 3')
  await clock.advance(0)
  expect(log.at(-1)).toBe('silent 1')
  await clock.advance(60_000)
  expect(log).toHaveLength(5)
  expect(facts.most).toBe(2)
})

it('an error is told, and its place is free again', async () => {
  const places = openPlaces(1, testClock())
  await expect(places.lend(async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  await expect(places.take(async () => Promise.reject(new Error('torn')))).rejects.toThrow('torn')
  expect(await places.lend(async () => 'free')).toBe('free')
})

it('an item opens while eight registries hang, and a good one behind eight silent ones is shown on a first visit', async () => {
  const silent = await Promise.all(Array.from({ length: 8 }, () => heldServer()))
  const urls = Object.fromEntries(silent.map((one, at) => [`silent${at}`, one.url]))
  const { marketplace } = await realMarket({ ...urls, good: [{ id: 'here' }] })
  const enough = new AbortController()
  const flags = { signal: enough.signal }
  const seen = (async () => {
    for await (const { rows } of marketplace.search(makeQuery({}), flags)) if (rows.length > 0) return rows
    return []
  })()
  await expect.poll(() => silent.filter((one) => one.waiting > 0).length).toBeGreaterThan(6)
  const from = performance.now()
  expect((await marketplace.details('good/here')).listing.name).toBe('here')
  expect(performance.now() - from, 'the search would hold it for five seconds').toBeLessThan(2500)
  expect((await seen)[0]?.listing.id).toBe('good/here')
  expect(performance.now() - from).toBeLessThan(4000)
  expect(silent.reduce((sum, one) => sum + one.waiting, 0)).toBeLessThanOrEqual(8)
  enough.abort()
})
