import { createHash } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { openServer } from '../../src/server/open-server.ts'
import { sampleGoods, shelfOf } from '../registries/open.ts'
import { testSystem } from '../support/test-system.ts'

async function serve(token?: string): Promise<string> {
  const folder = sampleGoods()
  const server = await openServer({
    system: testSystem(),
    folder,
    port: 0,
    shelf: await shelfOf(folder),
    ...(token ? { token } : {}),
  })
  onTestFinished(() => server.close())
  return `${server.url}/api/v1`
}

it('serves goods with their digest, in parts, and says when nothing changed', async () => {
  const url = await serve()
  const entry = (await (await fetch(`${url}/templates/alpha`)).json()) as { sha256: string; version: string }
  expect(entry.version).toBe('1.1.0')
  const whole = Buffer.from(await (await fetch(`${url}/templates/alpha/download`)).arrayBuffer())
  expect(createHash('sha256').update(whole).digest('hex')).toBe(entry.sha256)
  const part = await fetch(`${url}/templates/alpha/download`, { headers: { range: 'bytes=10-' } })
  expect(part.status).toBe(206)
  expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(10))).toBe(true)
  const etag = (await fetch(`${url}/search`)).headers.get('etag') ?? ''
  expect((await fetch(`${url}/search`, { headers: { 'if-none-match': etag } })).status).toBe(304)
})

it('takes a publication once, and only with the token', async () => {
  const url = await serve('secret')
  const post = (token: string, body: unknown) =>
    fetch(`${url}/templates`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
  const goods = { name: 'gamma', version: '1.0.0', description: 'new', marketplace: { verified: true } }
  expect((await post('wrong', goods)).status).toBe(401)
  expect((await post('secret', { ...goods, name: '../up' })).status).toBe(422)
  expect((await post('secret', goods)).status).toBe(201)
  expect((await post('secret', goods)).status).toBe(409)
  const entry = (await (await fetch(`${url}/templates/gamma`)).json()) as { marketplace: { verified?: boolean } }
  expect(entry.marketplace.verified).toBeUndefined()
  expect((await fetch(`${url}/templates/..%2fetc`)).status).toBe(400)
})
