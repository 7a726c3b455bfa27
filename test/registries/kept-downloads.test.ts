import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Digest } from '../../src/model/listing.ts'
import { keptDownloads } from '../../src/registries/kept-downloads.ts'
import { openTestCache } from '../contracts/cache-store.ts'
import { client, serve } from '../http/loopback.ts'
import { tempFolder } from '../support/temp.ts'

const DAY = 86_400_000
const promised = (body: string): Digest[] => [
  { algorithm: 'sha256', value: createHash('sha256').update(body).digest('hex') },
]

/** A server whose file may change, and someone who downloads it again and again. */
async function shop() {
  const state = { body: 'first edition', sent: [] as string[] }
  const server = await serve((request, response) => {
    const etag = `"${createHash('sha256').update(state.body).digest('hex').slice(0, 8)}"`
    const isKnown = request.headers['if-none-match'] === etag
    state.sent.push(isKnown ? '304' : `200 ${state.body}`)
    if (isKnown) response.writeHead(304, { etag }).end()
    else response.writeHead(200, { etag, 'content-length': state.body.length }).end(state.body)
  })
  const { cache, clock } = await openTestCache()
  const download = keptDownloads(client(server.url).http, cache, 'quay')
  const folder = tempFolder()
  let count = 0
  const get = async (digests: Digest[] = []): Promise<string> => {
    const into = join(folder, `file-${count++}`)
    await download({ url: `${server.url}/goods.zip`, into, maxBytes: 1000, digests })
    return readFileSync(into, 'utf8')
  }
  return { state, cache, clock, get }
}

test('a second download of what is unchanged transfers no body', async () => {
  const { state, get, clock } = await shop()
  expect(await get()).toBe('first edition')
  expect(await get()).toBe('first edition')
  await clock.advance(DAY + 1)
  expect(await get()).toBe('first edition')
  expect(state.sent).toEqual(['200 first edition', '304', '304'])
  state.body = 'second edition'
  expect(await get()).toBe('second edition')
  expect(await get()).toBe('second edition')
  expect(state.sent.slice(3)).toEqual(['200 second edition', '304'])
})

test('what is promised by its digest is used again for a day without a word, and asked for after it', async () => {
  const { state, get, clock } = await shop()
  const digests = promised('first edition')
  await get(digests)
  await clock.advance(DAY - 1)
  expect(await get(digests)).toBe('first edition')
  expect(state.sent).toHaveLength(1)
  await clock.advance(2)
  expect(await get(digests)).toBe('first edition')
  expect(state.sent).toEqual(['200 first edition', '304'])
})

test('what was changed in the cache is not used', async () => {
  const { state, get, cache } = await shop()
  const digests = promised('first edition')
  await get(digests)
  let key = ''
  await cache.clearWhere('artifact:*', (_, full) => (key = full.slice('artifact:quay:'.length)) === '')
  await cache.put('artifact', 'quay', key, { base64: Buffer.from('evil').toString('base64'), sha256: 'x' })
  expect(await get(digests)).toBe('first edition')
  expect(state.sent).toEqual(['200 first edition', '200 first edition'])
})
