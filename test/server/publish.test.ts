import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { packFiles } from '../../src/bundle/pack.ts'
import type { Events } from '../../src/model/events.ts'
import { openServer } from '../../src/server/open-server.ts'
import { shelfOf } from '../registries/open.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const TOKEN = 'a-token-that-nobody-guesses'

/** A registry of an empty folder that takes publications. */
async function open(more: { token?: string } = { token: TOKEN }) {
  const folder = tempFolder()
  const told: Events['publish.ended'][] = []
  const clock = testClock()
  const server = await openServer({
    system: testSystem({ clock }),
    folder,
    port: 0,
    shelf: await shelfOf(folder),
    emit: (name, payload) => void (name === 'publish.ended' && told.push(payload as Events['publish.ended'])),
    ...more,
  })
  onTestFinished(() => server.close())
  const post = async (body: unknown, token = TOKEN) => {
    const answer = await fetch(`${server.url}/api/v1/templates`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const type = answer.headers.get('content-type') ?? ''
    const said = (await answer.json()) as { status?: number; detail?: string; title?: string; url?: string }
    if (answer.status >= 400) expect([type, said.status]).toEqual(['application/problem+json', answer.status])
    return { status: answer.status, headers: answer.headers, ...said, code: answer.status }
  }
  return { url: server.url, folder, post, told, clock }
}

const MANIFEST = (id: string, version: string): string => JSON.stringify({ id, version, description: 'x' })

/** A ZIP of some files, in the words of the wire. */
async function archive(files: Record<string, string>): Promise<Record<string, unknown>> {
  const into = join(tempFolder(), 'a.zip')
  await packFiles({ files: Object.entries(files).map(([path, content]) => ({ path, content })), into })
  return wired(readFileSync(into))
}
const wired = (bytes: Buffer): Record<string, unknown> => ({
  format: 'zip',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  size: bytes.length,
  content: bytes.toString('base64'),
})

const web = { name: 'web', version: '1.0.0', description: 'x' }

describe('publishing to a served folder', () => {
  it('places a package whole, where it is found at once and never changes again', async () => {
    const { url, folder, post, told } = await open()
    const body = { ...web, archive: await archive({ 'souk.json': MANIFEST('web', '1.0.0'), 'main.txt': 'one' }) }
    const done = await post(body)
    expect([done.code, done.url, done.headers.get('location')]).toEqual([
      201,
      '/api/v1/templates/web?version=1.0.0',
      '/api/v1/templates/web?version=1.0.0',
    ])
    const found = (await (await fetch(`${url}/api/v1/search?q=web`)).json()) as { templates: { name: string }[] }
    expect(found.templates.map((one) => one.name)).toEqual(['web'])
    const other = { ...web, archive: await archive({ 'souk.json': MANIFEST('web', '1.0.0'), 'main.txt': 'two' }) }
    expect(await post(other)).toMatchObject({ code: 409, detail: 'web 1.0.0 is published already' })
    expect(readFileSync(join(folder, 'web/1.0.0/main.txt'), 'utf8')).toBe('one')
    expect(readdirSync(folder)).toEqual(['web'])
    expect(told.map((one) => [one.item, one.version, one.problem?.policy])).toEqual([
      ['web', '1.0.0', undefined],
      ['web', '1.0.0', 'versions never change'],
    ])
  })

  it('lets one of many win who publish the same version at once', async () => {
    const { folder, post } = await open()
    const bodies = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => ({
        ...web,
        archive: await archive({ 'souk.json': MANIFEST('web', '1.0.0'), 'main.txt': String(index) }),
      })),
    )
    const codes = (await Promise.all(bodies.map((body) => post(body)))).map((one) => one.code)
    expect(codes.toSorted((a, b) => a - b)).toEqual([201, ...Array.from({ length: 7 }, () => 409)])
    expect(readFileSync(join(folder, 'web/1.0.0/main.txt'), 'utf8')).toBe(String(codes.indexOf(201)))
    expect(readdirSync(folder)).toEqual(['web'])
  })

  it('refuses goods that are not what they say, and leaves nothing behind', async () => {
    const { folder, post, told } = await open()
    const good = await archive({ 'souk.json': MANIFEST('web', '1.0.0') })
    const bytes = Buffer.from(String(good['content']), 'base64')
    const climbing = Buffer.from(bytes.toString('latin1').replaceAll('souk.json', '../k.json'), 'latin1')
    const cases: [string, unknown, RegExp][] = [
      ['a name that climbs', { ...web, name: '../web' }, /id: must be/],
      ['a reserved name', { ...web, name: 'search' }, /reserved/],
      ['no version', { ...web, version: 'latest' }, /version: must be/],
      ['a version that climbs', { ...web, version: '1.0.0-/../../x' }, /version: must be/],
      ['no archive at all', { ...web, archive: 'x' }, /archive/],
      ['an empty one', { ...web, archive: null }, /archive/],
      ['another digest', { ...web, archive: { ...good, sha256: 'a'.repeat(64) } }, /sha256/],
      ['no base64', { ...web, archive: { ...good, content: '<zip>' } }, /base64/],
      ['no ZIP', { ...web, archive: wired(Buffer.from('PK no zip')) }, /no whole ZIP/],
      ['a path that climbs', { ...web, archive: wired(climbing) }, /refused/],
      [
        'another name inside',
        { ...web, archive: await archive({ 'souk.json': MANIFEST('other', '1.0.0') }) },
        /holds other/,
      ],
      [
        'another version inside',
        { ...web, archive: await archive({ 'souk.json': MANIFEST('web', '2.0.0') }) },
        /web 2\.0\.0/,
      ],
      ['no manifest', { ...web, archive: await archive({ 'main.txt': 'x' }) }, /has no souk\.yaml/],
      ['a broken one', { ...web, archive: await archive({ 'souk.json': '{"id":' }) }, /souk\.json/],
    ]
    for (const [what, body, why] of cases) {
      const answer = await post(body)
      expect([what, answer.code]).toEqual([what, 422])
      expect(answer.detail, what).toMatch(why)
    }
    for (const body of ['', '[]', 'null', '"x"', '{"name":', '<html>']) expect((await post(body)).code, body).toBe(400)
    expect(readdirSync(folder)).toEqual([])
    expect(existsSync(join(folder, '..', 'web'))).toBe(false)
    expect(told.every((one) => one.problem?.policy !== undefined)).toBe(true)
  })

  it('shows a package as the one item it is, whatever else lies in it', async () => {
    const { url, post } = await open()
    const files = {
      'souk.json': MANIFEST('web', '1.0.0'),
      'b/souk.json': MANIFEST('bank', '9.0.0'),
      'registry.json': '[]',
    }
    expect((await post({ ...web, archive: await archive(files) })).code).toBe(201)
    const found = (await (await fetch(`${url}/api/v1/search`)).json()) as { templates: { name: string }[] }
    expect(found.templates.map((one) => one.name)).toEqual(['web'])
  })

  it('does not put a new version among the files of goods that lie in the folder of that name', async () => {
    const { url, folder, post } = await open()
    const first = { ...web, archive: await archive({ 'souk.json': MANIFEST('web', '1.0.0') }) }
    expect((await post(first)).code).toBe(201)
    // The goods themselves in the folder of their name, as an owner may lay them out.
    renameSync(join(folder, 'web'), join(folder, 'former'))
    renameSync(join(folder, 'former/1.0.0'), join(folder, 'web'))
    const second = { ...web, version: '1.1.0', archive: await archive({ 'souk.json': MANIFEST('web', '1.1.0') }) }
    expect((await post(second)).code).toBe(201)
    expect(readdirSync(join(folder, 'web'))).toEqual(['souk.json'])
    const entry = (await (await fetch(`${url}/api/v1/templates/web`)).json()) as { versions: string[] }
    expect(entry.versions.toSorted()).toEqual(['1.0.0', '1.1.0'])
  })
})

