import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { armouredSignature, digestOf, signatureHeader, signedText } from '../../src/model/wire.ts'
import { openServer } from '../../src/server/open-server.ts'
import type { GateOptions } from '../../src/server/gate.ts'
import { openVerifier } from '../../src/server/verify-request.ts'
import { sampleGoods, shelfOf } from '../registries/open.ts'
import { hasSshKeygen, sshKey } from '../support/ssh-keys.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'
import { client, serve } from './loopback.ts'

const GOODS = { name: 'gamma', version: '1.0.0', description: 'new' }
const PUBLISH = { url: '/api/v1/templates', method: 'POST', kind: 'publish', body: JSON.stringify(GOODS) } as const
const SEARCH = { url: '/api/v1/search', kind: 'search' } as const

/** Our server with allowed signers; its clock can be moved. */
async function registry(allowed: string, gate: Partial<GateOptions> = {}, clock = testClock(Date.now())) {
  const folder = sampleGoods()
  const system = testSystem({ clock })
  const verifier = openVerifier(system, allowed)
  const server = await openServer({ system, folder, port: 0, shelf: await shelfOf(folder), verifier, ...gate })
  onTestFinished(async () => {
    await server.close()
    verifier.close()
  })
  return { url: server.url, clock, folder }
}

describe.skipIf(!hasSshKeygen())('signed requests (skipped where there is no ssh-keygen)', () => {
  it('carry date, digest and a signature that ssh-keygen verifies', async () => {
    const server = await serve((_, response) => response.end('{}'))
    const { key, allowed } = sshKey()
    const { http } = client(server.url, { entry: { credentials: { type: 'ssh_key', keyFile: key } } })
    await http.request(PUBLISH)
    const { headers, method = '', url: path = '' } = server.seen[0] ?? {}
    const one = (name: string): string => String(headers?.[name])
    expect(Math.abs(Date.parse(one('date')) - Date.now())).toBeLessThan(10_000)
    expect(one('digest')).toBe(digestOf(PUBLISH.body))
    const text = signedText({ method, host: one('host'), path, date: one('date'), digest: one('digest') })
    const file = join(tempFolder(), 'sig')
    writeFileSync(file, armouredSignature(one('signature')) ?? '')
    const verify = ['-Y', 'verify', '-f', allowed, '-I', 'tester', '-n', 'souk-request', '-s', file]
    expect(spawnSync('ssh-keygen', verify, { input: text }).status).toBe(0)
    expect(spawnSync('ssh-keygen', verify, { input: text.replace('POST', 'GET') }).status).not.toBe(0)
    expect(one('authorization')).toBe('undefined')
  })

  it('are believed by our server for publishing and for reading what is private; a stranger is not', async () => {
    const mine = sshKey('me')
    const { url } = await registry(mine.allowed, { isPrivate: true })
    const http = (entry: object) => client(url, { entry }).http
    await expect(http({}).request(SEARCH)).rejects.toMatchObject({ code: 'registry.authentication' })
    await expect(http({ signing: true, signingKey: sshKey('me').key }).request(SEARCH)).rejects.toMatchObject({
      code: 'registry.authentication',
    })
    const me = http({ signing: true, signingKey: mine.key })
    expect((await me.request(SEARCH)).status).toBe(200)
    expect((await me.request(PUBLISH)).status).toBe(201)
  })

  it('that are changed on the way, or come again, do nothing; after five minutes they are worth nothing', async () => {
    const { key, allowed } = sshKey()
    const { url, clock } = await registry(allowed)
    const date = new Date(clock.now()).toUTCString()
    const digest = digestOf(PUBLISH.body)
    const sign = (host: string): string => {
      const input = signedText({ method: 'POST', host, path: PUBLISH.url, date, digest })
      const made = execFileSync('ssh-keygen', ['-Y', 'sign', '-f', key, '-n', 'souk-request'], { input, stdio: 'pipe' })
      return signatureHeader(made.toString()) ?? ''
    }
    const signature = sign(new URL(url).host)
    const send = async (more: { body?: string; headers?: object; path?: string; method?: string } = {}) => {
      const { headers = {}, path = PUBLISH.url, ...rest } = more
      const request = { method: 'POST', body: PUBLISH.body, ...rest, headers: { signature, digest, date, ...headers } }
      const response = await fetch(url + path, request)
      return [response.status, ((await response.json()) as { detail?: string }).detail]
    }
    const stranger = [401, expect.stringContaining('not that of an allowed signer')]
    const body = JSON.stringify({ ...GOODS, version: '2.0.0' })
    expect(await send({ body })).toEqual([401, 'The body is not the one that was signed.'])
    expect(await send({ body, headers: { digest: digestOf(body) } })).toEqual(stranger)
    expect(await send({ path: `${PUBLISH.url}?force=1` })).toEqual(stranger)
    expect(await send({ headers: { signature: sign('other.example') } })).toEqual(stranger)
    expect(await send({ headers: { date: new Date(clock.now() - 1000).toUTCString() } })).toEqual(stranger)
    expect(await send({ headers: { signature: '%%' } })).toEqual([401, 'The signature cannot be read.'])
    expect(await send({ headers: { date: 'yesterday' } })).toEqual([401, 'A signed request needs a Date header.'])
    expect((await send())[0]).toBe(201)
    expect((await send())[0]).toBe(409)
    await clock.advance(5 * 60_000 + 1000)
    expect(await send()).toEqual([401, expect.stringContaining('signed too long ago')])
  })

  it('cost one process for the same question asked often, and go to the own origin only', async () => {
    const other = await serve((_, response) => response.end('{}'))
    const server = await serve((request, response) =>
      request.url === '/away' ? response.writeHead(302, { location: `${other.url}/x` }).end() : response.end('{}'),
    )
    const { key } = sshKey()
    const { http } = client(server.url, { entry: { signingKey: key } })
    for (let time = 0; time < 5; time++) await http.request({ url: '/same', kind: 'search' })
    expect(new Set(server.seen.map((one) => one.headers['signature'])).size).toBe(1)
    // The key is gone; what was signed is still good for a while, anything new is not.
    rmSync(key)
    rmSync(`${key}.pub`)
    await http.request({ url: '/same', kind: 'search' })
    await expect(http.request({ url: '/new', kind: 'search' })).rejects.toThrow('is not there')
    const again = client(server.url, { entry: { signingKey: sshKey().key } })
    await again.http.request({ url: '/away', kind: 'search' })
    expect(other.seen[0]?.headers).not.toHaveProperty('signature')
    expect(other.seen[0]?.headers).not.toHaveProperty('souk-protocol')
  })

  it('say what is wrong with a key, and send nothing', async () => {
    const server = await serve((_, response) => response.end('{}'))
    const ask = (signingKey: string) =>
      client(server.url, { entry: { signingKey } }).http.request({ url: '/x', kind: 'search' })
    const locked = sshKey('me', 'correct horse').key
    await expect(ask(locked)).rejects.toMatchObject({
      code: 'config.credential',
      message: `registries.stub.signingKey: ${locked} has a passphrase, and no agent holds it.`,
      hint: `Run "ssh-add ${locked}" (or start an agent first). Nothing was sent.`,
    })
    const open = sshKey().key
    chmodSync(open, 0o644)
    await expect(ask(open)).rejects.toThrow('may be read by others')
    await expect(ask('/no/such/key')).rejects.toThrow('is not there')
    expect(server.seen).toHaveLength(0)
  })

  it('are made by the agent when the key has a passphrase', async () => {
    const server = await serve((_, response) => response.end('{}'))
    const { key } = sshKey('me', 'correct horse')
    const folder = tempFolder()
    const socket = join(folder, 'agent')
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] })
    onTestFinished(() => void agent.kill())
    for await (const line of createInterface({ input: agent.stdout })) if (line.includes('SSH_AUTH_SOCK')) break
    const askpass = join(folder, 'askpass')
    writeFileSync(askpass, '#!/bin/sh\necho correct horse\n', { mode: 0o700 })
    const env = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' }
    execFileSync('ssh-add', ['-q', key], { env, stdio: ['ignore', 'ignore', 'ignore'] })
    const { http } = client(server.url, { entry: { signingKey: key }, env: { SSH_AUTH_SOCK: socket } })
    await http.request({ url: '/x', kind: 'search' })
    expect(server.seen[0]?.headers['signature']).toMatch(/^U1NIU0lH/)
    expect(readFileSync(key, 'utf8')).toContain('PRIVATE KEY')
  })
})

