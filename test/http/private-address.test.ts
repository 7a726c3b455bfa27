import { join } from 'node:path'
import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { insideOf } from '../../src/http/private-address.ts'
import { tempFolder } from '../support/temp.ts'
import { client, serve } from './loopback.ts'

it.each([
  ['127.0.0.1', 'this machine'],
  ['127.255.255.254', 'this machine'],
  ['0.0.0.0', 'this machine'],
  ['::1', 'this machine'],
  ['::', 'this machine'],
  ['::ffff:127.0.0.1', 'this machine'],
  ['::ffff:7f00:1', 'this machine'],
  ['169.254.169.254', 'this link'],
  ['fe80::1%eth0', 'this link'],
  ['10.0.0.1', 'a private network'],
  ['172.16.0.1', 'a private network'],
  ['172.31.255.255', 'a private network'],
  ['192.168.1.1', 'a private network'],
  ['100.64.0.1', 'a private network'],
  ['100.127.255.255', 'a private network'],
  ['fd12::1', 'a private network'],
  ['::ffff:10.1.2.3', 'a private network'],
  ['224.0.0.1', 'a reserved range'],
  ['255.255.255.255', 'a reserved range'],
  ['2002:7f00:1::', 'a reserved range'],
  ['64:ff9b::7f00:1', 'a reserved range'],
  ['93.184.216.34', undefined],
  ['172.32.0.1', undefined],
  ['100.128.0.1', undefined],
  ['11.0.0.1', undefined],
  ['2606:4700::1111', undefined],
])('%s leads to %s', (address, inside) => {
  expect(insideOf(address)).toBe(inside)
})

/** Names of a net that exists in this test only. */
const NAMES: Readonly<Record<string, string[]>> = {
  'registry.test': ['93.184.216.34'],
  'inside.test': ['10.0.0.5'],
  'half-inside.test': ['93.184.216.34', '127.0.0.1'],
  localhost: ['127.0.0.1'],
}
const lookup: LookupFunction = (host, options, callback) => {
  const all = (NAMES[host] ?? []).map((address) => ({ address, family: 4 }))
  const [first] = all
  if (!first) callback(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }), '')
  else if (options.all) callback(null, all)
  else callback(null, first.address, 4)
}

const fetchFrom = (registry: string, url: string) =>
  client(registry, { lookup }).http.download({ url, into: join(tempFolder(), 'file'), maxBytes: 1000 })

describe('an artifact that a registry of the open net names', () => {
  it('is not fetched from this machine, whatever the spelling', async () => {
    const local = await serve((_, response) => response.end('secret of this machine'))
    const { port } = new URL(local.url)
    const refused = {
      code: 'registry.untrusted',
      message: expect.stringContaining('which is in this machine') as string,
    }
    for (const host of ['127.0.0.1', '127.1', '0x7f.1', '2130706433', 'localhost', '[::1]']) {
      await expect(fetchFrom('https://registry.test', `http://${host}:${port}/a.zip`)).rejects.toMatchObject(refused)
    }
    expect(local.seen).toHaveLength(0)
  })

  it.each([
    ['https://10.1.2.3/a.zip', '10.1.2.3, which is in a private network'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254, which is in this link'],
    ['https://100.100.100.200/x', '100.100.100.200, which is in a private network'],
    ['https://[fd00::1]/x', 'fd00::1, which is in a private network'],
    ['https://[::ffff:10.0.0.1]/x', '::ffff:a00:1, which is in a private network'],
    ['https://inside.test/x', '10.0.0.5, which is in a private network'],
    ['https://half-inside.test/x', '127.0.0.1, which is in this machine'],
  ])('is not fetched from %s', async (url, why) => {
    await expect(fetchFrom('https://registry.test', url)).rejects.toThrow(`it leads to ${why}`)
  })
})

it('a redirect does not lead further in than the registry itself stands', async () => {
  const server = await serve((request, response) =>
    response
      .writeHead(302, { location: request.url === '/on' ? 'https://inside.test/' : 'https://169.254.169.254/' })
      .end(),
  )
  const { http } = client(server.url, { lookup })
  await expect(http.request({ url: '/', kind: 'search' })).rejects.toThrow('169.254.169.254, which is in this link')
  await expect(http.request({ url: '/on', kind: 'search' })).rejects.toThrow('10.0.0.5, which is in a private network')
})

it('a registry on this machine, or a file on it, may name addresses on this machine', async () => {
  const archive = await serve((_, response) => response.end('bytes'))
  const server = await serve((_, response) => response.writeHead(302, { location: archive.url }).end())
  expect((await client(server.url).http.request({ url: '/', kind: 'search' })).text).toBe('bytes')
  const { port } = new URL(archive.url)
  await fetchFrom('http://localhost:1', `http://localhost:${port}/a.zip`)
  await fetchFrom('http://127.0.0.1:1', `${archive.url}/a.zip`)
  await fetchFrom('/srv/index.json', `${archive.url}/a.zip`)
  expect(archive.seen).toHaveLength(4)
})
