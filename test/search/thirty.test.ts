import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import { realMarket } from '../support/real-market.ts'

const COUNT = 30
/** This one never answers. */
const SILENT = 'r00'

/** Thirty registries in one server, each below a path; it counts the requests it has in hand. */
async function thirtyServers() {
  let inHand = 0
  const counted = { most: 0, order: [] as string[] }
  const server = createServer((request, response) => {
    const name = (request.url ?? '').split('/')[1] ?? ''
    counted.order.push(name)
    inHand += 1
    counted.most = Math.max(counted.most, inHand)
    response.on('close', () => (inHand -= 1))
    if (name === SILENT) return
    const templates = [{ name: `of-${name}`, version: '1.0.0', description: 'A thing' }]
    const body = JSON.stringify({ templates, total_count: 1, filtered_count: 1 })
    // Long enough that requests meet.
    setTimeout(() => response.setHeader('content-type', 'application/json').end(body), 20)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const names = Array.from({ length: COUNT }, (_, at) => `r${String(at).padStart(2, '0')}`)
  return { counted, urls: Object.fromEntries(names.map((name) => [name, `${url}/${name}`])) }
}

it('of thirty registries, one that never answers keeps none of the others waiting, and eight are asked at once', async () => {
  const { counted, urls } = await thirtyServers()
  const { marketplace } = await realMarket(urls)
  const enough = new AbortController()
  const search = async (text: string): Promise<void> => {
    for await (const { sources } of marketplace.search(makeQuery({ text }), { signal: enough.signal })) {
      const waiting = sources.filter((one) => one.state === 'pending').map((one) => one.registry)
      if (waiting.join() === SILENT) return
    }
  }
  // Searches, a look at one item and a survey share the eight.
  const details = marketplace.details('r07/of-r07', { signal: enough.signal }).catch(() => undefined)
  await Promise.all([search(''), search('thing'), details])
  expect(counted.most).toBeLessThanOrEqual(8)
  expect(counted.most, 'they met at all').toBeGreaterThan(3)
  expect(new Set(counted.order).size).toBe(COUNT)
  enough.abort()
})

it('those that were quick before are asked first, whatever their place in the settings', async () => {
  const { counted, urls } = await thirtyServers()
  const { marketplace } = await realMarket({ ...urls })
  for (const name of ['r29', 'r28']) await marketplace.registries.test(name)
  counted.order.length = 0
  const enough = new AbortController()
  for await (const { sources } of marketplace.search(makeQuery({ text: 'thing' }), { signal: enough.signal }))
    if (sources.some((one) => one.registry === 'r29' && one.state === 'fresh')) break
  expect(counted.order.slice(0, 2).toSorted()).toEqual(['r28', 'r29'])
})
