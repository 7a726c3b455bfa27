import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import { protocolContract } from '../contracts/protocol.ts'
import { tempFolder } from '../support/temp.ts'
import { askThrough, shop } from './plugins.ts'
import { codeOf } from './written-plugin.ts'

// Each starts processes, and a busy machine takes its time over them.
vi.setConfig({ testTimeout: 180_000 })

const HOSTILE = 'red \u001b[31m bell \u0007 turned \u202e round'
const GOODS = [
  {
    name: 'alpha',
    version: '1.1.0',
    description: 'The first',
    category: 'research',
    license: 'MIT',
    versions: ['1.1.0', '1.0.0'],
  },
  { name: 'beta', version: '2.0.0', title: HOSTILE, description: HOSTILE, tags: [HOSTILE] },
  { name: ['broken'] },
]

/** Reads one document of the other side; hands archives over as bytes. */
const CATALOGUE = codeOf(
  'acme',
  `(() => {
    const all = async (tools) => (await tools.fetch('goods.json')).json()
    return {
      search: async ({ text }, tools) => (await all(tools)).filter((one) => JSON.stringify(one).includes(text)),
      async getTemplate(name, version, tools) {
        const found = (await all(tools)).find((one) => one.name === name)
        const known = !version || found?.versions?.includes(version)
        return known ? found && { ...found, version: version ?? found.version } : null
      },
      categories: async (tools) => count(await all(tools)),
      download: (name, version) => new TextEncoder().encode(name + ' ' + version),
    }
  })()`,
  `import { count } from './count.mjs'`,
)
const COUNT = `export const count = (goods) => [{ name: 'research', count: goods.filter((one) => one.category === 'research').length }]`
const plugin = { code: CATALOGUE, files: { 'count.mjs': COUNT } }

protocolContract('of a plugin', () => ({
  async open() {
    const { url } = await shop((_request, response) => response.end(JSON.stringify(GOODS)))
    return askThrough(plugin, url)
  },
  openDead: () => askThrough(plugin, 'http://127.0.0.1:1'),
  seesBroken: true,
}))

it('gives a plugin its entry, and the credentials only where the entry says so', async () => {
  const { url, asked } = await shop((_request, response) => response.end('[]'))
  const code = codeOf(
    'acme',
    `{ async search(query, tools) {
        await tools.fetch('first')
        await tools.fetch('second', { method: 'POST', body: 'x', headers: { 'x-page': '2' } })
        return [{ name: 'seen', description: JSON.stringify(entry) }]
      }, getTemplate: () => null }`,
  )
  const credentials = { type: 'token', token: 'hunter-two-hunter-two' } as const
  const seen = async (options: Record<string, unknown>): Promise<string> => {
    const registry = await askThrough({ code }, url, { entry: { credentials, options } })
    return (await registry.search(makeQuery(), {})).value.listings[0]?.description ?? ''
  }
  expect(JSON.parse(await seen({ shop: 'main' }))).toEqual({
    name: 'sample',
    type: 'private',
    url,
    options: { shop: 'main' },
  })
  // The client sends them by itself, to the registry's own origin.
  expect(asked.map((one) => [one.method, one.url, one.headers.authorization, one.headers['x-page']])).toEqual([
    ['GET', '/first', 'Bearer hunter-two-hunter-two', undefined],
    ['POST', '/second', 'Bearer hunter-two-hunter-two', '2'],
  ])
  // What it was shown comes back hidden, so that it is neither kept nor told.
  expect(await seen({ shareCredentials: true })).toMatch(/"authorization":"(?:Bearer )?\*\*\*"/)
})

it('shows with what words a plugin refuses an entry, and asks again once it is another', async () => {
  const code = codeOf('acme', `(() => { throw new Error('its entry has no member "shop" \\u001b[2J') })()`)
  const registry = await askThrough({ code }, 'http://127.0.0.1:1')
  for (let time = 0; time < 2; time++)
    await expect(registry.search(makeQuery(), {})).rejects.toMatchObject({
      code: 'plugin.refused',
      message: 'The plugin "acme" refuses registry "sample": its entry has no member "shop" ␛[2J.',
    })
})

