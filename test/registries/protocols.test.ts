import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import { openServer } from '../../src/server/open-server.ts'
import { protocolContract } from '../contracts/protocol.ts'
import { corpus } from '../support/corpus.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { bareRepository, openAt, sampleGoods, sampleIndex, shelfOf } from './open.ts'

/** Files of a folder over HTTP until the test ends. */
async function serveFiles(folder: string): Promise<string> {
  const server = createServer((request, response) => response.end(readFileSync(join(folder, request.url ?? ''))))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

protocolContract('folder', () => ({
  open: () => openAt(sampleGoods()),
  openDead: () => openAt('/nowhere/at/all'),
  seesBroken: true,
}))
protocolContract('git', () => ({
  open: () => openAt(bareRepository(sampleGoods())),
  openDead: () => openAt('/nowhere/at/all.git'),
  seesBroken: true,
}))
protocolContract('index, a file', () => ({
  open: () => openAt(sampleIndex()),
  openDead: () => openAt('/nowhere/at/all.json'),
  seesBroken: true,
  alpha: { kind: 'extension', title: 'Alpha' },
}))
protocolContract('index, over http', () => ({
  open: async () => openAt(`${await serveFiles(dirname(sampleIndex()))}/registry.json`),
  openDead: () => openAt('http://127.0.0.1:1/registry.json'),
  seesBroken: true,
  alpha: { kind: 'extension', title: 'Alpha' },
}))
protocolContract('rest', () => ({
  async open() {
    const folder = sampleGoods()
    const server = await openServer({ system: testSystem(), folder, port: 0, shelf: await shelfOf(folder) })
    onTestFinished(() => server.close())
    return openAt(server.url)
  },
  openDead: () => openAt('http://127.0.0.1:1'),
  seesBroken: false,
}))

const listed = async (part: string) => {
  const path = corpus(part)
  return path === undefined ? undefined : (await (await openAt(path)).search(makeQuery(), {})).value
}
const cases: [string, number, number][] = [
  ['azd/templates.json', 242, 0],
  ['azd/extensions-registry.json', 13, 0],
  ['backstage/directory', 25, 0],
  ['backstage/rhdh', 44, 0],
  ['cloudworkstation', 38, 2],
  ['avm', 24, 0],
]
it.for(cases)('reads all of %s: %i goods, %i files named as unreadable', async ([part, goods, unreadable], context) => {
  const batch = await listed(part)
  if (!batch) return context.skip('no corpus')
  expect(batch.listings.length).toBe(goods)
  expect(batch.skipped.length).toBe(unreadable)
  expect(new Set(batch.listings.map((one) => one.id)).size).toBe(goods)
  for (const { reason } of batch.skipped) expect(reason).toMatch(/bioinformatics\.ya?ml:\d+:/)
})

it('gives every version of the extensions, newest first, with digests and ranges', async (context) => {
  const batch = await listed('azd/extensions-registry.json')
  if (!batch) return context.skip('no corpus')
  expect(batch.listings.flatMap((one) => one.releases).length).toBe(128)
  const pack = batch.listings.find((one) => one.name === 'microsoft.foundry')
  expect(pack?.releases[0]?.dependencies).toHaveLength(7)
})

it('drops one wrong entry of an index and keeps the others', async () => {
  const file = join(tempFolder(), 'gallery.json')
  writeFileSync(
    file,
    JSON.stringify([
      { title: 'Good', description: 'x' },
      { title: 7, description: {} },
      { title: 'Good', description: 'y' },
    ]),
  )
  const { listings, skipped } = (await (await openAt(file)).search(makeQuery(), {})).value
  expect(listings.map((one) => one.name)).toEqual(['good', 'good-2'])
  expect(skipped).toEqual([
    { item: expect.stringContaining('entry 2'), reason: expect.stringContaining('description') },
  ])
})

it('answers a search never asked before from what is known, when the registry has gone away', async () => {
  const folder = sampleGoods()
  const server = await openServer({ system: testSystem(), folder, port: 0, shelf: await shelfOf(folder) })
  const registry = await openAt(server.url)
  await registry.search(makeQuery(), {})
  await server.close()
  const answer = await registry.search(makeQuery({ text: 'first' }), {})
  expect(answer.state).toBe('stale')
  expect(answer.reason).toBeDefined()
  expect(answer.value.listings.map((one) => one.name)).toEqual(['alpha'])
})

it('never gives git an option for an address or a branch', async () => {
  for (const [url, branch] of [
    ['--upload-pack=touch x.git', 'main'],
    ['ext::sh -c x.git', 'main'],
    [bareRepository(sampleGoods()), '--all'],
  ]) {
    const asked = openAt(url ?? '', { protocol: 'git', options: { branch } }).then((one) => one.search(makeQuery(), {}))
    await expect(asked).rejects.toMatchObject({ code: 'registry.connection' })
  }
})

it('reads an index over HTTP once and is told "not modified" after that', async () => {
  const answers: number[] = []
  const server = createServer((request, response) => {
    const isSame = request.headers['if-none-match'] === '"one"'
    answers.push(isSame ? 304 : 200)
    response.writeHead(isSame ? 304 : 200, { etag: '"one"' })
    response.end(isSame ? '' : JSON.stringify([{ title: 'Good', description: 'x' }]))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  const registry = await openAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/gallery.json`)
  for (const options of [{}, { refresh: true }]) {
    const answer = await registry.search(makeQuery(), options)
    expect(answer.value.listings.map((one) => one.name)).toEqual(['good'])
  }
  expect(answers).toEqual([200, 304])
  expect((await registry.search(makeQuery(), {})).state).toBe('cached')
})

it('copies nothing from outside the folder of goods', async () => {
  const registry = await openAt(sampleGoods())
  for (const path of ['../../etc/passwd', '/etc/passwd'])
    await expect(
      registry.fetch({ form: 'files', root: sampleGoods(), files: [path] }, join(tempFolder(), 'x'), {}),
    ).rejects.toMatchObject({ code: 'item.unsafe' })
  await expect(
    registry.fetch({ form: 'text', file: '../x', content: '' }, join(tempFolder(), 'x'), {}),
  ).rejects.toMatchObject({ code: 'item.unsafe' })
})