describe('the version of the protocol', () => {
  it('is sent, and a registry of another version is told as that instead of being read', async () => {
    let version: string | undefined
    const server = await serve((_, response) =>
      response.writeHead(200, version === undefined ? {} : { 'souk-protocol': version }).end('{"templates":"what?"}'),
    )
    const { http } = client(server.url)
    await http.request(SEARCH)
    expect(server.seen[0]?.headers['souk-protocol']).toBe('1')
    version = '1.4'
    await http.request(SEARCH)
    version = '2'
    await expect(http.request(SEARCH)).rejects.toMatchObject({
      code: 'registry.version',
      message: 'Registry "stub" speaks version 2 of the registry protocol; this program speaks version 1.',
    })
    expect(server.seen).toHaveLength(3)
  })

  it('is told by our server, also to one who asks for another', async () => {
    const { url } = await registry(hasSshKeygen() ? sshKey().allowed : '/dev/null')
    const ask = (version: string) => fetch(`${url}/api/v1/search`, { headers: { 'souk-protocol': version } })
    const fine = await ask('1')
    expect([fine.status, fine.headers.get('souk-protocol')]).toEqual([200, '1'])
    const other = await ask('2')
    expect([other.status, other.headers.get('souk-protocol')]).toEqual([406, '1'])
  })
})
