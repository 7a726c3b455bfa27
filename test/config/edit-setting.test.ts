import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SETTING_RULES } from '../../src/config/defaults.ts'
import { editSetting } from '../../src/config/edit-setting.ts'
import { loadSettings } from '../../src/config/load-settings.ts'
import type { SettingEdit } from '../../src/model/setting-edit.ts'
import { tempFolder } from '../support/temp.ts'
import { testSystem } from '../support/test-system.ts'

const TEXT = `# ours
cache:
  # how long answers count
  ttl_ms: { search: 10m }   # short
concurrency:
  validation: 2 # two cores
profiles:
  staging:
    http: { tries: 1 }
`

const system = testSystem()
function settingsFile(text: string = TEXT): string {
  const file = join(tempFolder(), 'registries.yaml')
  writeFileSync(file, text)
  return file
}
const at = async (file: string, edit: SettingEdit, isTrial = false) =>
  editSetting(system, await loadSettings(system, { config: file }), edit, isTrial)
const set = (file: string, name: string, value: string) => at(file, { action: 'set', name, value })
const unset = (file: string, name: string) => at(file, { action: 'unset', name })

test('a value is written where its owner has it, whatever the spelling, and comments stay', async () => {
  const file = settingsFile()
  const told = await set(file, 'concurrency.validation', '4')
  expect(told).toMatchObject({ name: 'concurrency.validation', value: 4 })
  expect(await set(file, 'cache.ttl.search', '5m')).toMatchObject({ value: 300_000 })
  await set(file, 'cache.maxBytes', '50MiB')
  await set(file, 'ui.color', 'false')
  expect(readFileSync(file, 'utf8')).toBe(
    `${TEXT.replace('validation: 2', 'validation: 4').replace('10m', '5m').replace('# short\n', '# short\n  maxBytes: 50MiB\n')}ui:\n  color: false\n`,
  )
  const { settings, problems } = await loadSettings(system, { config: file })
  expect(problems).toEqual([])
  expect(settings.concurrency.validation).toBe(4)
  expect(settings.cache).toMatchObject({ maxBytes: 50 * 1024 ** 2, ttlMs: { search: 300_000 } })
  expect(settings.ui.color).toBe(false)
})

test('what is taken out leaves no empty section behind, and its default counts again', async () => {
  const file = settingsFile()
  expect(await unset(file, 'concurrency.validation')).toMatchObject({ value: 4 })
  expect(readFileSync(file, 'utf8')).not.toContain('concurrency')
  expect(readFileSync(file, 'utf8')).toContain('# how long answers count')
  expect((await unset(file, 'concurrency.validation')).diff).toEqual([])
})

test('a file that is not there is made by the first setting, and not by a trial or by taking one out', async () => {
  const home = tempFolder()
  const own = testSystem({ env: { SOUK_HOME: home } })
  const edit = async (edit: SettingEdit, isTrial = false) => editSetting(own, await loadSettings(own), edit, isTrial)
  const file = join(home, 'config', 'registries.yaml')
  const first: SettingEdit = { action: 'set', name: 'jobs.keep', value: '20' }
  expect((await edit(first, true)).diff.join('\n')).toContain('+ jobs:')
  await edit({ action: 'unset', name: 'jobs.keep' })
  expect(existsSync(file)).toBe(false)
  await edit(first)
  expect(readFileSync(file, 'utf8')).toMatch(/^# Settings of Souk.*\njobs:\n {2}keep: 20\n$/)
  await edit({ action: 'unset', name: 'jobs.keep' })
  expect(readFileSync(file, 'utf8')).toMatch(/^# Settings of Souk.*\n$/)
})

test.each([
  ['concurrency.validation', 'many', /concurrency\.validation: must be a whole number/],
  ['concurrency.validation', '0', /at least 1/],
  ['cache.ttl.search', 'soon', /must be a duration such as/],
  ['profile', 'holiday', /must be one of development, staging, production/],
  ['concurency.validation', '4', /is not a setting/],
  ['registries.team.url', 'x', /is no setting of its own/],
  ['cache.store', 'redis://:hunter2@127.0.0.1:6379', /a secret is never written/],
])('%s %s is refused with what is wrong, and nothing is written', async (name, value, why) => {
  const file = settingsFile()
  await expect(set(file, name, value)).rejects.toMatchObject({ code: 'config.invalid', exit: 2, message: why })
  expect(readFileSync(file, 'utf8')).toBe(TEXT)
})

test('what goes over the file is told', async () => {
  const file = settingsFile()
  const strict = testSystem({ env: { SOUK_JOBS_KEEP: '9' } })
  const loaded = await loadSettings(strict, { config: file, overrides: { profile: 'staging' } })
  const edit: SettingEdit = { action: 'set', name: 'jobs.keep', value: '20' }
  expect(await editSetting(strict, loaded, edit)).toMatchObject({ overruledBy: 'the variable SOUK_JOBS_KEEP' })
  const again = await loadSettings(strict, { config: file, overrides: { profile: 'staging' } })
  const tries: SettingEdit = { action: 'set', name: 'http.tries', value: '5' }
  expect(await editSetting(strict, again, tries)).toMatchObject({
    value: 1,
    overruledBy: expect.stringContaining('profile'),
  })
})

test('a change made on what another program has written over meanwhile is refused', async () => {
  const file = settingsFile()
  const loaded = await loadSettings(system, { config: file })
  writeFileSync(file, `${TEXT}# theirs\n`)
  const edit: SettingEdit = { action: 'set', name: 'jobs.keep', value: '20' }
  await expect(editSetting(system, loaded, edit)).rejects.toMatchObject({ code: 'config.changed' })
})

test('every setting can be written with its own default and read back as it was', async () => {
  const file = settingsFile('')
  for (const rule of SETTING_RULES.filter((one) => one.default !== undefined)) {
    expect(await set(file, rule.name, String(rule.default)), rule.name).toMatchObject({ value: rule.default })
  }
  const { problems } = await loadSettings(system, { config: file })
  expect(problems).toEqual([])
})
