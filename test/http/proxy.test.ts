import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { withoutSecrets } from '../../src/model/secrets.ts'
import { tempFolder } from '../support/temp.ts'
import { client, serve } from './loopback.ts'

const ASK = { url: '/x', kind: 'search' } as const
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const USER = 'Basic ' + Buffer.from('agent:pr0xy-p@ss').toString('base64')

/** A registry called registry.test that only a proxy can reach, with a certificate of its own. */
async function farRegistry() {
  const folder = tempFolder()
  const [key, ca] = [join(folder, 'key.pem'), join(folder, 'ca.pem')]
  const make = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=registry.test'
  spawnSync('openssl', [...make.split(' '), '-addext', 'subjectAltName=DNS:registry.test', '-keyout', key, '-out', ca])
  const seen: IncomingMessage[] = []
  const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(ca) }, (request, response) => {
    seen.push(request)
    response.end('{"far":true}')
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: 'https://registry.test', ca, seen, port: (server.address() as AddressInfo).port }
}

/** A real proxy: connects what it is asked to connect, to `port` of this machine, and passes on what is in the clear. */
async function proxy(port: number, password?: string) {
  const asked: { what: string; authorization: string | undefined }[] = []
  const note = (request: IncomingMessage): boolean => {
    const authorization = request.headers['proxy-authorization']
    asked.push({ what: `${request.method} ${request.url}`, authorization })
    return password === undefined || authorization === password
  }
  const server = createServer((request, response) => {
    if (note(request)) response.end('{"by":"proxy"}')
    else response.writeHead(407).end()
  })
  server.on('connect', (request, socket, head: Buffer) => {
    if (!note(request)) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const on = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      on.write(head)
      on.pipe(socket).pipe(on)
    })
    for (const end of [on, socket]) end.on('error', () => {})
    onTestFinished(() => void on.destroy())
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

describe.skipIf(!hasOpenssl)('a registry behind a proxy (skipped where there is no openssl)', () => {
  it('is reached by CONNECT, its certificate checked against its own authority, the token seen by it alone', async () => {
    const far = await farRegistry()
    const { host, asked } = await proxy(far.port, USER)
    const env = { HTTPS_PROXY: `http://agent:pr0xy-p%40ss@${host}` }
    const credentials = { type: 'token', token: 'for-the-registry' } as const
    const ask = (ca?: string) =>
      client(far.url, { env, entry: { credentials, ...(ca ? { ca } : {}) } }).http.request(ASK)
    expect((await ask(far.ca)).text).toBe('{"far":true}')
    expect(asked).toEqual([{ what: 'CONNECT registry.test:443', authorization: USER }])
    expect(far.seen[0]?.headers.authorization).toBe('Bearer for-the-registry')
    expect(far.seen[0]?.headers).not.toHaveProperty('proxy-authorization')
    await expect(ask()).rejects.toThrow('its certificate is signed by itself')
    for (const form of ['pr0xy-p@ss', 'pr0xy-p%40ss', USER.slice(6)]) expect(withoutSecrets(`<${form}>`)).toBe('<***>')
  })

  it('opens no more connections than allowed, through the proxy too', async () => {
    const far = await farRegistry()
    const { host, asked } = await proxy(far.port)
    const { http } = client(far.url, { env: { https_proxy: host }, entry: { ca: far.ca }, policy: { connections: 2 } })
    await Promise.all(Array.from({ length: 20 }, () => http.request(ASK)))
    expect(far.seen).toHaveLength(20)
    expect(asked.length).toBeLessThanOrEqual(2)
  })

  it('NO_PROXY goes straight', async () => {
    const far = await farRegistry()
    const { host, asked } = await proxy(far.port)
    const env = { HTTPS_PROXY: `http://${host}`, NO_PROXY: 'example.org,.test' }
    const { http } = client(far.url, { env, policy: { tries: 1 } })
    await expect(http.request(ASK)).rejects.toMatchObject({ code: 'registry.connection' })
    expect(asked).toEqual([])
  })
})

describe('a proxy', () => {
  it('that refuses, cannot be reached, or is written wrongly, is told apart from the registry', async () => {
    const { host, asked } = await proxy(1, USER)
    const ask = (HTTPS_PROXY: string) => client('https://registry.test', { env: { HTTPS_PROXY } }).http.request(ASK)
    await expect(ask(`http://agent:wrong-word@${host}`)).rejects.toMatchObject({
      code: 'registry.connection',
      message: 'Registry "stub" cannot be reached: the proxy wants a user and password, or others (407).',
    })
    expect(asked).toHaveLength(1)
    await expect(ask('http://127.0.0.1:1')).rejects.toThrow(
      'the proxy 127.0.0.1:1 cannot be reached: the connection was refused',
    )
    const wrong: unknown = await ask('ftp://me:hidden-word@[').catch((error: unknown) => error)
    expect(wrong).toMatchObject({ code: 'config.invalid', message: 'HTTPS_PROXY: is not the address of a proxy.' })
    expect(JSON.stringify(wrong)).not.toContain('hidden-word')
  })

  it('gets what is in the clear only when it is on this machine as well', async () => {
    const server = await serve((_, response) => response.end('{"by":"registry"}'))
    const { host, asked } = await proxy(1)
    const by = async (HTTP_PROXY: string) => (await client(server.url, { env: { HTTP_PROXY } }).http.request(ASK)).text
    expect(await by(`http://${host}`)).toBe('{"by":"proxy"}')
    expect(asked[0]?.what).toBe(`GET ${server.url}/x`)
    expect(await by('http://192.0.2.1:3128')).toBe('{"by":"registry"}')
  })
})

it('a registry is never asked over more than the allowed number of sockets', async () => {
  const sockets = new Set<unknown>()
  const server = await serve((request, response) => {
    sockets.add(request.socket)
    setImmediate(() => response.end('{}'))
  })
  const { http } = client(server.url, { policy: { connections: 3 } })
  await Promise.all(Array.from({ length: 20 }, () => http.request(ASK)))
  expect(server.seen).toHaveLength(20)
  expect(sockets.size).toBe(3)
})
