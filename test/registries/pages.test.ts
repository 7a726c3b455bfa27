import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import type { Registry } from '../../src/registries/registry.ts'
import { openAt } from './open.ts'

interface Asked {
  q: string
  limit: number
  offset: number
}

const entry = (at: number) => ({ name: `item-${at}`, version: '1.0.0', description: 'x' })
const entries = (from: number, count: number) => Array.from({ length: Math.max(0, count) }, (_, at) => entry(from + at))

/** A registry whose search answers what `page` makes of each question. */
async function serverOf(page: (asked: Asked) => object): Promise<{ registry: Registry; offsets: number[] }> {
  const offsets: number[] = []
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://x')
    const offset = Number(searchParams.get('offset'))
    offsets.push(offset)
    const asked = { q: searchParams.get('q') ?? '', limit: Number(searchParams.get('limit')), offset }
    response.writeHead(200, { etag: `"${offset}"` }).end(JSON.stringify(page(asked)))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  return { registry: await openAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), offsets }
}

it('lists everything a large server has, page after page', async () => {
  const { registry, offsets } = await serverOf(({ limit, offset }) => ({
    templates: entries(offset, Math.min(limit, 2500 - offset)),
    total_count: 2500,
  }))
  const { value } = await registry.search(makeQuery(), {})
  expect(value.listings).toHaveLength(2500)
  expect(offsets).toEqual([0, 1000, 2000])
  expect(value.skipped).toEqual([])
})

it('goes on when a server gives smaller pages than asked for, and counts a name once when rows moved between pages', async () => {
  const { registry, offsets } = await serverOf(({ offset }) => ({
    templates: entries(Math.max(0, offset - 1), 100),
    total_count: 250,
  }))
  const { value } = await registry.search(makeQuery(), {})
  expect(new Set(value.listings.map((one) => one.name)).size).toBe(value.listings.length)
  expect(value.listings.length).toBeGreaterThanOrEqual(250)
  expect(offsets).toEqual([0, 100, 200])
})

it('leaves a server that repeats one page for ever', async () => {
  const { registry, offsets } = await serverOf(({ limit }) => ({ templates: entries(0, limit), total_count: 1e9 }))
  const { value } = await registry.search(makeQuery(), {})
  expect(value.listings).toHaveLength(1000)
  expect(offsets).toEqual([0, 1000])
})

it('reads ten thousand goods of a server without end, and says that there are more', async () => {
  const { registry, offsets } = await serverOf(({ limit, offset }) => ({
    templates: entries(offset, limit),
    total_count: 1_000_000,
  }))
  const { value } = await registry.search(makeQuery(), {})
  expect(value.listings).toHaveLength(10_000)
  expect(offsets).toHaveLength(10)
  expect(value.skipped).toEqual([{ item: 'the rest', reason: expect.stringContaining('1000000') }])
})

it('without a total, a short page is the last one', async () => {
  const { registry, offsets } = await serverOf(({ offset }) => ({
    templates: entries(offset, offset === 0 ? 1000 : 7),
  }))
  expect((await registry.search(makeQuery(), {})).value.listings).toHaveLength(1007)
  expect(offsets).toEqual([0, 1000])
})

it('names entries it cannot read by their place in the whole answer', async () => {
  const { registry } = await serverOf(({ offset }) => ({
    templates: [{ name: ['no'] }, ...entries(offset + 1, 999)].slice(0, offset === 0 ? 1000 : 2),
    total_count: 1002,
  }))
  const { value } = await registry.search(makeQuery(), {})
  expect(value.skipped.map((one) => one.item)).toEqual(['entry 1', 'entry 1001'])
})

const whole = (offset: number) => ({ templates: entries(offset, 100), total_count: 1000 })

it('shows the pages that came when a later one fails, and says which rows those are', async () => {
  const { registry } = await serverOf(({ offset }) => (offset < 200 ? whole(offset) : { templates: 'gone' }))
  const answer = await registry.search(makeQuery(), {})
  expect(answer).toMatchObject({ state: 'fresh', reason: { code: 'registry.partial' } })
  expect(answer.value.listings).toHaveLength(200)
  expect(answer.reason?.message).toMatch(/sent the first 200 of 1,000: page 3 failed: .*no list "templates"\.$/)
  const again = await registry.search(makeQuery(), {})
  expect(again.state, 'a part is never kept as the answer').toBe('fresh')
})

it('fills up from what earlier searches brought, and tells the new from the old', async () => {
  let isWell = true
  const { registry } = await serverOf(({ offset }) => (isWell || offset < 200 ? whole(offset) : { templates: 'gone' }))
  expect((await registry.search(makeQuery(), {})).value.listings).toHaveLength(1000)
  isWell = false
  const { value, state, reason } = await registry.search(makeQuery(), { refresh: true })
  expect(value.listings).toHaveLength(1000)
  expect(value.newIds?.size).toBe(200)
  expect(state).toBe('stale')
  expect(reason?.message).toContain('first 200 of 1,000: page 3 failed')
})

it('a page that never comes is cut off, and what came before it is the answer', async () => {
  const { registry } = await serverOf(({ offset }) => {
    if (offset < 200) return whole(offset)
    limit.abort(new DOMException('time is up', 'TimeoutError'))
    return whole(offset)
  })
  const limit = new AbortController()
  const answer = await registry.search(makeQuery(), { signal: limit.signal })
  expect(answer.value.listings).toHaveLength(200)
  expect(answer.reason?.message).toContain('page 3 failed')
})

it('nobody who turned away is given half an answer', async () => {
  const { registry } = await serverOf(({ offset }) => {
    if (offset === 200) left.abort(new DOMException('typed on', 'AbortError'))
    return whole(offset)
  })
  const left = new AbortController()
  await expect(registry.search(makeQuery(), { signal: left.signal })).rejects.toThrow('typed on')
})

it('"not modified" is believed only of what was asked with a mark', async () => {
  let isLying = false
  const server = createServer((_request, response) => {
    if (isLying) response.writeHead(304).end()
    else response.end(JSON.stringify({ templates: entries(0, 2), total_count: 2 }))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  const registry = await openAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await registry.search(makeQuery(), {})
  isLying = true
  const answer = await registry.search(makeQuery(), { refresh: true })
  expect(answer).toMatchObject({ state: 'stale', reason: { code: 'registry.answer' } })
})