describe('who may publish', () => {
  it('nobody without the token, nobody at all when the server has none, and the body is not looked at', async () => {
    const { url, post, told, folder } = await open()
    expect(await post('not even JSON', 'wrong')).toMatchObject({ code: 401, title: 'Credentials are needed' })
    const bare = await fetch(`${url}/api/v1/templates`, { method: 'POST', body: JSON.stringify(web) })
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="souk"'])
    expect(told.map((one) => one.problem?.policy)).toEqual(['credentials', 'credentials'])
    expect(readdirSync(folder)).toEqual([])
    const closed = await open({})
    expect(await closed.post(web)).toMatchObject({ code: 403 })
  })

  it('tells who guesses to wait, the right token too, and lets them in again later', async () => {
    const { post, clock, told } = await open()
    for (let index = 0; index < 20; index++) expect((await post(web, `guess-${index}`)).code).toBe(401)
    const late = await post(web)
    expect([late.code, late.headers.get('retry-after')]).toEqual([429, '900'])
    expect(told).toHaveLength(20)
    await clock.advance(15 * 60_000)
    expect((await post(web)).code).toBe(201)
  })

  it('counts the bytes of a body, whatever its header says', async () => {
    const { url, folder } = await open()
    const { hostname, port } = new URL(url)
    const status = await new Promise<number>((done, fail) => {
      const asked = request({
        hostname,
        port,
        path: '/api/v1/templates',
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'transfer-encoding': 'chunked' },
      })
      const state = { isAnswered: false, sent: 0 }
      asked.on('response', (response) => {
        state.isAnswered = true
        response.resume()
        done(response.statusCode ?? 0)
      })
      asked.on('error', (error) => (state.isAnswered ? undefined : fail(error)))
      const piece = Buffer.alloc(1024 * 1024, 0x20)
      const more = (): void => {
        while (!state.isAnswered && state.sent < 80) {
          state.sent++
          if (!asked.write(piece)) return void asked.once('drain', more)
        }
        asked.end()
      }
      more()
    })
    expect(status).toBe(413)
    expect(readdirSync(folder)).toEqual([])
  })
})
