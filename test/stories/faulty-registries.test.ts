import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFaultyServer } from '../support/faulty-server.ts'
import { souk } from '../support/program.ts'
import { tempFolder } from '../support/temp.ts'

interface Answer {
  results: { id: string }[]
  sources: { registry: string; state: string; items: number; reason?: string }[]
}

function homeWith(settings: string): string {
  const home = tempFolder()
  mkdirSync(join(home, 'config'), { recursive: true })
  writeFileSync(join(home, 'config', 'registries.yaml'), settings)
  return home
}

/**
 * State, what the sentence says, the exit code of asking that registry alone, and that of asking it for an item: for
 * one fault of each kind, as both codes go by the kind of the error alone.
 */
const FAULTS: [name: string, state: string, says: RegExp, code: number, itemCode?: number][] = [
  ['html', 'failed', /it is a web page, not a registry/, 3],
  ['refused', 'unauthorised', /refused the credentials \(401\)/, 4, 4],
  ['forbidden', 'unauthorised', /does not allow this \(403\)/, 4],
  ['broken', 'failed', /answered 500/, 3, 3],
  ['garbage', 'failed', /cannot be read/, 3],
  ['shapeless', 'failed', /has no list "templates"/, 3, 3],
  ['torn', 'failed', /closed half-way|another length|cannot be reached/, 3],
  ['nothing', 'failed', /cannot be reached/, 3, 3],
  ['forever', 'slow', /did not answer within 300 ms/, 3],
  ['trickle', 'slow', /did not answer within 300 ms/, 3, 3],
  ['unset', 'unauthorised', /SOUK_TEST_NEVER_SET/, 4, 4],
  ['strange', 'failed', /"gopher" is not a protocol/, 3, 2],
  ['gone', 'failed', /answered 404/, 3, 2],
]

async function market(): Promise<string> {
  const { url } = await openFaultyServer()
  const entry = (name: string): string => {
    if (name === 'unset')
      return `{ name: unset, protocol: rest, url: "${url}/good", credentials: { type: token, token: "\${SOUK_TEST_NEVER_SET}" } }`
    if (name === 'strange') return `{ name: strange, protocol: gopher, url: "${url}/good" }`
    const limit = ['forever', 'trickle'].includes(name) ? ', timeoutMs: 300' : ''
    return `{ name: ${name}, protocol: rest, url: "${url}/${name}"${limit} }`
  }
  const lines = ['good', ...FAULTS.map(([name]) => name)].map((name) => `  - ${entry(name)}\n`)
  return homeWith(`registries:\n${lines.join('')}`)
}

describe('registries that go wrong', () => {
  it('each says why in one sentence, in the right state, and the good one answers all the same', async () => {
    const home = await market()
    const ran = await souk(home, ['search', 'thing', '--json'])
    expect(ran.code, ran.err).toBe(0)
    const { results, sources } = ran.json<Answer>()
    expect(results.map((one) => one.id)).toContain('good/good-thing')
    const told = new Map(sources.map((one) => [one.registry, one]))
    expect(told.get('good')).toMatchObject({ state: 'fresh', items: 1 })
    for (const [name, state, says] of FAULTS) {
      expect(told.get(name)?.state, name).toBe(state)
      expect(told.get(name)?.reason, name).toMatch(says)
      expect(told.get(name)?.reason, name).toMatch(/^[^\n]+[.]$/)
      expect(
        ran.err.split('\n').filter((line) => line.startsWith(`${name}: ${state}`)),
        name,
      ).toHaveLength(1)
    }
    // oxlint-disable-next-line no-control-regex
    expect(ran.out + ran.err).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/)
    const listed = (await souk(home, ['registries', '--json'])).json<{ name: string; state: string }[]>()
    for (const [name, state] of FAULTS) expect(listed.find((one) => one.name === name)?.state, name).toBe(state)
  })

  it.for(FAULTS)('%s, asked alone, gives its own exit code', async ([name, state, says, code, itemCode]) => {
    const home = await market()
    const ran = await souk(home, ['registries', 'test', name, '--json'])
    expect(ran.json<object>()).toMatchObject({ registry: name, state })
    expect(ran.err).toMatch(says)
    expect(ran.code).toBe(code)
    if (itemCode === undefined) return
    const shown = await souk(home, ['show', `${name}/thing`])
    expect(shown.code).toBe(itemCode)
    expect(shown.err).toMatch(/^souk: [^\n]+\.\n/)
  })

  it('a search in which every registry of the settings failed ends with their exit code', async () => {
    const { url } = await openFaultyServer()
    const dead = homeWith(`registries:\n  - { name: dead, protocol: rest, url: "${url}/broken" }\n`)
    expect((await souk(dead, ['search', 'nothing-built-in'])).code).toBe(3)
    const closed = homeWith(`registries:\n  - { name: closed, protocol: rest, url: "${url}/refused" }\n`)
    expect((await souk(closed, ['search', 'nothing-built-in'])).code).toBe(4)
  })

  it('says where a settings file is wrong, by line and column, and goes on with the rest; a file that is no YAML stops the search', async () => {
    const { url } = await openFaultyServer()
    const home = homeWith(
      `registries:\n  - { name: good, protocol: rest, url: "${url}/good" }\n  - name: bad\n    type: [7]\n    url: 12\n`,
    )
    const ran = await souk(home, ['search', 'thing', '--json'])
    expect(ran.code).toBe(0)
    expect(ran.json<Answer>().results.map((one) => one.id)).toContain('good/good-thing')
    expect(ran.err).toMatch(/registries\.yaml:[345]:\d+/)

    const torn = homeWith('registries:\n  - name: good\n   url: [\n')
    const refused = await souk(torn, ['search'])
    expect([refused.code, refused.out]).toEqual([2, ''])
    expect(refused.err).toMatch(/registries\.yaml:\d+:\d+/)
    const checked = await souk(torn, ['config', 'check'])
    expect([checked.code, checked.out]).toEqual([
      1,
      expect.stringMatching(/registries\.yaml:\d+:\d+: is not valid YAML/),
    ])
  })
})