it('asks only the hosts that are meant, and lets a plugin set no header of ours', async () => {
  const other = await shop((_request, response) => response.end('"other"'))
  const allowed = await shop((_request, response) => response.end('"allowed"'))
  const { url, host } = await shop((_request, response) => response.writeHead(404).end('gone'))
  const code = codeOf(
    'acme',
    `{ async search({ text }, tools) {
        const told = []
        for (const [address, options] of JSON.parse(text)) {
          try { const { status, ok, text } = await tools.fetch(address, options); told.push([status, ok, text]) }
          catch (error) { told.push(error.message) }
        }
        return [{ name: 'told', description: JSON.stringify(told) }]
      }, getTemplate: () => null }`,
  )
  const manifest = { permissions: { net: [allowed.host] } }
  const credentials = { type: 'token', token: 'hunter-two-hunter-two' } as const
  const registry = await askThrough({ code, manifest }, url, { entry: { credentials } })
  const wishes: [string, object?][] = [
    [url],
    [allowed.url],
    [other.url],
    ['file:///etc/passwd'],
    [`http://me:pass@${host}/`],
    [url, { headers: { Authorization: 'Bearer stolen' } }],
    [url, { headers: { host: 'else.example' } }],
    [url, { method: 'DELETE' }],
    [url, { headers: { 'x-a': 'b\r\nx-c: d' } }],
  ]
  const answer = await registry.search(makeQuery({ text: JSON.stringify(wishes) }), {})
  expect(JSON.parse(answer.value.listings[0]?.description ?? '')).toEqual([
    [404, false, ''],
    [200, true, '"allowed"'],
    `${other.host} is not among the hosts of its permissions`,
    'only http and https are asked',
    'an address may hold no user',
    'the header "Authorization" is not sent for a plugin',
    'the header "host" is not sent for a plugin',
    'only GET, HEAD and POST are asked',
    'the header "x-a" is not sent for a plugin',
  ])
  expect(other.asked).toEqual([])
  expect(allowed.asked.map((one) => one.headers.authorization)).toEqual([undefined])
})

it('draws the same numbers and the same moment for the same question', async () => {
  const code = codeOf(
    'acme',
    `{ search: (query, { random, now }) => [{ name: 'drawn', description: [random(), random(), now() === now()].join(' ') }], getTemplate: () => null }`,
  )
  const registry = await askThrough({ code }, 'http://127.0.0.1:1')
  const drawn = async (text: string): Promise<string | undefined> =>
    (await registry.search(makeQuery({ text }), { refresh: true })).value.listings[0]?.description
  const first = await drawn('a')
  expect(first).toMatch(/^0\.\d+ 0\.\d+ true$/)
  expect(await drawn('a')).toBe(first)
  expect(await drawn('b')).not.toBe(first)
})

it('brings an archive from the address a plugin names, and asks page after page', async () => {
  const bytes = 'bytes of the lamp'
  const { url } = await shop((_request, response) => response.end(bytes))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const code = codeOf(
    'acme',
    `{ search: ({ offset, limit }) => ({ total: 2500, templates: Array.from({ length: Math.min(limit, 2500 - offset) }, (_, at) => ({ name: 'lamp-' + (offset + at), version: '1.0.0', description: 'x', sha256: '${sha256}' })) }),
       getTemplate: () => null,
       download: (name, version) => '/archives/' + name + '-' + version + '.txt' }`,
  )
  const registry = await askThrough({ code }, url)
  const { listings } = (await registry.search(makeQuery(), {})).value
  expect(listings.length).toBe(2500)
  const artifact = listings[7]?.releases[0]?.artifacts[0]
  if (artifact?.form !== 'archive') throw new Error('no archive')
  expect(artifact.digests).toEqual([{ algorithm: 'sha256', value: sha256 }])
  const into = join(tempFolder(), 'lamp')
  await registry.fetch(artifact, into, {})
  expect(readFileSync(into, 'utf8')).toBe(bytes)
})

it('takes no file of this machine for an archive', async () => {
  const code = codeOf(
    'acme',
    `{ search: () => ['file:///etc/passwd', undefined].map((download_url, at) => ({ name: 'a' + at, version: '1', description: 'x', download_url })), getTemplate: () => null, download: () => 'file:///etc/passwd' }`,
  )
  const registry = await askThrough({ code }, 'http://127.0.0.1:1')
  const { listings } = (await registry.search(makeQuery(), {})).value
  expect(listings.length).toBe(2)
  for (const { releases } of listings) {
    const [artifact] = releases[0]?.artifacts ?? []
    if (!artifact) throw new Error('no artifact')
    await expect(registry.fetch(artifact, join(tempFolder(), 'x'), {})).rejects.toMatchObject({ code: 'item.unsafe' })
  }
})
