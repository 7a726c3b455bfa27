import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { editRegistries } from '../../src/config/edit.ts'
import { writeFirstSettings } from '../../src/config/first-settings.ts'
import { replaceSettingsText } from '../../src/config/settings-text.ts'
import { importRegistries } from '../../src/config/import-registries.ts'
import { loadSettings } from '../../src/config/load-settings.ts'
import { secretOf } from '../../src/config/secret.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const TEXT = `# my registries
default_registry: uni   # the good one
registries:
  # first
  - name: official
    url: https://official.example # keep
  - name: uni
    url: https://uni.example
`

const system = testSystem()

function settingsFile(text = TEXT): string {
  const file = join(tempFolder(), 'registries.yaml')
  writeFileSync(file, text)
  return file
}
type Edit = Parameters<typeof editRegistries>[2]
const edit = (file: string, change: Edit) => editRegistries(system, file, change)
const add = (file: string, { name = '', url = '', ...members }: Record<string, string>) =>
  edit(file, { action: 'add', name, url, members })
const names = async (file: string): Promise<string[]> =>
  (await loadSettings(system, { config: file })).settings.registries.map((one) => one.name)

test('a registry is added, disabled, made the default and removed, and the comments stay', async () => {
  const file = settingsFile()
  chmodSync(file, 0o640)
  await add(file, { name: 'mine', url: './goods', protocol: 'folder' })
  await edit(file, { action: 'disable', name: 'official' })
  await edit(file, { action: 'default', name: 'mine' })
  await edit(file, { action: 'remove', name: 'uni' })
  const { settings, problems } = await loadSettings(system, { config: file })
  expect(problems).toEqual([])
  expect(settings.defaultRegistry).toBe('mine')
  expect(settings.registries.map((one) => [one.name, one.enabled])).toEqual([
    ['official', false],
    ['mine', true],
  ])
  const text = readFileSync(file, 'utf8')
  for (const comment of ['# my registries', '# first', '# keep', '# the good one']) expect(text).toContain(comment)
  expect(statSync(file).mode & 0o777).toBe(0o640)
  expect(readdirSync(join(file, '..'))).toEqual(['registries.yaml'])
})

test('the first registry of a new user makes the file and its folder', async () => {
  const file = join(tempFolder(), 'new', 'souk', 'registries.yaml')
  await add(file, { name: 'a', url: 'https://a.example' })
  expect(await names(file)).toEqual(['a'])
})

test('removing the default registry removes the default', async () => {
  const file = settingsFile()
  await edit(file, { action: 'remove', name: 'uni' })
  expect((await loadSettings(system, { config: file })).problems).toEqual([])
})

test('a file that is a link stays one', async () => {
  const file = settingsFile()
  const link = join(tempFolder(), 'link.yaml')
  symlinkSync(file, link)
  await edit(link, { action: 'disable', name: 'uni' })
  expect(readFileSync(file, 'utf8')).toContain('enabled: false')
})

test.each([
  ['a name that is taken', { name: 'uni', url: 'https://x.example' }, 'config.invalid'],
  ['no address', { name: 'x' }, 'config.invalid'],
  ['an address in the clear', { name: 'x', url: 'http://x.example' }, 'config.invalid'],
])('%s is refused and the file stays as it was', async (_what, entry, code) => {
  const file = settingsFile()
  await expect(add(file, entry)).rejects.toMatchObject({ code })
  expect(readFileSync(file, 'utf8')).toBe(TEXT)
})

test('an unknown name is answered with the nearest, and a broken file is not touched', async () => {
  const file = settingsFile()
  await expect(edit(file, { action: 'remove', name: 'offical' })).rejects.toMatchObject({
    hint: 'Did you mean official?',
  })
  const broken = settingsFile('registries: [')
  await expect(edit(broken, { action: 'default', name: 'a' })).rejects.toMatchObject({ code: 'config.invalid' })
  expect(readFileSync(broken, 'utf8')).toBe('registries: [')
})

test('a secret comes from the environment when it is needed, and an unset variable is named', () => {
  const { env } = testSystem({ env: { TOKEN: 's3cret', EMPTY: '' } })
  expect(secretOf('x-${TOKEN}-y', env)).toBe('x-s3cret-y')
  expect(secretOf('plain $TOKEN', env)).toBe('plain $TOKEN')
  const place = { file: 'r.yaml', line: 3, column: 1 }
  for (const name of ['MISSING', 'EMPTY']) {
    expect(() => secretOf(`\${${name}}`, env, place)).toThrow(`r.yaml:3:1: the variable ${name} is not set.`)
  }
})

test('the older file is copied whole, and what it says of folders still means the same', async () => {
  const folder = tempFolder()
  const older = join(folder, 'older.yaml')
  const file = join(folder, 'new', 'registries.yaml')
  writeFileSync(
    older,
    `# mine\nregistries:\n  - name: web # keep\n    url: https://market.example\n  - name: goods\n    url: ./goods\n    credentials: { type: ssh_key, keyFile: keys/id }\n`,
  )
  await importRegistries(system, older, file)
  const { settings, problems } = await loadSettings(system, { config: file })
  expect(problems).toEqual([])
  expect(settings.registries.map((one) => one.url)).toEqual(['https://market.example', join(folder, 'goods')])
  expect(settings.registries[1]?.credentials).toEqual({ type: 'ssh_key', keyFile: join(folder, 'keys/id') })
  expect(readFileSync(file, 'utf8')).toMatch(/# mine[^]*# keep/)
  expect(readFileSync(older, 'utf8')).toContain('url: ./goods')
  await expect(importRegistries(system, join(folder, 'none.yaml'), join(folder, 'x.yaml'))).rejects.toThrow(
    'does not exist',
  )
})

