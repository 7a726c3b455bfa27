import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import { fetchGit } from '../../src/registries/protocols/git-program.ts'
import type { ProtocolTools } from '../../src/registries/registry.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { bareRepository, openAt, sampleGoods } from './open.ts'

/** Puts programs of ours before all others until the test ends. */
function onPath(name: string, script: string): void {
  const folder = tempFolder()
  writeFileSync(join(folder, name), script)
  chmodSync(join(folder, name), 0o755)
  const before = process.env['PATH']
  process.env['PATH'] = `${folder}:${before}`
  onTestFinished(() => {
    process.env['PATH'] = before
  })
}

it('reaches a repository over ssh with the key of its settings, and no other', async () => {
  const bare = bareRepository(sampleGoods())
  const log = join(tempFolder(), 'ssh.log')
  onPath('ssh', `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\nexec git-upload-pack '${bare}'\n`)
  const registry = await openAt('ssh://git@market.example/goods.git', {
    credentials: { type: 'ssh_key', keyFile: "~/keys/it's mine" },
  })
  const { value } = await registry.search(makeQuery(), {})
  expect(value.listings.map((one) => one.name)).toContain('alpha')
  const args = readFileSync(log, 'utf8').split('\n')
  expect(args[args.indexOf('-i') + 1]).toBe(`${testSystem().env.home}/keys/it's mine`)
  expect(args).toContain('IdentitiesOnly=yes')
  expect(args).toContain('BatchMode=yes')
  expect(args).toContain('git@market.example')
})

it('sends a token in a header, never in the arguments or the environment, and tells a refusal apart', async () => {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(401, { 'www-authenticate': 'Basic realm="goods"' }).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/goods.git`
  const log = join(tempFolder(), 'git.log')
  const real = process.env['PATH']
  onPath('git', `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\nenv >> '${log}'\nPATH='${real}' exec git "$@"\n`)
  const registry = await openAt(url, { credentials: { type: 'token', token: 'very-secret' } })
  await expect(registry.search(makeQuery(), {})).rejects.toMatchObject({ code: 'registry.authentication', exit: 4 })
  expect(seen[0]).toBe('Bearer very-secret')
  expect(readFileSync(log, 'utf8')).not.toContain('very-secret')
})

function placeOf(maxBytes?: number, home = '/srv/goods') {
  const work = tempFolder()
  const tools = { system: testSystem(), workFolder: work, emit: () => {} } as unknown as ProtocolTools
  return { work, place: { registry: 'sample', home, tools, ...(maxBytes === undefined ? {} : { maxBytes }) } }
}

it('says in one sentence which repository cannot be fetched, and leaves nothing', async () => {
  const { work, place } = placeOf()
  const into = join(tempFolder(), 'goods')
  const asked = fetchGit({ form: 'git', url: '/nowhere/goods.git' }, into, {}, place)
  await expect(asked).rejects.toMatchObject({
    code: 'item.source',
    exit: 3,
    message: expect.stringMatching(/^\/nowhere\/goods\.git cannot be fetched: [^\n]+\.$/),
  })
  expect([existsSync(into), readdirSync(work)]).toEqual([false, []])
})

it('refuses a repository beyond the limit, and leaves nothing', async () => {
  const folder = tempFolder()
  mkdirSync(join(folder, 'big'))
  writeFileSync(join(folder, 'big', 'data'), 'x'.repeat(100_000))
  const url = bareRepository(folder)
  const { work, place } = placeOf(50_000)
  const into = join(tempFolder(), 'goods')
  const artifact = { form: 'git', url, path: 'big' } as const
  await expect(fetchGit(artifact, into, {}, place)).rejects.toMatchObject({ code: 'item.unsafe' })
  expect([existsSync(into), readdirSync(work)]).toEqual([false, []])
  expect((await fetchGit(artifact, into, {}, placeOf(200_000).place)).bytes).toBe(100_000)
})

it.each([
  ['http://127.0.0.1:9/goods.git', 'registry.untrusted', '127.0.0.1, which is in this machine'],
  ['https://10.0.0.7/goods.git', 'registry.untrusted', '10.0.0.7, which is in a private network'],
  ['ssh://git@192.168.0.9/goods.git', 'registry.untrusted', '192.168.0.9, which is in a private network'],
  ['git@169.254.169.254:goods.git', 'registry.untrusted', '169.254.169.254, which is in this link'],
  ['/srv/private.git', 'item.unsafe', 'may not name repositories of this machine'],
])('a registry of the open net may not name %s', async (url, code, why) => {
  const { place } = placeOf(undefined, 'https://93.184.216.34/market')
  const asked = fetchGit({ form: 'git', url }, join(tempFolder(), 'goods'), {}, place)
  await expect(asked).rejects.toMatchObject({ code, message: expect.stringContaining(why) as string })
})

it('goes through the proxy of the environment, whose password git gets where nobody sees it', async () => {
  const seen: (string | undefined)[] = []
  const proxy = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers['proxy-authorization']}`)
    const isKnown = request.headers['proxy-authorization'] !== undefined
    response.writeHead(isKnown ? 404 : 407, isKnown ? {} : { 'proxy-authenticate': 'Basic realm="proxy"' }).end()
  })
  await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void proxy.close())
  const log = join(tempFolder(), 'git.log')
  const real = process.env['PATH']
  onPath('git', `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\nenv >> '${log}'\nPATH='${real}' exec git "$@"\n`)
  const HTTP_PROXY = `http://agent:proxy-word-31@127.0.0.1:${(proxy.address() as AddressInfo).port}`
  const registry = await openAt('http://127.0.0.1:9/goods.git', { protocol: 'git' }, { env: { HTTP_PROXY } })
  await expect(registry.search(makeQuery(), {})).rejects.toMatchObject({ code: 'registry.connection' })
  const pair = Buffer.from('agent:proxy-word-31').toString('base64')
  expect(seen.at(-1)).toBe(`http://127.0.0.1:9/goods.git/info/refs?service=git-upload-pack Basic ${pair}`)
  expect(readFileSync(log, 'utf8')).not.toContain('proxy-word-31')
})
