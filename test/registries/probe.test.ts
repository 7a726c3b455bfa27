import { execFileSync } from 'node:child_process'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { realMarket, writeGoods } from '../support/real-market.ts'
import { tempFolder } from '../support/temp.ts'

async function served(answer: RequestListener): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim())
    answer(request, response)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const json =
  (body: unknown): RequestListener =>
  (_request, response) =>
    void response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
const GALLERY = [{ title: 'A template', description: 'Made of things.', source: 'https://github.com/a/b', tags: [] }]

describe('a look at an address', () => {
  test('finds a folder of goods, and says what kinds are in it', async () => {
    const { marketplace } = await realMarket({})
    const folder = join(tempFolder(), 'my goods')
    writeGoods(folder, [{ id: 'a' }, { id: 'b', kind: 'template' }])
    expect(await marketplace.registries.probe(folder)).toMatchObject({
      protocol: 'folder',
      name: 'my-goods',
      items: 2,
      kinds: { plugin: 1, template: 1 },
      shapes: { souk: 2 },
      needsCredentials: false,
    })
  })

  test('finds a bare repository behind a path', async () => {
    const { marketplace } = await realMarket({})
    const home = tempFolder()
    const git = (...args: string[]) => execFileSync('git', args, { cwd: join(home, 'work'), stdio: 'pipe' })
    writeGoods(join(home, 'work'), [{ id: 'a' }])
    git('init', '--quiet')
    git('add', '-A')
    git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '-m', 'goods')
    git('clone', '--quiet', '--bare', '.', join(home, 'goods.git'))
    const found = await marketplace.registries.probe(join(home, 'goods.git'))
    expect(found).toMatchObject({ protocol: 'git', name: 'goods', items: 1 })
    const work = join(marketplace.paths.cache, 'work')
    expect(readdirSync(work)).toEqual([])
  })

  test('tells a registry with a search from a document that lists goods, whatever the address looks like', async () => {
    const { marketplace } = await realMarket({})
    const rest = await served(json({ templates: [{ name: 'x', version: '1.0.0' }], total_count: 1 }))
    expect(await marketplace.registries.probe(rest.url)).toMatchObject({ protocol: 'rest', items: 1, tried: [] })
    const index = await served((request, response) => {
      if (request.url === '/list') json(GALLERY)(request, response)
      else response.writeHead(404).end()
    })
    expect(await marketplace.registries.probe(`${index.url}/list`)).toMatchObject({
      protocol: 'index',
      items: 1,
      shapes: { 'azd-gallery': 1 },
      tried: [{ protocol: 'rest' }],
    })
  })

  test('says that credentials are needed, and sends those that are given and no others', async () => {
    const { marketplace } = await realMarket({}, { TEAM_TOKEN: 's3cret' })
    const guarded = await served((request, response) => {
      if (request.headers.authorization === 'Bearer s3cret') json({ templates: [] })(request, response)
      else response.writeHead(401).end()
    })
    const { probe } = marketplace.registries
    expect(await probe(guarded.url)).toMatchObject({ needsCredentials: true, protocol: 'rest' })
    const members = { credentials: { type: 'token', token: '${TEAM_TOKEN}' } }
    expect(await probe(guarded.url, { members })).toMatchObject({ needsCredentials: false, items: 0 })
    const before = guarded.asked.length
    const unset = { credentials: { type: 'token', token: '${NOT_SET}' } }
    await expect(probe(guarded.url, { members: unset })).rejects.toMatchObject({ code: 'config.variable' })
    expect(await probe(guarded.url, { members: { type: 'institutional' } })).toMatchObject({ needsCredentials: true })
    expect(guarded.asked).toHaveLength(before)
  })

  test('refuses what is no registry and where nobody is at home, with the reason', async () => {
    const { marketplace } = await realMarket({})
    const { probe } = marketplace.registries
    const page = await served((_request, response) => void response.end('<html>\u001b[2J</html>'))
    await expect(probe(page.url)).rejects.toMatchObject({
      code: 'registry.probe',
      message: expect.stringMatching(/as rest it is a web page.*as index it is a web page/) as string,
    })
    await expect(probe('http://127.0.0.1:9')).rejects.toMatchObject({ code: 'registry.probe', exit: 3 })
    await expect(probe(join(tempFolder(), 'none'))).rejects.toThrow('no such folder')
    await expect(probe('http://example.com')).rejects.toThrow('in the clear')
    const strange = join(tempFolder(), 'strange')
    mkdirSync(strange)
    writeFileSync(join(strange, 'x.yaml'), 'a: [')
    expect(await probe(strange)).toMatchObject({ items: 0, skipped: 1, note: expect.any(String) as string })
  })
})
