import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSettings, type SettingsFlags } from '../../src/config/load-settings.ts'
import type { LoadedSettings } from '../../src/config/settings.ts'
import { fingerprint } from '../../src/model/fingerprint.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

const HOUR = 3_600_000

/** A home whose clock is an hour ahead of its files, so that they count as settled. */
function settledHome(text: string) {
  const home = tempFolder()
  const file = join(home, 'config', 'registries.yaml')
  const copy = join(home, 'cache', 'settings.json')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  const load = async (env: Record<string, string> = {}, flags: SettingsFlags = {}): Promise<LoadedSettings> => {
    const clock = testClock(Date.now() + HOUR)
    return loadSettings(testSystem({ env: { HOME: home, SOUK_HOME: home, ...env }, clock }), flags)
  }
  return { home, file, copy, load }
}

const PLAIN = `defaultRegistry: team
registries:
  - { name: team, url: ./goods, rateLimit: 5/s, branch: main }
  - { name: ours, url: 'https://goods.example.org', credentials: { type: token, token: '\${TEAM_TOKEN}' } }
http: { timeout: { search: 2s } }
`

test('settings come out of the copy as they came out of the file: values, origins, places', async () => {
  const { copy, load } = settledHome(PLAIN)
  const first = await load({ TEAM_TOKEN: 'hunter2-hunter2' })
  expect(existsSync(copy)).toBe(true)
  expect(statSync(copy).mode & 0o777).toBe(0o600)
  const again = await load({ TEAM_TOKEN: 'hunter2-hunter2' })
  expect(again).toEqual(first)
  expect(again.settings.registries[0]?.place?.line).toBe(3)
  expect(again.origins['http.timeout.search']).toBe('file')
  expect(readFileSync(copy, 'utf8')).not.toContain('hunter2')
})

test('the copy is what is read while the file stays as it is', async () => {
  const { copy, load } = settledHome(PLAIN)
  await load()
  const [head, , body = ''] = readFileSync(copy, 'utf8').split('\n')
  const told = body.replace('"tries":3', '"tries":8')
  writeFileSync(copy, `${head}\n${fingerprint(told)}\n${told}`)
  expect((await load()).settings.http.tries).toBe(8)
})

test('a change is seen even when its size and its time are those of before', async () => {
  const { file, load } = settledHome(PLAIN)
  await load()
  const facts = statSync(file)
  writeFileSync(file, PLAIN.replace('search: 2s', 'search: 9s'))
  utimesSync(file, facts.atime, facts.mtime)
  expect(statSync(file).ctimeMs).not.toBe(facts.ctimeMs)
  expect((await load()).settings.http.timeoutMs.search).toBe(9000)
})

test('variables and flags go over the copy, and stay out of it', async () => {
  const { copy, load } = settledHome(PLAIN)
  await load({ SOUK_HTTP_TRIES: '7' }, { overrides: { 'http.connections': '2' } })
  expect(readFileSync(copy, 'utf8')).not.toContain('"tries":7')
  const changed = await load({ SOUK_HTTP_TRIES: '1' })
  expect(changed.settings.http).toMatchObject({ tries: 1, connections: 6, timeoutMs: { search: 2000 } })
  expect(changed.origins['http.tries']).toBe('environment')
})

test('a change of the file counts at once', async () => {
  const { file, load } = settledHome(PLAIN)
  await load()
  writeFileSync(file, PLAIN.replace('./goods', './wares'))
  expect((await load()).settings.registries[0]?.url).toMatch(/wares$/)
})

test.each([
  ['an unknown setting', `${PLAIN}nonsense: 1\n`],
  ['a wrong entry', `${PLAIN}`.replace('rateLimit: 5/s', 'rateLimit: often')],
  ['no YAML at all', ': ['],
])('faults are told at every run, with their place: %s', async (_what, text) => {
  const { copy, load } = settledHome(text)
  const first = await load()
  expect(first.problems.length).toBeGreaterThan(0)
  expect((await load()).problems).toEqual(first.problems)
  expect(existsSync(copy)).toBe(false)
})

test.each([
  ['a token', "credentials: { type: token, token: 'ghp_abcdefgh' }"],
  ['a token beside a variable', "credentials: { type: token, token: 'x${A}' }"],
  ['a password', "credentials: { type: basic, username: me, password: 'open sesame' }"],
  ['a secret of a protocol', 'apiKey: abcdefgh'],
  ['something deeper that may hold one', 'headers: { authorization: Bearer abc }'],
])('settings with %s written out are never copied', async (_what, member) => {
  const { copy, load } = settledHome(`registries: [{ name: a, url: 'https://a.example.org', ${member} }]\n`)
  const { problems, settings } = await load()
  expect(problems).toEqual([])
  expect(settings.registries).toHaveLength(1)
  expect(existsSync(copy)).toBe(false)
})

test.each([
  ['cut short', (text: string) => text.slice(0, -20)],
  ['one character changed', (text: string) => text.replace('"tries":3', '"tries":9')],
  ['empty', () => ''],
  ['of another make', (text: string) => text.replace(/^./, 'x')],
  ['not ours', () => '{"settings":{}}\n\n'],
])('a copy that is %s is ignored and made anew', async (_what, harm) => {
  const { copy, load } = settledHome(PLAIN)
  const first = await load()
  const whole = readFileSync(copy, 'utf8')
  writeFileSync(copy, harm(whole))
  expect(await load()).toEqual(first)
  expect(readFileSync(copy, 'utf8')).toBe(whole)
})

test('a file written just now is not copied: it may change again within the same tick of its clock', async () => {
  const { home, file, copy } = settledHome(PLAIN)
  const system = testSystem({ env: { HOME: home, SOUK_HOME: home }, clock: testClock(statSync(file).mtimeMs + 500) })
  await loadSettings(system)
  expect(existsSync(copy)).toBe(false)
})
