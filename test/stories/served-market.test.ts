import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { souk, type Ran } from '../support/program.ts'
import { serveFolder } from '../support/serve.ts'
import { tempFolder } from '../support/temp.ts'

/** Codes that move the cursor, name the window, ring, hide and turn text round, in text, in names of members, in files. */
const HOSTILE =
  '\u001B[2J\u001B]0;owned\u0007 \u202Eturned\u202C \u2066iso\u2069 \u009B31m \u{E0041}tag\u200B \r\n\tend'

/** All of this may stand on a terminal: letters, signs and line ends, nothing that acts. */
function expectPrintable(text: string): void {
  expect(text).not.toMatch(
    // oxlint-disable-next-line no-control-regex
    /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/u,
  )
}

/** Goods as a careless or hostile author would leave them. */
function goods(): string {
  const root = tempFolder()
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const manifest = (id: string, more: object): string =>
    JSON.stringify({ id, version: '1.0.0', description: 'x', ...more })
  write('core/souk.json', manifest('core', { license: 'MIT', description: 'What others stand on' }))
  write(
    'app/1/souk.json',
    manifest('app', { dependencies: [{ name: 'core', version: '^1.0.0' }], description: 'An app' }),
  )
  write('app/1/main.txt', 'one')
  write(
    'app/2/souk.json',
    manifest('app', { version: '1.1.0', dependencies: [{ name: 'core', version: '^1.0.0' }], description: 'An app' }),
  )
  write('app/2/main.txt', 'two')
  write(
    'loud/souk.json',
    manifest('loud', {
      name: HOSTILE,
      description: HOSTILE,
      tags: [HOSTILE, 'quiet'],
      author: HOSTILE,
      category: HOSTILE,
      requires: [{ name: HOSTILE, range: HOSTILE }],
    }),
  )
  write('loud/README.md', `# ${HOSTILE}\n\n[link](javascript:alert) ${HOSTILE}\n`)
  write(
    'polluted/souk.json',
    `{"id":"polluted","version":"1.0.0","description":"x","__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}`,
  )
  write('wrong/souk.json', JSON.stringify({ id: 'wrong', version: 7, description: { a: 1 }, tags: 'x' }))
  write(`torn/souk.json`, `{"id": "torn", "${HOSTILE.slice(0, 4)}`)
  return root
}

/** A person's home that knows the served folder as its only registry. */
function homeFor(url: string): string {
  const home = tempFolder()
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(
    join(home, 'config', 'registries.yaml'),
    `registries:\n  - { name: served, type: community, protocol: rest, url: "${url}" }\n`,
  )
  return home
}

interface EventLine {
  name: string
  payload: Record<string, unknown>
}

/** Requests that one run of the program made: status of each. */
async function requests(home: string, args: string[]): Promise<{ ran: Ran; statuses: unknown[] }> {
  const file = join(home, 'events.ndjson')
  rmSync(file, { force: true })
  const ran = await souk(home, [...args, '--events', file])
  const events = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as EventLine)
  return { ran, statuses: events.filter((one) => one.name === 'http.request').map((one) => one.payload['status']) }
}

describe('a folder served to another home', () => {
  it('is searched, shown and installed there with its dependencies, and asked no more than needed', async () => {
    const { url } = await serveFolder(goods())
    const home = homeFor(url)
    const first = await requests(home, ['search', 'app', '--json'])
    expect(first.ran.json<{ results: { id: string }[] }>().results.map((one) => one.id)).toContain('served/app')
    expect(first.statuses).toEqual([200])
    expect((await requests(home, ['search', 'app'])).statuses).toEqual([])
    expect((await requests(home, ['search', 'app', '--refresh'])).statuses).toEqual([304])
    const shown = (await souk(home, ['show', 'served/app', '--json'])).json<{
      version: string
      releases: { version: string }[]
    }>()
    expect(shown.releases.map((one) => one.version)).toEqual(['1.1.0', '1.0.0'])

    const install = await souk(home, ['install', 'app@1.0.0', '--yes'])
    expect(install.code, install.err).toBe(0)
    const after = await requests(home, ['show', 'served/app', '--json'])
    expect(after.statuses).toEqual([])
    expect(after.ran.json()).toMatchObject({ installed: true, cached: true, installation: { version: '1.0.0' } })
    expect((await requests(home, ['show', 'app', '--json'])).statuses).toEqual([])
    const all = (await souk(home, ['installed', '--json'])).json<{ id: string; path: string }[]>()
    expect(all.map((one) => one.id)).toEqual(['served/app', 'served/core'])
    expect(readFileSync(join(all[0]?.path ?? '', 'main.txt'), 'utf8')).toBe('one')

    const outdated = (await souk(home, ['outdated', '--json'])).json<object[]>()
    expect(outdated).toMatchObject([{ id: 'served/app', installed: '1.0.0', newest: '1.1.0' }])
    expect((await souk(home, ['update', '--all', '--yes'])).code).toBe(0)
    const updated = (await souk(home, ['installed', '--json'])).json<{ path: string }[]>()
    expect(readFileSync(join(updated[0]?.path ?? '', 'main.txt'), 'utf8')).toBe('two')
  })

  it('gives archives in parts, so that a broken download goes on', async () => {
    const { url } = await serveFolder(goods())
    const address = `${url}/api/v1/templates/app/download?version=1.1.0`
    const whole = Buffer.from(await (await fetch(address)).arrayBuffer())
    const part = await fetch(address, { headers: { range: `bytes=${whole.length - 10}-` } })
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes ${whole.length - 10}-${whole.length - 1}/${whole.length}`,
    ])
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(-10))).toBe(true)
    const newest = await fetch(`${url}/api/v1/templates/app/download`)
    expect(Buffer.from(await newest.arrayBuffer()).equals(whole)).toBe(true)
  })

  it('says at start which goods it leaves out, and lets nothing act on a terminal', async () => {
    const { url, said } = await serveFolder(goods())
    const home = homeFor(url)
    for (const args of [
      ['search'],
      ['search', 'turned', '--explain'],
      ['list'],
      ['browse'],
      ['show', 'loud'],
      ['versions', 'loud'],
      ['registries'],
    ]) {
      const ran = await souk(home, args)
      expect(ran.code, ran.err).toBe(0)
      expectPrintable(ran.out)
      expectPrintable(ran.err)
      const json = await souk(home, [...args, '--json'])
      expectPrintable(json.out)
      expectPrintable(
        JSON.stringify(json.json(), (_key, value: unknown) =>
          typeof value === 'string' ? value.replaceAll('\n', ' ') : value,
        ),
      )
    }
    expect((await souk(home, ['show', 'loud'])).out).toContain('end')
    const polluted = (await souk(home, ['show', 'polluted', '--json'])).json<Record<string, unknown>>()
    expect([polluted['isAdmin'], Object.hasOwn(polluted, '__proto__')]).toEqual([undefined, false])
    const installed = await souk(home, ['install', 'loud', 'polluted', '--yes'])
    expect(installed.code, installed.err).toBe(0)
    expectPrintable(installed.out + installed.err)
    expect((await souk(home, ['show', 'wrong'])).code).toBe(2)
    const left = said.filter((line) => line.includes('not served')).join('\n')
    expect(left).toMatch(/wrong\/souk\.json/)
    expect(left).toMatch(/torn\/souk\.json/)
    expectPrintable(left)
  })
})
