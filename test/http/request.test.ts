import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { nodeSystem } from '../../src/system/node-system.ts'
import { client, serve } from './loopback.ts'

const MIB = 1024 * 1024
const search = { url: '/search', kind: 'search' } as const
const json = { 'content-type': 'application/json' }

/** A server that speaks bytes, not HTTP. */
async function raw(bytes: string, end: 'end' | 'reset' = 'end'): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => (end === 'reset' ? socket.resetAndDestroy() : socket.end(bytes)))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a request goes below the address of the registry, with repeated query keys, and the answer has its validator', async () => {
  const server = await serve((_, response) => response.writeHead(200, { ...json, etag: '"v1"' }).end('{"ü":1}'))
  const { http, heard } = client(`${server.url}/market/`)
  const query = [
    ['q', 'a b&c'],
    ['category', 'x'],
    ['category', 'y'],
  ] as const
  expect(await http.request({ url: '/api/v1/search', query, kind: 'search' })).toMatchObject({
    status: 200,
    text: '{"ü":1}',
    validator: '"v1"',
  })
  expect(server.seen[0]?.url).toBe('/market/api/v1/search?q=a+b%26c&category=x&category=y')
  expect(server.seen[0]?.headers.authorization).toBeUndefined()
  expect(heard).toMatchObject([{ registry: 'stub', method: 'GET', status: 200, attempt: 1, bytes: 8 }])
})

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)('%s is decoded', async (encoding, pack) => {
  const server = await serve((_, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(pack(Buffer.from('ä'.repeat(5000)))),
  )
  expect((await client(server.url).http.request(search)).text).toBe('ä'.repeat(5000))
})

test('304 is an answer, 404 an error that says so at once, and a publication arrives as it was sent', async () => {
  const server = await serve((request, response) =>
    response.writeHead(request.method === 'POST' ? 201 : request.url === '/same' ? 304 : 404).end(),
  )
  const { http } = client(server.url)
  expect((await http.request({ url: 'same', kind: 'catalog', headers: { 'if-none-match': '"a"' } })).status).toBe(304)
  expect(server.seen[0]?.headers['if-none-match']).toBe('"a"')
  await expect(http.request({ url: 'gone', kind: 'metadata' })).rejects.toMatchObject({
    code: 'registry.status',
    details: { status: 404 },
  })
  expect((await http.request({ url: 'new', kind: 'publish', method: 'POST', body: '{"a":1}' })).status).toBe(201)
  expect(server.bodies.at(-1)).toBe('{"a":1}')
  expect(server.seen).toHaveLength(3)
})

test('the length announced for a body that does not come is not held against the cap', async () => {
  const server = await serve((request, response) =>
    response.writeHead(request.method === 'HEAD' ? 200 : 304, { 'content-length': 64 * MIB, etag: '"a"' }).end(),
  )
  const { http } = client(server.url)
  for (const method of ['HEAD', 'GET'] as const) {
    expect(await http.request({ ...search, method })).toMatchObject({ text: '', validator: '"a"' })
  }
})

test('a token and a password reach the registry, and nothing else', async () => {
  const server = await serve((_, response) => response.writeHead(401).end())
  const env = { TOKEN: 'sesame-open\n' }
  const token = client(server.url, { env, entry: { credentials: { type: 'token', token: '${TOKEN}' } } })
  const failure: unknown = await token.http
    .request({ ...search, query: [['api_key', 'sesame-open']] })
    .catch((e: unknown) => e)
  expect(server.seen[0]?.headers.authorization).toBe('Bearer sesame-open')
  expect(failure).toMatchObject({
    code: 'registry.authentication',
    details: { status: 401, registry: 'stub' },
    exit: 4,
  })
  expect(JSON.stringify([failure, token.heard])).not.toContain('sesame')
  const basic = client(server.url, { entry: { credentials: { type: 'basic', username: 'mü', password: 'a:b' } } })
  await expect(basic.http.request(search)).rejects.toMatchObject({ code: 'registry.authentication' })
  expect(server.seen[1]?.headers.authorization).toBe(`Basic ${Buffer.from('mü:a:b').toString('base64')}`)
})

test('an unset variable is named with its place in the settings, and nothing is sent', async () => {
  const server = await serve((_, response) => response.end())
  const { http } = client(server.url, { entry: { credentials: { type: 'token', token: '${NOT_SET}' } } })
  await expect(http.request(search)).rejects.toMatchObject({
    code: 'config.variable',
    message: 'registries.yaml:3:5: the variable NOT_SET is not set.',
  })
  expect(server.seen).toHaveLength(0)
})

test('an address in the clear is refused before any packet', async () => {
  const { http, heard } = client('http://registry.invalid')
  await expect(http.request(search)).rejects.toThrow(/in the clear; use https/)
  await expect(client('https://a.invalid').http.request({ ...search, url: 'file:///etc/passwd' })).rejects.toThrow(
    /file:/,
  )
  expect(heard).toEqual([])
})

test.each([
  [403, 'registry.authorization', 1],
  [400, 'registry.status', 1],
  [410, 'registry.status', 1],
  [408, 'registry.status', 3],
  [429, 'registry.rateLimit', 3],
  [500, 'registry.status', 3],
  [503, 'registry.status', 3],
])('%d gives %s after %d tries', async (status, code, tries) => {
  const server = await serve((_, response) => response.writeHead(status).end('<html>no</html>'))
  const { http, heard } = client(server.url)
  await expect(http.request(search)).rejects.toMatchObject({ code, details: { registry: 'stub', status } })
  expect(server.seen).toHaveLength(tries)
  expect(heard.map((one) => one.attempt)).toEqual([1, 2, 3].slice(0, tries))
})

test('two failures and an answer make three requests with growing waits', async () => {
  const server = await serve((_, response, number) => response.writeHead(number < 3 ? 503 : 200).end('ok'))
  const waits: number[] = []
  const clock = { ...nodeSystem().clock, sleep: async (ms: number) => void waits.push(ms) }
  const { http } = client(server.url, { clock, policy: { retryBaseMs: 250 } })
  expect((await http.request(search)).text).toBe('ok')
  expect(server.seen).toHaveLength(3)
  expect(waits).toHaveLength(2)
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(125 * 2 ** index)
    expect(wait).toBeLessThanOrEqual(250 * 2 ** index)
  }
})

