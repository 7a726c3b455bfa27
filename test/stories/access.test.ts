import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { listingCard, listingLine } from '../../components/listing-row.ts'
import { themeOf } from '../../components/theme.ts'
import type { Row } from '../../src/model/catalog.ts'
import { armouredSignature, signedText } from '../../src/model/wire.ts'
import { serve, type Loopback } from '../http/loopback.ts'
import { rawZip } from '../install/market.ts'
import { souk, type Ran } from '../support/program.ts'
import { hasSshKeygen, sshKey } from '../support/ssh-keys.ts'
import { tempFolder } from '../support/temp.ts'

/** A registry with one item, which is not given to those who come with other headers than these. */
function guarded(name: string, facts: object, isIn: (headers: Loopback['seen'][number]['headers']) => boolean) {
  return serve((request, response) => {
    if (!isIn(request.headers)) return void response.writeHead(401).end('{}')
    const item = { name, version: '1.0.0', description: 'A lock for a network.', ...facts }
    const isSearch = request.url?.startsWith('/api/v1/search') ?? false
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(isSearch ? { templates: [item], total_count: 1, filtered_count: 1 } : item))
  })
}

function homeOf(registries: readonly object[]): string {
  const home = tempFolder()
  mkdirSync(join(home, 'config'))
  const entries = registries.map((one) => ({ protocol: 'rest', ...one }))
  writeFileSync(join(home, 'config', 'registries.yaml'), stringify({ registries: entries }))
  return home
}

const basicOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

interface Answer {
  results: { id: string; verified?: boolean }[]
  sources: { registry: string; error?: Record<string, unknown> }[]
}
const idsOf = (ran: Ran): string[] => ran.json<Answer>().results.map((one) => one.id)

describe('who may in', () => {
  it.skipIf(!hasSshKeygen())('a token, a password and a key in one search: each goes to its own registry', async () => {
    const byToken = await guarded('by-token', {}, ({ authorization }) => authorization === 'Bearer tok-1-abcdef')
    const byPassword = await guarded('by-word', {}, ({ authorization }) => authorization === basicOf('me', 'pw-2-abc'))
    const byKey = await guarded('by-key', {}, ({ signature }) => signature !== undefined)
    const { key, allowed } = sshKey()
    const home = homeOf([
      { name: 'one', url: byToken.url, credentials: { type: 'token', token: '${TOKEN_ONE}' } },
      { name: 'two', url: byPassword.url, credentials: { type: 'basic', username: 'me', password: '${WORD_TWO}' } },
      { name: 'three', url: byKey.url, credentials: { type: 'ssh_key', keyFile: key } },
    ])
    const ran = await souk(home, ['search', 'lock', '--json'], { TOKEN_ONE: 'tok-1-abcdef', WORD_TWO: 'pw-2-abc' })
    expect(idsOf(ran).toSorted()).toEqual(['one/by-token', 'three/by-key', 'two/by-word'])
    const seen = [byToken, byPassword, byKey].map((one) => one.seen[0]?.headers)
    expect(seen.map((one) => one?.authorization)).toEqual(['Bearer tok-1-abcdef', basicOf('me', 'pw-2-abc'), undefined])
    expect(seen.map((one) => one?.['signature'] !== undefined)).toEqual([false, false, true])
    const one = (name: string): string => String(seen[2]?.[name])
    const path = byKey.seen[0]?.url ?? ''
    const text = signedText({ method: 'GET', host: one('host'), path, date: one('date'), digest: one('digest') })
    const file = join(tempFolder(), 'signature')
    writeFileSync(file, armouredSignature(one('signature')) ?? '')
    const verify = ['-Y', 'verify', '-f', allowed, '-I', 'tester', '-n', 'souk-request', '-s', file]
    expect(spawnSync('ssh-keygen', verify, { input: text }).status).toBe(0)
  })

  it('a variable that is not set is an authentication error, and nothing is sent', async () => {
    const { url, seen } = await guarded('thing', {}, () => true)
    const home = homeOf([{ name: 'team', url, credentials: { type: 'token', token: '${NOT_SET}' } }])
    const { sources } = (await souk(home, ['search', 'lock', '--json'])).json<Answer>()
    expect(sources.find((one) => one.registry === 'team')?.error).toMatchObject({
      type: 'authentication',
      registry: 'team',
      code: 'config.variable',
    })
    expect(seen).toHaveLength(0)
  })

  it('a search of one registry ends as that one does, whatever the others say', async () => {
    const good = await guarded('thing', {}, () => true)
    const closed = await guarded('secret', {}, () => false)
    const home = homeOf([
      { name: 'good', url: good.url },
      { name: 'closed', url: closed.url },
      { name: 'dead', url: 'http://127.0.0.1:1' },
    ])
    const codeOf = async (...words: string[]): Promise<number> => (await souk(home, ['search', 'lock', ...words])).code
    expect(await codeOf()).toBe(0)
    expect(await codeOf('--registry', 'closed')).toBe(4)
    expect(await codeOf('--registry', 'dead')).toBe(3)
    expect(await codeOf('--registry', 'closed', '--registry', 'dead')).toBe(3)
    expect(await codeOf('--registry', 'good', '--strict')).toBe(0)
    expect(await codeOf('--strict')).toBe(3)
  })
})

