import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { editRegistries } from '../../src/config/edit.ts'
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