test('a wait the registry asks for is obeyed, and one beyond the deadline ends at once', async () => {
  const answers = ['1', '3600']
  const server = await serve((_, response, number) =>
    number === 1 || number === 3
      ? response.writeHead(429, { 'retry-after': answers[number === 1 ? 0 : 1] }).end()
      : response.end('ok'),
  )
  const waits: number[] = []
  const clock = { ...nodeSystem().clock, sleep: async (ms: number) => void waits.push(ms) }
  const { http } = client(server.url, { clock })
  expect((await http.request(search)).text).toBe('ok')
  expect(waits).toEqual([1000])
  await expect(http.request(search)).rejects.toMatchObject({
    code: 'registry.rateLimit',
    details: { retryAfterMs: 3_600_000 },
  })
  expect(server.seen).toHaveLength(3)
})

test('a publication is not sent twice when it may have been done', async () => {
  const server = await serve((_, response) => response.writeHead(500).end())
  const { http } = client(server.url)
  const publish = { url: '/p', kind: 'publish', method: 'POST', body: '{}' } as const
  await expect(http.request(publish)).rejects.toMatchObject({ code: 'registry.status' })
  expect(server.seen).toHaveLength(1)
})

test('a refused connection, a reset and a half answer are named', async () => {
  const refused = client('http://127.0.0.1:1')
  await expect(refused.http.request(search)).rejects.toThrow(
    'Registry "stub" cannot be reached: the connection was refused.',
  )
  expect(refused.heard).toHaveLength(3)
  const reset = client(await raw('', 'reset')).http.request(search)
  await expect(reset).rejects.toMatchObject({ code: 'registry.connection' })
  const short = client(await raw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')).http.request(search)
  await expect(short).rejects.toMatchObject({ code: 'registry.connection' })
  const garbage = client(await raw('SSH-2.0-OpenSSH_9.9\r\n')).http.request(search)
  await expect(garbage).rejects.toMatchObject({ code: 'registry.answer' })
})

test.each([
  ['never answers', undefined],
  ['stops in the middle', 'half'],
])('a registry that %s is cut off at the limit of the call', async (_what, text) => {
  const server = await serve((_, response) => {
    if (text) response.writeHead(200).write(text)
  })
  const { http } = client(server.url, { entry: { timeoutMs: 80 } })
  await expect(http.request(search)).rejects.toMatchObject({ code: 'registry.timeout', details: { afterMs: 80 } })
})

test('each kind of call has its limit, and that of the entry goes over search, metadata and catalog', async () => {
  const server = await serve(() => {})
  const timeoutMs = { search: 30, metadata: 31, catalog: 32, download: 33, publish: 34, health: 35 }
  const plain = client(server.url, { policy: { timeoutMs } })
  const own = client(server.url, { policy: { timeoutMs }, entry: { timeoutMs: 40 } })
  const after = async (one: typeof plain, kind: keyof typeof timeoutMs): Promise<unknown> =>
    ((await one.http.request({ url: '/', kind }).catch((e: unknown) => e)) as { details: Record<string, unknown> })
      .details['afterMs']
  for (const [kind, limit] of Object.entries(timeoutMs)) {
    expect(await after(plain, kind as keyof typeof timeoutMs)).toBe(limit)
    expect(await after(own, kind as keyof typeof timeoutMs)).toBe(limit < 33 ? 40 : limit)
  }
})

test('the caller can end a call, and its reason comes back', async () => {
  const server = await serve(() => {})
  const control = new AbortController()
  const asked = client(server.url).http.request({ ...search, signal: control.signal })
  control.abort(new Error('typed another letter'))
  await expect(asked).rejects.toThrow('typed another letter')
})

test.each([
  ['endless', (size: number) => Buffer.alloc(size, 'x'), {}],
  ['a gzip bomb', (size: number) => gzipSync(Buffer.alloc(size * 20)), { 'content-encoding': 'gzip' }],
] as const)('a body that is %s is cut off at the cap', async (_what, body, headers) => {
  const server = await serve((_, response) => response.writeHead(200, headers).end(body(2 * MIB)))
  const { http } = client(server.url)
  await expect(http.request({ ...search, maxBytes: MIB })).rejects.toThrow(`larger than ${MIB} bytes`)
  expect(server.seen).toHaveLength(1)
})

test('a chunked body without end is cut off at the cap, and one of exactly the cap is taken', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/exact') return response.end(Buffer.alloc(MIB, 'x'))
    response.on('close', () => response.destroy())
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 'x')));
      if (!response.destroyed) response.once('drain', more)
    }
    return more()
  })
  const { http } = client(server.url)
  await expect(http.request({ ...search, maxBytes: MIB })).rejects.toMatchObject({ code: 'registry.answer' })
  expect((await http.request({ ...search, url: 'exact', maxBytes: MIB })).text).toHaveLength(MIB)
})

