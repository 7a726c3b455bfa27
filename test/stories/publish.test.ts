import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { cleanEnv, MAIN, souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

const TOKEN = 'planted-publish-token-0815'

/** `souk serve` of a folder that takes publications, until the test ends. */
async function serve(home: string, folder: string): Promise<string> {
  const args = [MAIN, 'serve', folder, '--publish-token-env', 'MARKET_TOKEN']
  const child = spawn(process.execPath, args, {
    env: cleanEnv(home, { MARKET_TOKEN: TOKEN }),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((done) => child.once('close', done))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /http:\/\/\S+/.exec(line)?.[0]
    if (url !== undefined) return url
  }
  throw new Error('souk serve ended without an address')
}

/** Counts what it is asked; answers nothing useful. */
async function counting(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
    response.writeHead(404).end()
  })
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

function goods(version = '1.0.0'): string {
  const folder = join(tempFolder(), 'web')
  mkdirSync(folder)
  writeFileSync(join(folder, 'souk.yaml'), `id: web\nversion: ${version}\ndescription: A web application\n`)
  writeFileSync(join(folder, 'README.md'), '# Web\n')
  writeFileSync(join(folder, '.env'), 'SECRET=1\n')
  return folder
}

function homeWith(lines: string[]): string {
  const home = tempFolder()
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(
    join(home, 'config', 'registries.yaml'),
    `registries:\n${lines.map((line) => `  - ${line}\n`).join('')}`,
  )
  return home
}

const secret = { TEAM_TOKEN: TOKEN }
const CREDENTIALS = 'credentials: { type: token, token: "${TEAM_TOKEN}" }'

interface Failed {
  error: { code: string; message: string; exit: number; details: Record<string, unknown> }
}

describe('publishing', () => {
  it('sends a version that others find, show and install, once and never again', async () => {
    const theirs = tempFolder()
    const url = await serve(theirs, tempFolder())
    const home = homeWith([`{ name: team, type: community, url: "${url}", ${CREDENTIALS} }`])
    const folder = goods()
    await souk(home, ['search', 'web'], secret)
    const dry = await souk(home, ['publish', folder, '--registry', 'team', '--dry-run', '--json'], secret)
    const prepared = dry.json<{ dryRun: boolean; sha256: string; left: { path: string }[] }>()
    expect(prepared).toMatchObject({ dryRun: true, id: 'web', version: '1.0.0', left: [{ path: '.env' }] })
    expect((await (await fetch(`${url}/api/v1/search`)).json()) as object).toMatchObject({ templates: [] })

    const done = await souk(home, ['publish', folder, '--registry', 'team', '--json'], secret)
    expect(done.code, done.err).toBe(0)
    const { result } = done.json<{ result: { url: string; sha256: string } }>()
    expect(result.url).toBe(`${url}/api/v1/templates/web?version=1.0.0`)
    // Packing depends on nothing but the files.
    expect(result.sha256).toBe(prepared.sha256)
    expect(((await (await fetch(result.url)).json()) as { version: string }).version).toBe('1.0.0')
    // The answer kept from before does not hide it.
    const found = (await souk(home, ['search', 'web', '--json'], secret)).json<{ results: { id: string }[] }>()
    expect(found.results.map((one) => one.id)).toContain('team/web')
    expect((await souk(home, ['install', 'team/web', '--yes'], secret)).code).toBe(0)

    const again = await souk(home, ['publish', folder, '--registry', 'team'], secret)
    expect(again.code).toBe(1)
    expect(again.err).toContain('did not take it (409): web 1.0.0 is published already')
    expect(again.err).toContain('raise the version in souk.yaml')
    writeFileSync(join(folder, 'souk.yaml'), 'id: web\nversion: 1.1.0\ndescription: A web application\n')
    await souk(home, ['package', folder, '--out', join(home, 'web.zip')], secret)
    const packed = await souk(home, ['publish', join(home, 'web.zip'), '--registry', 'team'], secret)
    expect(packed.code, packed.err).toBe(0)
    expect((await souk(home, ['versions', 'team/web', '--refresh'], secret)).out).toContain('1.1.0')

    const own = (await souk(home, ['audit', '--action', 'publish', '--json'])).json<object[]>()
    expect(own).toMatchObject([
      { item: 'web', version: '1.0.0', registry: 'team', outcome: 'ok', cause: 'souk publish' },
      { item: 'web', version: '1.0.0', registry: 'team', outcome: 'refused', policy: 'rules of the registry' },
      { item: 'web', version: '1.1.0', registry: 'team', outcome: 'ok' },
    ])
    const received = (await souk(theirs, ['audit', '--json'])).json<object[]>()
    expect(received).toMatchObject([
      { item: 'web', version: '1.0.0', outcome: 'ok', cause: 'souk serve' },
      { item: 'web', version: '1.0.0', outcome: 'refused', policy: 'versions never change' },
      { item: 'web', version: '1.1.0', outcome: 'ok' },
    ])
    expect(readFileSync(join(home, 'state/audit/000000000001.ndjson'), 'utf8')).not.toContain(TOKEN)
  })

  it('is refused before any request where nothing may be sent', async () => {
    const { url, asked } = await counting()
    const home = homeWith([
      `{ name: official, type: official, protocol: rest, url: "${url}", ${CREDENTIALS} }`,
      `{ name: open, type: community, protocol: rest, url: "${url}" }`,
      `{ name: disk, type: community, url: "${tempFolder()}" }`,
    ])
    const failed = async (registry: string): Promise<unknown[]> => {
      const ran = await souk(home, ['publish', goods(), '--registry', registry, '--json'], secret)
      const { error } = ran.json<Failed>()
      expect(ran.code).toBe(error.exit)
      return [ran.code, error.code, error.details['type']]
    }
    expect(await failed('official')).toEqual([4, 'registry.authorization', 'authorization'])
    expect(await failed('open')).toEqual([4, 'registry.authentication', 'authentication'])
    expect(await failed('disk')).toEqual([4, 'registry.readOnly', 'authorization'])
    expect((await failed('nowhere'))[1]).toBe('registry.unknown')
    expect(asked).toEqual([])
    expect((await souk(home, ['audit', '--json'])).json<object[]>()).toMatchObject([
      { action: 'publish', item: 'web', registry: 'official', outcome: 'refused', policy: 'access' },
      { action: 'publish', item: 'web', registry: 'open', outcome: 'refused', policy: 'credentials' },
      { action: 'publish', item: 'web', registry: 'disk', outcome: 'refused', policy: 'read-only registry' },
    ])
    // Reading asks for nothing.
    expect((await souk(home, ['search', 'web', '--registry', 'open'])).err).not.toContain('credentials')
    expect(asked.length).toBeGreaterThan(0)
  })

  it('tells what is wrong with the goods, or with the token, and sends nothing that is wrong', async () => {
    const folder = tempFolder()
    const url = await serve(tempFolder(), folder)
    const home = homeWith([`{ name: team, type: community, protocol: rest, url: "${url}", ${CREDENTIALS} }`])
    const publish = (path: string, more = secret) => souk(home, ['publish', path, '--registry', 'team'], more)
    const wrong = await publish(goods(), { TEAM_TOKEN: 'some-other-token-4711' })
    expect(wrong.code).toBe(4)
    expect(wrong.err).toContain('refused the credentials (401): This needs a valid token')
    expect((await publish(goods(), { TEAM_TOKEN: '' })).code).toBe(4)
    const bare = goods()
    rmSync(join(bare, 'souk.yaml'))
    expect((await publish(bare)).err).toContain('there is no souk.yaml')
    expect((await publish(goods('soon'))).err).toMatch(/semantic version/)
    expect((await publish(join(bare, 'nowhere'))).err).toContain('no such file or folder')
    const faulty = goods()
    writeFileSync(join(faulty, 'azuredeploy.json'), '{ "not": "a template"')
    const failed = await publish(faulty)
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining('did not pass the rules')])
    expect((await (await fetch(`${url}/api/v1/search`)).json()) as object).toMatchObject({ total_count: 0 })
  })

  it('serves only with a token that is long enough and that nobody else can read', async () => {
    const home = tempFolder()
    const file = join(home, 'token')
    writeFileSync(file, TOKEN, { mode: 0o644 })
    const refused = await souk(home, ['serve', home, '--token-file', file])
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('give it the mode 0600')])
    const short = await souk(home, ['serve', home, '--publish-token-env', 'SHORT'], { SHORT: 'abc' })
    expect([short.code, short.err]).toEqual([2, expect.stringContaining('fewer than 16 characters')])
  })
})
