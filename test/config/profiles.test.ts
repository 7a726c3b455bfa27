import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadSettings, type SettingsFlags } from '../../src/config/load-settings.ts'
import type { LoadedSettings } from '../../src/config/settings.ts'
import { tempFolder } from '../support/temp.ts'
import { testClock, testSystem } from '../support/test-system.ts'

/** Loads a settings file, twice where the second time may come from the copy. */
async function loaded(text: string | undefined, env: Record<string, string> = {}, flags: SettingsFlags = {}) {
  const home = tempFolder()
  mkdirSync(join(home, 'config'))
  if (text !== undefined) writeFileSync(join(home, 'config', 'registries.yaml'), text)
  const clock = testClock(Date.now() + 3_600_000)
  const load = async (): Promise<LoadedSettings> =>
    loadSettings(testSystem({ env: { HOME: home, SOUK_HOME: home, ...env }, clock }), flags)
  const first = await load()
  expect(await load()).toEqual(first)
  return first
}
const named = (profile: string): SettingsFlags => ({ overrides: { profile } })
const names = ({ settings }: LoadedSettings): string[] => settings.registries.map((one) => one.name)

const FILE = `registries:
  - { name: local, type: community, url: 'http://127.0.0.1:4000' }
  - { name: goods, url: ./goods }
  - { name: own, type: community, url: 'http://localhost:4001', allowInsecureLoopback: true }
http: { tries: 2 }
profiles:
  staging:
    registries: [{ name: rehearsal, type: community, url: 'https://staging.example.org' }]
    http: { tries: 1 }
`

test('development asks registries on this machine, in the clear and as folders', async () => {
  for (const flags of [{}, named('development')]) {
    const result = await loaded(FILE, {}, flags)
    expect(result.problems).toEqual([])
    expect(names(result)).toEqual(['local', 'goods', 'own'])
    expect(result.settings.install.validation).toBe('scan')
  }
})

test('staging has registries of its own, looks at everything, and publishes nothing', async () => {
  const result = await loaded(FILE, {}, named('staging'))
  expect(names(result)).toEqual(['rehearsal'])
  expect(result.settings).toMatchObject({
    profile: 'staging',
    http: { tries: 1, insecureLoopback: false },
    install: { validation: 'full' },
    publish: { enabled: false },
  })
  expect(result.origins).toMatchObject({ 'install.validation': 'profile', 'http.tries': 'file', profile: 'flag' })
})

test('production asks for passed validation, and asks nobody in the clear but those the file allows', async () => {
  const result = await loaded(FILE, { SOUK_PROFILE: 'production' })
  expect(names(result)).toEqual(['goods', 'own'])
  expect(result.settings.install.validation).toBe('required')
  expect(result.problems.map((one) => one.message)).toEqual([
    expect.stringMatching(/registries\.yaml:2:\d+: registries\.local\.url: would be asked in the clear/),
  ])
})

test('a profile counts without any file, and named in the file', async () => {
  expect((await loaded(undefined, {}, named('production'))).settings.install.validation).toBe('required')
  const result = await loaded('profile: staging\n')
  expect(result.settings).toMatchObject({ profile: 'staging', publish: { enabled: false } })
})

test('the file, a variable and a flag go over what a profile sets, in this order', async () => {
  const text = 'install: { validation: full }\n'
  const flags = { overrides: { profile: 'production', 'install.validation': 'scan' } }
  expect((await loaded(text, {}, named('production'))).settings.install.validation).toBe('full')
  const variable = { SOUK_INSTALL_VALIDATION: 'required' }
  expect((await loaded(text, variable, named('development'))).settings.install.validation).toBe('required')
  expect((await loaded(text, variable, flags)).settings.install.validation).toBe('scan')
})

test.each([
  ['a flag', 'registries: []\n', {}, named('prod')],
  ['a variable', undefined, { SOUK_PROFILE: 'prod' }, {}],
  ['the file', 'profile: prod\n', {}, {}],
])(
  'an unknown profile ends the run, as going on would be without its guards: in %s',
  async (_what, text, env, flags) => {
    await expect(loaded(text, env, flags)).rejects.toMatchObject({ code: 'config.invalid', exit: 2 })
  },
)

test('faults within profiles are told with their place', async () => {
  const result = await loaded(
    'profiles:\n  qa: {}\n  staging: 5\n  production:\n    nonsense: 1\n',
    {},
    named('production'),
  )
  expect(result.problems.map((one) => one.message)).toEqual([
    expect.stringMatching(/:2:\d+: profiles\.qa: is no profile/),
    expect.stringMatching(/:3:\d+: profiles\.staging: must be a section/),
    expect.stringMatching(/:5:\d+: profiles\.production\.nonsense: is not a setting/),
  ])
})
