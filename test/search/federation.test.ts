import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../src/model/catalog.ts'
import { registryAuthentication, registryConnection } from '../../src/model/errors.ts'
import { makeQuery } from '../../src/model/query.ts'
import type { Answer, Batch, Registry } from '../../src/registries/registry.ts'
import { openSearch, type Search } from '../../src/search/open-search.ts'
import { type TestClock, testClock, testSystem } from '../support/test-system.ts'
import { fresh, item, registry } from './support.ts'

const LIMIT_MS = 5000

function market(registries: Registry[], clock: TestClock = testClock(), concurrency = 8): Search {
  return openSearch({
    system: testSystem({ clock }),
    registries,
    settings: { concurrency: { registries: concurrency }, http: { timeoutMs: { search: LIMIT_MS } } },
    emit: () => {},
    installed: () => new Map(),
  })
}

function collect(answers: AsyncIterable<Catalog>): { seen: Catalog[]; done: Promise<Catalog | undefined> } {
  const seen: Catalog[] = []
  const run = async (): Promise<Catalog | undefined> => {
    for await (const catalog of answers) seen.push(catalog)
    return seen.at(-1)
  }
  return { seen, done: run() }
}

const after = (clock: TestClock, ms: number, answer: Answer<Batch>) => async (): Promise<Answer<Batch>> => {
  await clock.sleep(ms)
  return answer
}
const states = (catalog: Catalog | undefined): Record<string, string> =>
  Object.fromEntries((catalog?.sources ?? []).map((one) => [one.registry, one.state]))
const ids = (catalog: Catalog | undefined): string[] => (catalog?.rows ?? []).map((row) => row.listing.id)