const ODD = [
  '# mine',
  'registries:',
  '- name: one',
  "  url: 'https://one.example'   # quoted",
  '',
  '  # the second',
  '- {name: two, url: "https://two.example", enabled: true}',
  '',
  '- url: https://three.example',
  '  name: three',
  '  options: [a,   b]',
  '',
  'cache:   {maxBytes: 64MiB}',
  '# the end',
  '',
].join('\n')

test.each<[string, Edit, string, string]>([
  ['disable', { action: 'disable', name: 'one' }, "example'   # quoted\n", "example'   # quoted\n  enabled: false\n"],
  ['disable in braces', { action: 'disable', name: 'two' }, 'enabled: true}', 'enabled: false}'],
  ['priority', { action: 'priority', name: 'three', priority: 5 }, 'b]\n', 'b]\n  priority: 5\n'],
  ['rename', { action: 'rename', name: 'three', to: 'drei' }, 'name: three', 'name: drei'],
  ['default', { action: 'default', name: 'one' }, '64MiB}\n', '64MiB}\ndefaultRegistry: one\n'],
  [
    'remove',
    { action: 'remove', name: 'three' },
    '- url: https://three.example\n  name: three\n  options: [a,   b]\n\n',
    '',
  ],
  [
    'add',
    { action: 'add', name: 'four', url: 'https://four.example', members: {} },
    'b]\n',
    'b]\n\n- name: four\n  url: https://four.example\n',
  ],
])('%s touches its own lines and no others', async (_what, change, from, to) => {
  const file = settingsFile(ODD)
  await edit(file, change)
  expect(readFileSync(file, 'utf8')).toBe(ODD.replace(from, to))
})

test('line ends of another system stay', async () => {
  const file = settingsFile(TEXT.replaceAll('\n', '\r\n'))
  await edit(file, { action: 'disable', name: 'uni' })
  expect(readFileSync(file, 'utf8')).toBe(`${TEXT}    enabled: false\n`.replaceAll('\n', '\r\n'))
})

test('whatever is edited in whatever order, the file says what was asked and keeps every comment', async () => {
  const names = fc.constantFrom('official', 'uni', 'new')
  const edits = fc.oneof(
    fc.record({ action: fc.constantFrom('enable', 'disable', 'default'), name: names }),
    fc.record({ action: fc.constant('priority'), name: names, priority: fc.nat(999) }),
    fc.record({ action: fc.constant('change'), name: names, members: fc.record({ type: fc.constant('community') }) }),
    fc.constant({ action: 'add', name: 'new', url: 'https://new.example', members: { protocol: 'rest' } }),
  ) as fc.Arbitrary<Edit>
  await fc.assert(
    fc.asyncProperty(fc.array(edits, { minLength: 1, maxLength: 8 }), async (changes) => {
      const file = settingsFile()
      const model = new Map<string, Record<string, unknown>>([
        ['official', {}],
        ['uni', {}],
      ])
      for (const change of changes) {
        const isThere = model.has('name' in change ? change.name : '')
        const done = await edit(file, change).then(
          () => true,
          () => false,
        )
        expect(done).toBe(change.action === 'add' ? !isThere : isThere)
        if (!done || !('name' in change)) continue
        const facts = model.get(change.name) ?? {}
        if (change.action === 'add') model.set(change.name, { protocol: 'rest' })
        if (change.action === 'enable' || change.action === 'disable') facts['enabled'] = change.action === 'enable'
        if (change.action === 'priority') facts['priority'] = change.priority
        if (change.action === 'change') facts['type'] = 'community'
      }
      const { settings, problems } = await loadSettings(system, { config: file })
      expect(problems).toEqual([])
      expect(settings.registries.map((one) => one.name)).toEqual([...model.keys()])
      for (const one of settings.registries) expect(one).toMatchObject(model.get(one.name) ?? {})
      const text = readFileSync(file, 'utf8')
      for (const comment of ['# my registries', '# first', '# keep', '# the good one']) expect(text).toContain(comment)
    }),
    { numRuns: 60 },
  )
})