it('goods that hold our own way in are refused, and it is written nowhere', async () => {
  const token = 'tok-echoed-4471-abcdef'
  const bytes = rawZip([
    { name: 'souk.yaml', data: 'id: echo\nname: echo\nversion: 1.0.0\nkind: plugin\ndescription: Says it back.\n' },
    { name: 'README.md', data: `# Echo\n\nYou came with ${token}.\n` },
  ])
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const goods = { name: 'echo', version: '1.0.0', kind: 'plugin', description: 'Back.', download_url: '/e.zip', sha256 }
  const { url } = await serve((request, response) => {
    if (request.url === '/e.zip') response.end(bytes)
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(goods))
  })
  const home = homeOf([{ name: 'team', url, credentials: { type: 'token', token: '${TEAM_TOKEN}' } }])
  const ran = await souk(home, ['install', 'team/echo', '--yes', '--json'], { TEAM_TOKEN: token })
  expect(ran.code).toBe(1)
  expect(ran.err).toMatch(/README\.md holds a credential of yours/)
  expect(ran.json<object>()).toMatchObject({
    error: { code: 'item.unsafe', template: 'team/echo', severity: 'critical' },
  })
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const holding = files.filter((one) => readFileSync(join(one.parentPath, one.name)).includes(token))
  expect(holding.map((one) => one.name)).toEqual([])
  expect((await souk(home, ['installed', '--json'])).json<object[]>()).toEqual([])
})

describe('what a registry calls verified', () => {
  it('says so in the table, on the cards, in the details and in JSON', async () => {
    const sure = await guarded('sure-thing', { marketplace: { verified: true } }, () => true)
    const loose = await guarded('loose-thing', {}, () => true)
    const home = homeOf([
      { name: 'sure', type: 'community', url: sure.url },
      { name: 'loose', type: 'community', url: loose.url },
    ])
    const lines = async (...words: string[]): Promise<string[]> =>
      (await souk(home, ['search', 'lock', ...words])).out.split('\n')
    const lineOf = (all: readonly string[], id: string): string => all.find((one) => one.includes(id)) ?? ''
    const table = await lines()
    expect(lineOf(table, 'sure/')).toMatch(/ verified /)
    expect(lineOf(table, 'loose/')).toMatch(/ unverified /)
    expect((await lines('--view', 'grid')).join('\n')).toMatch(/sure\/sure-thing 1\.0\.0 verified/)
    const detailed = await lines('--view', 'detailed')
    expect(detailed[detailed.findIndex((one) => one.startsWith('sure/')) + 2]).toMatch(/\| verified$/)
    expect((await souk(home, ['show', 'sure/sure-thing'])).out).toMatch(/Verified +yes, says sure/)
    const { results } = (await souk(home, ['search', 'lock', '--json'])).json<Answer>()
    expect(results.find((one) => one.id.startsWith('sure/'))?.verified).toBe(true)
    expect(results.find((one) => one.id.startsWith('loose/'))?.verified).not.toBe(true)
    expect(idsOf(await souk(home, ['search', 'lock', '--verified', '--json']))).toEqual(['sure/sure-thing'])
  })

  it('says so on each row and card of the screens', () => {
    const rowOf = (registryType: string, verified: boolean | undefined): Row =>
      ({
        listing: {
          name: 'thing',
          title: 'Thing',
          kind: 'plugin',
          description: 'Text.',
          registryType,
          verified,
          badges: [],
        },
        offers: [],
      }) as unknown as Row
    const look = { isChosen: false, isMarked: false }
    const theme = themeOf('none', { noColor: true })
    const drawn = (width: number, ...facts: Parameters<typeof rowOf>): string =>
      listingLine(theme, width, rowOf(...facts), look)
    expect(drawn(80, 'community', true)).toContain('[verified] Text.')
    expect(drawn(80, 'official', true)).toContain('[verified] Text.')
    expect(drawn(80, 'community', undefined)).not.toContain('verified')
    expect(listingCard(theme, 80, rowOf('community', true), look).join('\n')).toMatch(/ {2}verified/)
    expect(listingCard(theme, 80, rowOf('community', false), look).join('\n')).toContain('not verified')
  })
})