describe('one search over several registries', () => {
  it('shows the rows of a fast registry while a slow one is still pending', async () => {
    const clock = testClock()
    const search = market(
      [
        registry('fast', after(clock, 10, fresh([item('fast', 'web')]))),
        registry('late', after(clock, 900, fresh([item('late', 'app')]))),
        registry('off', async () => fresh([]), { enabled: false }),
      ],
      clock,
    )
    const { seen, done } = collect(search.search(makeQuery()))
    await clock.advance(20)
    expect(ids(seen.at(-1))).toEqual(['fast/web'])
    expect(seen.at(-1)?.complete).toBe(false)
    expect(states(seen.at(-1))).toEqual({ fast: 'fresh', late: 'pending', off: 'disabled' })
    await clock.advance(900)
    const last = await done
    expect(ids(last)).toEqual(['late/app', 'fast/web'])
    expect(last?.complete).toBe(true)
    expect(last?.sources[1]?.ms).toBe(900)
  })

  it('asks all at once: three that need 500 ms each are done after 500 ms', async () => {
    const clock = testClock()
    const names = ['a', 'b', 'c']
    const search = market(
      names.map((name) => registry(name, after(clock, 500, fresh([item(name, name)])))),
      clock,
    )
    const { done } = collect(search.search(makeQuery()))
    await clock.advance(500)
    expect((await done)?.total).toBe(3)
    expect(clock.monotonic()).toBe(500)
  })

  it('goes on without the ones that fail, refuse, answer garbage or throw nonsense, and says which', async () => {
    const garbage = { value: { listings: 'none' }, state: 'fresh', ageMs: 0 } as unknown as Answer<Batch>
    const holey = fresh([item('holey', 'good'), null, { id: 7 }] as unknown as Batch['listings'])
    const search = market([
      registry('good', async () => fresh([item('good', 'web')])),
      registry('down', async () => Promise.reject(registryConnection('down', 'ECONNREFUSED'))),
      registry('locked', async () => Promise.reject(registryAuthentication('locked', 401))),
      registry('garbage', async () => garbage),
      registry('nothing', async () => undefined as unknown as Answer<Batch>),
      registry('sync', () => {
        throw Object.create(null) as Error
      }),
      registry('holey', async () => holey),
    ])
    const last = await collect(search.search(makeQuery())).done
    expect(ids(last)).toEqual(['holey/good', 'good/web'])
    expect(states(last)).toEqual({
      good: 'fresh',
      down: 'failed',
      locked: 'unauthorised',
      garbage: 'failed',
      nothing: 'failed',
      sync: 'failed',
      holey: 'fresh',
    })
    expect(last?.sources[1]).toMatchObject({ code: 'registry.connection', reason: expect.stringContaining('REFUSED') })
    expect(last?.sources[2]?.hint).toContain('credentials')
  })

  it('falls back to the kept answer of a registry that never answers, and closes its request', async () => {
    const clock = testClock()
    let closed = false
    const hanging = registry(
      'hanging',
      async (options) => {
        if (options.offline) {
          return { value: { listings: [item('hanging', 'kept')], skipped: [] }, state: 'stale', ageMs: 60_000 }
        }
        options.signal?.addEventListener('abort', () => (closed = true))
        return new Promise<never>(() => {})
      },
      { timeoutMs: 300 },
    )
    const { done } = collect(market([hanging], clock).search(makeQuery()))
    await clock.advance(320)
    const last = await done
    expect(closed).toBe(true)
    expect(last?.sources[0]).toMatchObject({ state: 'slow', code: 'registry.timeout', ageMs: 60_000, items: 1 })
    expect(last?.rows[0]).toMatchObject({ staleMs: 60_000, listing: { id: 'hanging/kept' } })
  })

  it('throws one error naming every reason only when nobody answered', async () => {
    const search = market([
      registry('down', async () => Promise.reject(registryConnection('down', 'no route'))),
      registry('odd', async () => Promise.reject(new Error('odd\u001b[2J'))),
    ])
    await expect(collect(search.search(makeQuery())).done).rejects.toMatchObject({
      code: 'registry.allFailed',
      message: expect.stringMatching(/no route.*odd␛/),
    })
  })

  it('ends at once when the user cancels, closing what is open', async () => {
    const clock = testClock()
    const signals: AbortSignal[] = []
    const hang = registry('hang', async ({ signal }) => {
      if (signal) signals.push(signal)
      return new Promise<never>(() => {})
    })
    const stop = new AbortController()
    const { done } = collect(market([hang], clock).search(makeQuery(), { signal: stop.signal }))
    const ended = expect(done).rejects.toThrow('enough')
    await clock.advance(1)
    stop.abort(new Error('enough'))
    await ended
    expect(signals.map((one) => one.aborted)).toEqual([true])
  })

  it('never has more than eight of thirty registries in flight', async () => {
    const clock = testClock()
    let flying = 0
    let most = 0
    const registries = Array.from({ length: 30 }, (_, at) =>
      registry(`r${at}`, async () => {
        most = Math.max(most, ++flying)
        await clock.sleep(10 + at)
        flying--
        return fresh([item(`r${at}`, `n${at}`)])
      }),
    )
    const { done } = collect(market(registries, clock).search(makeQuery({ limit: 0 })))
    await clock.advance(1000)
    expect((await done)?.rows).toHaveLength(30)
    expect(most).toBe(8)
  })

  it('answers the next question from memory at once, asking nobody', async () => {
    const clock = testClock()
    let asked = 0
    const search = market(
      [
        registry('one', async () => {
          if (++asked > 1) await clock.sleep(100)
          return fresh([item('one', 'kubernetes'), item('one', 'web')])
        }),
      ],
      clock,
    )
    expect(search.peek(makeQuery({ text: 'web' })).total).toBe(0)
    await collect(search.search(makeQuery())).done
    expect(ids(search.peek(makeQuery({ text: 'kuber' })))).toEqual(['one/kubernetes'])
    expect(search.find('one/web').map((one) => one.id)).toEqual(['one/web'])
    expect(asked).toBe(1)
    const { seen, done } = collect(search.search(makeQuery()))
    await clock.advance(100)
    await done
    expect(states(seen[0])).toEqual({ one: 'pending' })
    expect(seen[0]?.total).toBe(2)
    expect(states(seen[1])).toEqual({ one: 'fresh' })
  })

  it('sends its questions before it works out what memory says, and recalls them when nobody reads on', async () => {
    const clock = testClock()
    const events: string[] = []
    const search = market(
      [
        registry('one', async ({ signal }) => {
          events.push('asked')
          signal?.addEventListener('abort', () => events.push('recalled'))
          if (events.length > 1) await clock.sleep(100, signal)
          return fresh([item('one', 'web')])
        }),
      ],
      clock,
    )
    await collect(search.search(makeQuery())).done
    for await (const catalog of search.search(makeQuery())) {
      events.push(`${catalog.total} row`)
      break
    }
    expect(events).toEqual(['asked', 'asked', '1 row', 'recalled'])
  })

  it('tells of registries that settle in the same turn in one catalog, and of the last alone when asked so', async () => {
    const clock = testClock()
    const search = market(
      [
        ...['a', 'b', 'c'].map((name) => registry(name, async () => fresh([item(name, name)]))),
        registry('late', after(clock, 100, fresh([item('late', 'late')]))),
      ],
      clock,
    )
    const every = collect(search.search(makeQuery()))
    await clock.advance(100)
    await every.done
    expect(every.seen.map((one) => one.total)).toEqual([3, 4])
    const last = collect(search.search(makeQuery(), { lastOnly: true }))
    await clock.advance(100)
    await last.done
    expect(last.seen.map((one) => [one.total, one.complete])).toEqual([[4, true]])
  })

  it('knows after many questions what one answer with everything would have told, in the newest form of each', async () => {
    const goods = (downloads: number) =>
      Array.from({ length: 40 }, (_, at) =>
        item('one', `thing-${at}`, { downloads, tags: [at % 2 === 0 ? 'Even' : 'odd', `t${at % 7}`], author: 'Ann' }),
      )
    let now = goods(1)
    const asked: Registry = {
      ...registry('one', async () => fresh(now)),
      listsEverything: false,
      search: async ({ text }) => fresh(now.slice(Number(text), Number(text) + 8)),
    }
    const beside = registry('two', async () => fresh([item('two', 'thing-3', { tags: ['even'] })]))
    const search = market([asked, beside])
    for (const from of [0, 4, 4, ...Array.from({ length: 30 }, (_, at) => at)]) {
      await collect(search.search(makeQuery({ text: String(from) }))).done
    }
    now = goods(2)
    for (const from of [16, 12, 17]) await collect(search.search(makeQuery({ text: String(from) }))).done
    const wanted = [...goods(1).slice(0, 12), ...goods(2).slice(12, 25), ...goods(1).slice(25, 37)]
    const whole = market([registry('one', async () => fresh(wanted)), beside])
    for (const text of ['', 'thing', '7', 'even']) {
      const query = makeQuery({ text, sort: 'downloads', limit: 0, filters: { tag: text === '' ? ['even'] : [] } })
      const all = await collect(whole.search(query)).done
      const peeked = search.peek(query)
      expect(peeked.rows.map((row) => row.offers)).toEqual(all?.rows.map((row) => row.offers))
      expect([peeked.facets, peeked.total]).toEqual([all?.facets, all?.total])
    }
    expect(search.peek(makeQuery()).total).toBe(37)
  })

  it('gives from memory the same rows in the same order as the search that filled it', async () => {
    const name = fc
      .array(fc.constantFrom('web', 'Cosmos', 'db', 'redis', 'k8s', 'kubernetes'), { minLength: 1, maxLength: 3 })
      .map((words) => words.join('-'))
    const goods = fc.uniqueArray(name, { maxLength: 12 })
    const query = fc.record({
      text: fc.constantFrom('', 'web', 'cosmso', 'redis db', 'kubernetes', 'nothing-like-it'),
      sort: fc.constantFrom('relevance' as const, 'name' as const),
      order: fc.constantFrom('asc' as const, 'desc' as const, undefined),
      noMerge: fc.boolean(),
      limit: fc.constantFrom(0, 3),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(goods, { minLength: 1, maxLength: 4 }), query, async (shelves, part) => {
        const search = market(
          shelves.map((names, at) => registry(`r${at}`, async () => fresh(names.map((one) => item(`r${at}`, one))))),
        )
        const { order, ...rest } = part
        const query = makeQuery({ ...rest, ...(order ? { order } : {}) })
        const last = await collect(search.search(query)).done
        const peeked = search.peek(query)
        expect(ids(peeked)).toEqual(ids(last))
        expect([peeked.total, peeked.facets]).toEqual([last?.total, last?.facets])
      }),
      { numRuns: 60 },
    )
  })
})