test('broken compression is said to be that', async () => {
  const server = await serve((_, response, number) =>
    response.writeHead(200, { 'content-encoding': number === 1 ? 'gzip' : 'magic' }).end('not gzip'),
  )
  await expect(client(server.url).http.request(search)).rejects.toThrow('its compression is broken')
  await expect(client(server.url).http.request(search)).rejects.toThrow('was not asked for')
})

test('a redirect on the same origin keeps the credentials; to another origin nothing of ours goes along, not even on the way back', async () => {
  let back = ''
  const other = await serve((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: `${back}/end` }).end()
    else response.end('other')
  })
  const home = await serve((request, response) => {
    if (request.url === '/search') response.writeHead(302, { location: '/moved' }).end()
    else if (request.url === '/moved') response.writeHead(307, { location: `${other.url}/away` }).end()
    else response.end('home')
  })
  back = home.url
  const { http } = client(home.url, { entry: { credentials: { type: 'token', token: 'sesame' } } })
  expect((await http.request({ ...search, headers: { 'X-Api-Key': 'mine', Cookie: 'a=b' } })).text).toBe('home')
  const facts = [...home.seen.slice(0, 2), ...other.seen, ...home.seen.slice(2)].map(({ url, headers }) => [
    url,
    headers.authorization,
    headers['x-api-key'],
    headers.cookie,
  ])
  expect(facts).toEqual([
    ['/search', 'Bearer sesame', 'mine', 'a=b'],
    ['/moved', 'Bearer sesame', 'mine', 'a=b'],
    ['/away', undefined, undefined, undefined],
    ['/end', undefined, undefined, undefined],
  ])
})

test('an absolute address on another origin gets no credentials', async () => {
  const other = await serve((_, response) => response.end('other'))
  const { http } = client('http://127.0.0.1:1', { entry: { credentials: { type: 'token', token: 'sesame' } } })
  expect((await http.request({ url: `${other.url}/x`, kind: 'metadata' })).text).toBe('other')
  expect(other.seen[0]?.headers.authorization).toBeUndefined()
})

test('a publication is not redirected to another origin, and 303 turns it into a question', async () => {
  const other = await serve((_, response) => response.end('taken'))
  const home = await serve((request, response) => {
    if (request.method === 'GET') response.end('seen')
    else if (request.url === '/a') response.writeHead(307, { location: other.url }).end()
    else response.writeHead(303, { location: '/result' }).end()
  })
  const { http } = client(home.url)
  const publish = { kind: 'publish', method: 'POST', body: '{}' } as const
  await expect(http.request({ ...publish, url: '/a' })).rejects.toThrow('redirects a publication')
  expect(other.seen).toHaveLength(0)
  expect((await http.request({ ...publish, url: '/b' })).text).toBe('seen')
})

test.each([
  ['in a circle', '/search', 'more than 5 times'],
  ['into the clear', 'http://evil.invalid/', 'in the clear'],
  ['to a file', 'file:///etc/passwd', 'not asked over HTTP'],
  ['nowhere', 'http://[', 'cannot be read'],
])('a redirect %s is refused', async (_what, location, why) => {
  const server = await serve((_, response) => response.writeHead(302, { location }).end())
  await expect(client(server.url).http.request(search)).rejects.toThrow(why)
})
