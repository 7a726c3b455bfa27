import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../support/temp.ts'
import { client, serve } from './loopback.ts'

const MIB = 1024 * 1024
const goods = randomBytes(MIB)
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const into = (): string => join(tempFolder(), 'deep', 'goods.zip')

/** Serves `goods` with ranges; `cut` says after how many bytes of an answer the connection breaks. */
function ranged(
  cut: (number: number) => number | undefined,
  etag: (number: number) => string | undefined = () => '"v1"',
) {
  return (request: IncomingMessage, response: ServerResponse, number: number): void => {
    const tag = etag(number)
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')
    const matches = tag !== undefined && request.headers['if-range'] === tag
    const from = asked && matches ? Number(asked[1]) : 0
    const part = goods.subarray(from)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': part.length,
      ...(tag === undefined ? {} : { etag: tag }),
      ...(from > 0 ? { 'content-range': `bytes ${from}-${goods.length - 1}/${goods.length}` } : {}),
    })
    const end = cut(number)
    if (end === undefined) response.end(part)
    else response.write(part.subarray(0, end), () => response.destroy())
  }
}

const whole = (file: string): void => {
  expect(digest(readFileSync(file))).toBe(digest(goods))
  expect(readdirSync(dirname(file))).toEqual(['goods.zip'])
}

test('a download streams to its file and tells how far it is', async () => {
  const server = await serve(ranged(() => undefined))
  const file = into()
  const told: [number, number | undefined][] = []
  const { http, heard } = client(server.url)
  const onProgress = (done: number, total: number | undefined): number => told.push([done, total])
  expect(await http.download({ url: '/g', into: file, maxBytes: MIB, onProgress })).toMatchObject({
    bytes: MIB,
    resumedFrom: 0,
  })
  whole(file)
  expect(told.at(-1)).toEqual([MIB, MIB])
  expect(told.length).toBeGreaterThan(2)
  expect(heard).toMatchObject([{ status: 200, bytes: MIB }])
})

test('a download that breaks twice goes on where it stopped', async () => {
  const server = await serve(ranged((number) => (number < 3 ? 300_000 : undefined)))
  const file = into()
  expect(await client(server.url).http.download({ url: '/g', into: file, maxBytes: MIB })).toMatchObject({ bytes: MIB })
  whole(file)
  expect(server.seen[0]?.headers.range).toBeUndefined()
  for (const again of server.seen.slice(1)) {
    expect(again.headers.range).toMatch(/^bytes=[1-9]\d*-$/)
    expect(again.headers['if-range']).toBe('"v1"')
  }
  expect(server.seen).toHaveLength(3)
})

test('a later run resumes what an earlier one left', async () => {
  const server = await serve(ranged((number) => (number <= 3 ? 300_000 : undefined)))
  const file = into()
  await expect(client(server.url).http.download({ url: '/g', into: file, maxBytes: MIB })).rejects.toMatchObject({
    code: 'registry.connection',
  })
  expect(existsSync(file)).toBe(false)
  const result = await client(server.url).http.download({ url: '/g', into: file, maxBytes: MIB })
  expect(result.bytes).toBe(MIB)
  expect(result.resumedFrom).toBeGreaterThan(0)
  whole(file)
})

test.each([
  ['the goods changed meanwhile', (number: number) => `"v${number}"`],
  ['the registry gives no validator', () => undefined],
  ['the validator is a weak one', () => 'W/"v1"'],
] as const)('when %s it begins anew and never mixes the two', async (_what, etag) => {
  const server = await serve(ranged((number) => (number === 1 ? 300_000 : undefined), etag))
  const file = into()
  expect(await client(server.url).http.download({ url: '/g', into: file, maxBytes: MIB })).toMatchObject({
    bytes: MIB,
    resumedFrom: 0,
  })
  whole(file)
})