test('a secret in the open is never written, and a trial writes nothing at all', async () => {
  const file = settingsFile()
  const members = { credentials: { type: 'token', token: 'sk-12345' } }
  for (const change of [
    { action: 'add', name: 'x', url: 'https://x.example', members },
    { action: 'change', name: 'uni', members },
  ] satisfies Edit[])
    await expect(edit(file, change)).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.not.stringContaining('sk-12345') as string,
    })
  const { diff } = await editRegistries(system, file, { action: 'remove', name: 'uni' }, { isTrial: true })
  expect(diff).toEqual(expect.arrayContaining(['-   - name: uni', '-     url: https://uni.example']))
  expect(readFileSync(file, 'utf8')).toBe(TEXT)
})

test('a file that another program changed meanwhile is left to it', async () => {
  const file = settingsFile()
  const { stamp } = await loadSettings(system, { config: file })
  writeFileSync(file, `${TEXT}# theirs\n`)
  const change = editRegistries(system, file, { action: 'remove', name: 'uni' }, { seen: { stamp } })
  await expect(change).rejects.toMatchObject({ code: 'config.changed' })
  const before = { path: file, text: TEXT }
  await expect(replaceSettingsText(system, before, 'ours')).rejects.toMatchObject({ code: 'config.changed' })
  expect(readFileSync(file, 'utf8')).toBe(`${TEXT}# theirs\n`)
  expect(readdirSync(join(file, '..'))).toEqual(['registries.yaml'])
})

test('registries of another file are added, duplicates and faults are named, open secrets become variables', async () => {
  const file = settingsFile()
  const other = join(tempFolder(), 'other.yaml')
  const text = `registries:
  - { name: UNI, url: https://else.example }
  - { name: same, url: https://official.example/ }
  - { name: bad }
  - name: team
    url: https://team.example
    credentials: { type: token, token: sk-12345 }
`
  writeFileSync(other, text)
  const told = await importRegistries(system, other, file)
  expect(told).toMatchObject({ added: ['team'], variables: ['TEAM_TOKEN'] })
  expect(told.left?.map((one) => one.name)).toEqual(['UNI', 'same', 'bad'])
  const after = readFileSync(file, 'utf8')
  expect(after.startsWith(TEXT)).toBe(true)
  expect(after).toContain('${TEAM_TOKEN}')
  expect(after).not.toContain('sk-12345')
  expect((await importRegistries(system, other, file)).added).toEqual([])
  expect(readFileSync(file, 'utf8')).toBe(after)
})

test('the first settings file names public registries, all of them off, and is never written over', async () => {
  const file = join(tempFolder(), 'new', 'registries.yaml')
  await writeFirstSettings(system, file)
  const { settings, problems } = await loadSettings(system, { config: file })
  expect(problems).toEqual([])
  expect(settings.registries.length).toBeGreaterThan(4)
  expect(settings.registries.filter((one) => one.enabled)).toEqual([])
  expect(settings.registries[0]).toMatchObject({
    name: 'official',
    type: 'official',
    url: 'https://marketplace.cloudworkstation.dev',
  })
  await expect(writeFirstSettings(system, file)).rejects.toThrow('is there already')
})

test('the same address is not written down twice, another part of it is', async () => {
  const file = settingsFile()
  const before = readFileSync(file, 'utf8')
  for (const url of ['https://uni.example', 'https://uni.example/'])
    await expect(add(file, { name: 'again', url })).rejects.toMatchObject({
      code: 'config.invalid',
      exit: 2,
      message: expect.stringContaining('registry "uni" has this address already'),
      hint: 'Change that one with "souk registries edit uni".',
    })
  expect(readFileSync(file, 'utf8')).toBe(before)
  await add(file, { name: 'goods', url: './goods', protocol: 'git', branch: 'main' })
  await add(file, { name: 'more', url: './goods', protocol: 'git', branch: 'next' })
  await expect(add(file, { name: 'goods-2', url: 'goods', branch: 'main' })).rejects.toThrow('registry "goods" has')
  expect(await names(file)).toEqual(['official', 'uni', 'goods', 'more'])
})
