import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { SETTING_RULES, valueAt } from '../../src/config/defaults.ts'
import { variableOf } from '../../src/config/layers.ts'
import { listSettings } from '../../src/config/list-settings.ts'
import { environmentFor, loadSettings, type SettingsFlags } from '../../src/config/load-settings.ts'
import type { LoadedSettings } from '../../src/config/settings.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

interface World {
  home: string
  write(path: string, text: string): string
  load(env?: Record<string, string>, flags?: SettingsFlags): Promise<LoadedSettings>
}

function world(): World {
  const home = tempFolder()
  return {
    home,
    write(path, text) {
      const file = join(home, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    load: (env = {}, flags = {}) => loadSettings(testSystem({ env: { HOME: home, ...env } }), flags),
  }
}

/** Loads this text as the settings file. */
async function loaded(
  text: string,
  env: Record<string, string> = {},
  flags: SettingsFlags = {},
): Promise<LoadedSettings> {
  const { write, load } = world()
  return load(env, { config: write('registries.yaml', text), ...flags })
}

const said = (loaded: LoadedSettings): string[] => loaded.problems.map((one) => one.message)

const SOURCE = `registries:
  - name: "official"
    type: "official"
    url: "https://marketplace.cloudworkstation.dev"

  - name: "university"
    type: "institutional"
    url: "https://templates.university.edu"
    credentials:
      type: "token"
      token: "\${UNIVERSITY_REGISTRY_TOKEN}"
`

test('an empty home has defaults, no registries and no complaints', async () => {
  const { settings, file, problems } = await world().load()
  expect(file).toBeUndefined()
  expect(problems).toEqual([])
  expect(settings.registries).toEqual([])
  expect(settings.cache.ttlMs).toEqual({
    search: 900_000,
    metadata: 3_600_000,
    catalog: 86_400_000,
    artifact: 86_400_000,
    'validation.local': 43_200_000,
    'validation.registry': 604_800_000,
    marketIntel: 21_600_000,
  })
  expect(settings.cache.maxBytes).toBe(104_857_600)
  expect(settings.http.timeoutMs).toEqual({
    search: 5000,
    metadata: 5000,
    catalog: 10_000,
    download: 60_000,
    publish: 60_000,
    health: 3000,
  })
})

test('the YAML of the source document parses unchanged', async () => {
  const { settings, problems } = await loaded(SOURCE)
  expect(problems).toEqual([])
  expect(settings.registries).toMatchObject([
    { name: 'official', type: 'official', protocol: '', enabled: true, place: { line: 2, column: 5 } },
    {
      name: 'university',
      type: 'institutional',
      credentials: { type: 'token', token: '${UNIVERSITY_REGISTRY_TOKEN}' },
      place: { line: 6 },
    },
  ])
})

test('the file is looked for by flag, variable, config folder and the older place, in this order', async () => {
  const { write, load, home } = world()
  const named = (name: string): string => `registries: [{name: ${name}, url: "https://${name}.example"}]`
  const first = async (env?: Record<string, string>, flags?: SettingsFlags): Promise<unknown> => {
    const { settings, file } = await load(env, flags)
    return [settings.registries[0]?.name, file?.origin]
  }
  write('.cloudworkstation/registries.yaml', named('older'))
  expect(await first()).toEqual(['older', 'cloudworkstation'])
  write('.config/souk/registries.yaml', named('own'))
  expect(await first()).toEqual(['own', 'config folder'])
  write('room/config/registries.yaml', named('room'))
  expect(await first({ SOUK_HOME: join(home, 'room') })).toEqual(['room', 'config folder'])
  const variable = { SOUK_CONFIG: write('variable.yaml', named('variable')) }
  expect(await first(variable)).toEqual(['variable', 'environment'])
  expect(await first(variable, { config: write('flag.yaml', named('flag')) })).toEqual(['flag', 'flag'])
  await expect(load({}, { config: join(home, 'nowhere.yaml') })).rejects.toMatchObject({ code: 'config.missing' })
})

test('each wrong entry is reported with file, line, column and field, and the others load', async () => {
  const { write, load } = world()
  const file = write(
    'registries.yaml',
    `registries:
  - name: good
    url: https://good.example
  - name: lost
  - name: odd
    type: secret
    url: https://odd.example
  - just words
  - name: clear
    url: http://clear.example/api
  - name: good
    url: https://again.example
  - name: a/b
    url: https://slash.example
  - name: key
    url: https://key.example
    credentials: {type: magic, token: x}
  - name: last
    url: https://last.example
`,
  )
  const result = await load({}, { config: file })
  expect(result.settings.registries.map((one) => one.name)).toEqual(['good', 'last'])
  expect(
    result.problems.map(({ code, details }) => [code, details['field'], details['line'], details['column']]),
  ).toEqual([
    ['config.invalid', 'registries.lost.url', 4, 5],
    ['config.invalid', 'registries.odd.type', 6, 11],
    ['config.invalid', 'registries[3]', 8, 5],
    ['config.invalid', 'registries.clear.url', 10, 10],
    ['config.invalid', 'registries.good.name', 11, 11],
    ['config.invalid', 'registries.a/b.name', 13, 11],
    ['config.invalid', 'registries.key.credentials.type', 17, 25],
  ])
  expect(said(result)[0]).toBe(`${file}:4:5: registries.lost.url: is missing.`)
  expect(said(result)[3]).toContain('use https')
})

test('http is taken for this machine only', async () => {
  const { settings, problems } = await loaded(`registries:
  - {name: a, url: "http://localhost:1"}
  - {name: b, url: "http://127.0.0.9:1/x"}
  - {name: c, url: "http://[::1]:1"}
  - {name: d, url: "http://127.0.0.1.evil.example"}
  - {name: e, url: "HTTP://localhost.evil.example"}
  - {name: f, url: "git://example.org/x"}
`)
  expect(settings.registries.map((one) => one.name)).toEqual(['a', 'b', 'c'])
  expect(problems).toHaveLength(3)
})

test('a password in an address is refused, and the complaint does not repeat it', async () => {
  const result = await loaded('registries: [{name: a, url: "https://me:hunter2@x.example"}]')
  expect(said(result)[0]).toContain('put them under credentials')
  expect(JSON.stringify(result.problems)).not.toContain('hunter2')
})

test('folders count from the settings file, ~ from home, and other members go to the protocol', async () => {
  const { write, load, home } = world()
  const file = write(
    'deep/registries.yaml',
    `registries:
  - {name: near, url: ./goods, shape: arm, nested: {a: [1]}}
  - {name: up, url: ../goods}
  - {name: home, url: ~/goods}
  - {name: git, url: "git@host.example:team/x.git", branch: main, credentials: {type: ssh_key, key_file: ~/k}}
  - {name: slow, url: "https://x.example", timeoutMs: 9s, priority: 3}
  - {name: own, url: "https://y.example", rate_limit: 90/m, ca: ./own-ca.pem}
`,
  )
  const { settings, problems } = await load({}, { config: file })
  expect(problems).toEqual([])
  expect(settings.registries).toMatchObject([
    { url: join(home, 'deep/goods'), options: { shape: 'arm', nested: { a: [1] } } },
    { url: join(home, 'goods') },
    { url: join(home, 'goods') },
    { url: 'git@host.example:team/x.git', options: { branch: 'main' }, credentials: { keyFile: join(home, 'k') } },
    { timeoutMs: 9000, priority: 3, options: {} },
    { rateLimit: { count: 90, perMs: 60_000 }, ca: join(home, 'deep/own-ca.pem'), options: {} },
  ])
})

test('a syntax error names line and column, and the program still opens', async () => {
  const result = await loaded('registries:\n  - name: a\n   url: [broken\n')
  expect(result.settings.registries).toEqual([])
  expect(result.problems).toHaveLength(1)
  expect(said(result)[0]).toMatch(/registries\.yaml:3:\d+: is not valid YAML/)
})

test.each([
  [
    'a YAML bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefg'.replace(/./g, (k) => `${k}: &${k} [${`*${String.fromCodePoint((k.codePointAt(0) ?? 0) - 1)},`.repeat(9)}]\n`)}`,
  ],
  ['nesting beyond reason', '['.repeat(200_000)],
  ['too many bytes', `# ${'x'.repeat(1024 * 1024)}`],
  ['a list', '- a\n- b\n'],
  ['bytes that are no text', '\u0000\u0001\u0002: ['],
  [
    'a member called __proto__',
    'registries: [{name: a, url: x, __proto__: {polluted: true}}]\n__proto__: {polluted: true}',
  ],
])('%s harms nothing and is reported', async (_what, text) => {
  const started = performance.now()
  const { write, load } = world()
  write('.config/souk/registries.yaml', text)
  const { problems } = await load()
  expect(problems.length).toBeGreaterThan(0)
  expect(performance.now() - started).toBeLessThan(20_000)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('control characters of a settings file do not reach the terminal through a complaint', async () => {
  const result = await loaded('"\\e[31mred": 1\nregistries: [{name: "\\e]0;title\\a"}]')
  expect(result.problems.length).toBeGreaterThan(1)
  // oxlint-disable-next-line no-control-regex
  for (const text of said(result)) expect(text).not.toMatch(/[\u0000-\u001f]/)
})

test('a mistyped setting is named with the nearest one and is not fatal', async () => {
  const result = await loaded(
    'cache:\n  maxByte: 5MiB\ncahce: {}\nui: {color: maybe}\nhttp: 5\nconcurrency: {jobs: 0}\n',
  )
  expect(said(result).map((text) => text.replace(/^.*yaml/, ''))).toEqual([
    ':2:12: cache.maxByte: is not a setting.',
    ':3:8: cahce: is not a setting.',
    ':4:13: ui.color: must be true or false.',
    ':5:7: http: must be a section with settings below it.',
    ':6:21: concurrency.jobs: must be at least 1 count.',
  ])
  expect(result.problems[0]?.hint).toContain('cache.maxBytes')
  expect(result.problems[1]?.hint).toContain('cache')
})

test('file, variable and flag win over each other in rising order, and the origin is known', async () => {
  const text =
    'default_registry: a\nregistries: [{name: a, url: "https://a.example"}]\ncache: {ttl: {search: 1m, validation: {local: 2h}}, maxBytes: 5MiB}\nhttp: {timeoutMs: {search: 700}}\n'
  const result = await loaded(
    text,
    { SOUK_CACHE_MAX_BYTES: '6MiB', SOUK_HTTP_TIMEOUT_SEARCH: '800', SOUK_UI_MOUSE: 'true' },
    { overrides: { 'http.timeout.search': '900ms' } },
  )
  expect(result.problems).toEqual([])
  const rows = new Map(listSettings(result).map((row) => [row.name, row]))
  expect(rows.get('cache.ttl.search')).toEqual({
    name: 'cache.ttl.search',
    value: 60_000,
    default: 900_000,
    unit: 'ms',
    origin: 'file',
  })
  expect(rows.get('cache.ttl.validation.local')).toMatchObject({ value: 7_200_000, origin: 'file' })
  expect(rows.get('cache.maxBytes')).toMatchObject({ value: 6 * 1024 * 1024, origin: 'environment' })
  expect(rows.get('http.timeout.search')).toMatchObject({ value: 900, origin: 'flag' })
  expect(rows.get('ui.mouse')).toMatchObject({ value: true, origin: 'environment' })
  expect(rows.get('http.tries')).toMatchObject({ value: 3, default: 3, origin: 'default' })
  expect(rows.get('defaultRegistry')).toMatchObject({ value: 'a', origin: 'file' })
})

test.each(SETTING_RULES.filter((rule) => rule.kind !== 'text').map((rule) => [rule.name, rule] as const))(
  '%s can be set by variable and by flag, and nonsense is refused',
  async (name, rule) => {
    const value = rule.kind === 'stores' ? 'memory' : rule.kind === 'flag' ? !rule.default : Number(rule.default) + 1
    const { load } = world()
    for (const result of [
      await load({ [variableOf(rule)]: String(value) }),
      await load({}, { overrides: { [name]: String(value) } }),
    ]) {
      expect(result.problems).toEqual([])
      expect(valueAt(result.settings, rule.path)).toBe(value)
    }
    const wrong = await load({}, { overrides: { [name]: '-3 apples' } })
    expect(wrong.problems[0]?.details['field']).toBe(name)
    expect(valueAt(wrong.settings, rule.path)).toBe(rule.default)
  },
)

test('a process of a job loads what the run that started it loaded, flags included', async () => {
  const { write, load } = world()
  const config = write('team.yaml', 'http: {tries: 2}\n')
  const flags: SettingsFlags = { config, overrides: { 'cache.maxBytes': '7MiB', 'http.timeoutMs.search': '900ms' } }
  const environment = environmentFor(await load({}, flags), flags, testSystem().env)
  expect(environment).toEqual({
    SOUK_CONFIG: config,
    SOUK_CACHE_MAX_BYTES: '7MiB',
    SOUK_HTTP_TIMEOUT_SEARCH: '900ms',
  })
  const { settings, problems } = await load(environment)
  expect(problems).toEqual([])
  expect([settings.cache.maxBytes, settings.http.timeoutMs.search, settings.http.tries]).toEqual([7340032, 900, 2])
})

test('secrets are never listed', async () => {
  const result = await loaded(`registries:
  - {name: a, url: "https://a.example", credentials: {type: token, token: sesame}, apiKey: sesame}
  - {name: b, url: "https://b.example", credentials: {type: basic, username: me, password: sesame}}`)
  const rows = listSettings(result)
  expect(JSON.stringify(rows)).not.toContain('sesame')
  expect(rows.find((row) => row.name === 'registries.a.credentials.token')?.value).toBe('***')
})

test('a default registry that does not exist, and a clock that cannot be read, are reported', async () => {
  const result = await loaded('defaultRegistry: nowhere', { SOUK_NOW: 'teatime' })
  expect(result.problems.map((one) => one.details['field'])).toEqual(['defaultRegistry', 'SOUK_NOW'])
  expect(result.settings.defaultRegistry).toBeUndefined()
})

test('the example file parses without complaint, shows every setting, and shows the defaults', async () => {
  const { load } = world()
  const file = new URL('../../registries.example.yaml', import.meta.url).pathname
  const result = await load({}, { config: file })
  expect(result.problems).toEqual([])
  expect(result.settings.registries.every((entry) => !entry.enabled)).toBe(true)
  expect(readFileSync(file, 'utf8')).toContain('timeoutMs')
  for (const rule of SETTING_RULES) {
    expect([rule.name, result.origins[rule.name]]).toEqual([rule.name, 'file'])
    if (rule.default !== undefined)
      expect([rule.name, valueAt(result.settings, rule.path)]).toEqual([rule.name, rule.default])
  }
})

test('a member of the wrong type is told from one that is missing', async () => {
  const found = await loaded(
    'registries:\n  - name: a\n    url: 17\n  - name: b\n  - name: c\n    url: x\n    enabled: maybe\n',
  )
  expect(said(found)).toEqual([
    expect.stringMatching(/:3:10: registries\.a\.url: must be a text/),
    expect.stringMatching(/registries\.b\.url: is missing/),
    expect.stringMatching(/:7:14: registries\.c\.enabled: must be true or false/),
  ])
})

test('a named file that cannot be read ends the run; one that was merely found is left out', async () => {
  const { home, write, load } = world()
  write('.config/souk/registries.yaml/inside', '')
  expect(said(await load())).toEqual([expect.stringContaining('cannot be read (is not a file)')])
  await expect(load({}, { config: home })).rejects.toMatchObject({ exit: 2 })
  await expect(load({ SOUK_CONFIG: home })).rejects.toThrow('cannot be read (is not a file)')
})

test('a process of a job gets the variables the settings take secrets from, and no others', async () => {
  const { write, load } = world()
  const config = write(
    'team.yaml',
    'registries: [{name: a, url: "https://a.example", credentials: {type: token, token: "${TEAM_TOKEN}"}}]',
  )
  const env = testSystem({ env: { TEAM_TOKEN: 'planted-value', OTHER_TOKEN: 'not-yours' } }).env
  const environment = environmentFor(await load({}, { config }), { config }, env)
  expect(environment).toEqual({ SOUK_CONFIG: config, TEAM_TOKEN: 'planted-value' })
})

test.each([
  ['token: x, token_file: y', 'credentials: has token and tokenFile; one of them is enough'],
  ['token_command: "pass show x | head -1"', 'credentials.tokenCommand: is run without a shell'],
  ['token_command: []', 'credentials.tokenCommand: must be a program with its arguments'],
  ['token_command: [3]', 'credentials.tokenCommand: must be a program with its arguments'],
  ['user: me', 'credentials.token: is missing (or tokenCommand, tokenFile)'],
  ['token: ""', 'credentials.token: must not be empty'],
])('credentials that say "%s" are refused in one sentence', async (members, sentence) => {
  const result = await loaded(
    `registries: [{name: a, url: "https://a.example", credentials: {type: token, ${members}}}]`,
  )
  expect(said(result)[0]).toContain(sentence)
  expect(result.settings.registries).toEqual([])
})

test('a registry that is called private needs credentials, one that says nothing does not', async () => {
  const { settings, problems } = await loaded(`registries:
  - {name: said, url: "https://a.example", type: private}
  - {name: school, url: "git+https://a.example/x.git", type: institutional}
  - {name: silent, url: "https://a.example"}
  - {name: open, url: "https://a.example", type: private, credentials: {type: none}}
  - {name: signed, url: "https://a.example", type: private, signing: true}
  - {name: near, url: ./goods, type: private}
  - {name: ssh, url: "git@host.example:team/x.git", type: private}
  - {name: words, url: "https://a.example", type: private, credentials: {type: token, token_command: pass show x}}
`)
  expect(problems).toEqual([])
  expect(settings.registries.filter((one) => one.needsCredentials).map((one) => one.name)).toEqual(['said', 'school'])
  expect(settings.registries.at(-1)?.credentials).toEqual({ type: 'token', tokenCommand: ['pass', 'show', 'x'] })
})

test('the cache may be at an address or at several; what cannot be is refused without repeating it', async () => {
  const good = [
    ['redis://127.0.0.1:6379', 'redis://127.0.0.1:6379'],
    ['rediss://:${PW}@cache.example.org:6380/2', 'rediss://:${PW}@cache.example.org:6380/2'],
    ['[disk, "rediss://cache.example.org"]', 'disk rediss://cache.example.org'],
    ['redis://localhost, redis://[::1]:7000', 'redis://localhost redis://[::1]:7000'],
  ]
  for (const [written = '', read] of good) {
    const result = await loaded(`cache: {store: ${written.startsWith('[') ? written : JSON.stringify(written)}}\n`)
    expect([written, result.problems]).toEqual([written, []])
    expect(result.settings.cache.store).toBe(read)
  }
  const bad = [
    ['redis://user:hidden-pw@cache.example.org', /in the clear/],
    ['rediss://:hidden-pw@[bad', /cannot be read/],
    ['memory disk', /must be disk/],
    ['https://hidden-pw@cache.example.org', /must be disk/],
    ['disk disk', /twice/],
    ['', /must be disk/],
    [Array.from({ length: 9 }, (_, at) => `redis://127.0.0.1:${at + 1}`).join(' '), /more than 8/],
  ] as const
  for (const [written, why] of bad) {
    const result = await loaded(`cache: {store: ${JSON.stringify(written)}}\n`)
    expect(result.problems.map((one) => one.message)).toEqual([expect.stringMatching(why)])
    expect(result.problems[0]?.message).not.toContain('hidden-pw')
    expect(result.settings.cache.store).toBe('disk')
  }
  const shown = await loaded('cache: {store: "rediss://me:hidden-pw@cache.example.org/2?x=hidden-pw"}\n')
  expect(listSettings(shown).find((row) => row.name === 'cache.store')?.value).toBe('rediss://cache.example.org/2')
})

test.each([
  ['file:goods', 'beside the settings file', '/goods'],
  ['file:./goods', 'beside the settings file', '/goods'],
  ['file:/srv/goods', 'as it is', '/srv/goods'],
  ['folder:/srv/goods', 'as it is', '/srv/goods'],
  ['file:~/goods', 'at home', '/goods'],
])('%s is a path, taken %s', async (url, _where, path) => {
  const { settings } = await loaded(`registries:\n  - { name: here, type: private, url: "${url}" }\n`)
  expect(settings.registries[0]?.url).toMatch(path === '/srv/goods' ? /^\/srv\/goods$/ : /^\/.*\/goods$/)
  expect(settings.registries[0]?.url).not.toContain(':')
})
