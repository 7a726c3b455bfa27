import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openBreakers } from '../../src/http/breaker.ts'
import type { Artifact } from '../../src/model/listing.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'
import { openAt } from './open.ts'

/** A server whose downloads all fail. */
async function brokenServer(): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.writeHead(500).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked }
}

const archive = (url: string): Artifact => ({ form: 'archive', url, digests: [] })

it('downloads of a registry that keeps failing stop being asked for, and searches with them', async () => {
  const own = await brokenServer()
  const other = await brokenServer()
  const system = testSystem()
  const settings = { breakerFailures: 2, breakerOpenMs: 30_000 }
  const breaker = openBreakers({ system, file: join(tempFolder(), 'b.json'), settings }).of({ name: 's', url: own.url })
  const registry = await openAt(own.url, { protocol: 'rest', type: 'community' }, { breaker })
  const into = join(tempFolder(), 'goods.zip')
  const fetch = (url: string) => registry.fetch(archive(url), into, {})
  // Bytes that lie elsewhere say nothing about the registry.
  for (let time = 0; time < 3; time++)
    await expect(fetch(`${other.url}/a.zip`)).rejects.toMatchObject({ code: 'registry.status' })
  expect(breaker.nextTryAt()).toBeUndefined()
  for (let time = 0; time < 2; time++)
    await expect(fetch(`${own.url}/a.zip`)).rejects.toMatchObject({ code: 'registry.status' })
  const before = own.asked()
  await expect(fetch(`${own.url}/a.zip`)).rejects.toMatchObject({ code: 'registry.open' })
  await expect(registry.item('a', undefined, {})).rejects.toMatchObject({ code: 'registry.open' })
  expect(own.asked()).toBe(before)
})