test('a part of another address, or of nobody knows what, is not resumed', async () => {
  const server = await serve(ranged(() => undefined))
  const file = into()
  const { http } = client(server.url)
  await http.download({ url: '/g', into: file, maxBytes: MIB })
  writeFileSync(`${file}.part`, 'garbage')
  expect(await http.download({ url: '/g', into: file, maxBytes: MIB })).toMatchObject({ bytes: MIB, resumedFrom: 0 })
  writeFileSync(`${file}.part`, 'garbage')
  writeFileSync(`${file}.part.json`, JSON.stringify({ url: 'of another', validator: '"v1"' }))
  expect(await http.download({ url: '/g', into: file, maxBytes: MIB })).toMatchObject({ bytes: MIB, resumedFrom: 0 })
  whole(file)
})

test('a range nobody asked for is refused and the download begun anew', async () => {
  const honest = ranged((number) => (number === 1 ? 300_000 : undefined))
  const server = await serve((request, response, number) => {
    if (number !== 2) return honest(request, response, number)
    response.writeHead(206, { 'content-range': `bytes 5-9/${MIB}` }).end('wrong')
  })
  const file = into()
  await client(server.url).http.download({ url: '/g', into: file, maxBytes: MIB })
  whole(file)
})

test.each([
  ['announced', (response: ServerResponse) => response.writeHead(200, { 'content-length': MIB })],
  ['not announced', (response: ServerResponse) => response.writeHead(200)],
])('more bytes than allowed (%s) are refused and nothing stays', async (_what, head) => {
  const server = await serve((_, response) => void head(response).end(goods))
  const file = into()
  await expect(
    client(server.url).http.download({ url: '/g?sig=sesame', into: file, maxBytes: 200_000 }),
  ).rejects.toMatchObject({
    code: 'item.unsafe',
    message: expect.not.stringContaining('sesame') as string,
  })
  expect(readdirSync(dirname(file))).toEqual([])
  expect(server.seen).toHaveLength(1)
})

test('a download without a byte for its whole limit is cut off', async () => {
  const server = await serve(() => {})
  const { http } = client(server.url, {
    policy: { timeoutMs: { search: 1, metadata: 1, catalog: 1, download: 400, publish: 1, health: 1 } },
  })
  await expect(http.download({ url: '/g', into: into(), maxBytes: MIB })).rejects.toMatchObject({
    code: 'registry.timeout',
    details: { afterMs: 400 },
  })
  expect(server.seen).toHaveLength(1)
})

test('one that goes silent half-way is asked again and resumed', async () => {
  const honest = ranged(() => undefined)
  const server = await serve((request, response, number) => {
    if (number > 1) return honest(request, response, number)
    response.writeHead(200, { 'content-length': MIB, etag: '"v1"' }).write(goods.subarray(0, 400_000))
  })
  const { http } = client(server.url, {
    policy: { timeoutMs: { search: 1, metadata: 1, catalog: 1, download: 300, publish: 1, health: 1 } },
  })
  const file = into()
  await http.download({ url: '/g', into: file, maxBytes: MIB })
  whole(file)
  expect(server.seen[1]?.headers.range).toMatch(/^bytes=\d+-$/)
})

test('missing goods, refused credentials and a cancelled download are named', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/hang') return
    response.writeHead(request.url === '/404' ? 404 : 401).end()
  })
  const { http } = client(server.url)
  const fetch = (url: string, signal?: AbortSignal): Promise<unknown> =>
    http.download({ url, into: into(), maxBytes: MIB, ...(signal ? { signal } : {}) })
  await expect(fetch('/404')).rejects.toMatchObject({ code: 'registry.status', details: { status: 404 } })
  await expect(fetch('/401')).rejects.toMatchObject({ code: 'registry.authentication' })
  const control = new AbortController()
  const hanging = fetch('/hang', control.signal)
  control.abort(new Error('ctrl-c'))
  await expect(hanging).rejects.toThrow('ctrl-c')
})

test('a place that cannot be written is named', async () => {
  const server = await serve(ranged(() => undefined))
  const folder = tempFolder()
  writeFileSync(join(folder, 'file'), '')
  await expect(
    client(server.url).http.download({ url: '/g', into: join(folder, 'file', 'x'), maxBytes: MIB }),
  ).rejects.toMatchObject({ code: 'file.problem' })
  expect(server.seen).toHaveLength(0)
})
