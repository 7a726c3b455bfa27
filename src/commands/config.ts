import type { Marketplace } from '../marketplace.ts'
import { EXIT, usage } from '../model/errors.ts'
import type { SettingEdit } from '../model/setting-edit.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext, Doors } from './command.ts'
import { answer, printTable, say, warn } from './output.ts'
import { nearestOf } from './nearest.ts'
import { door } from './package.ts'
import { DRY_RUN, printDiff } from './registry-edits.ts'
import { withoutPassword } from './registry-rows.ts'
import { isSet, type Values } from './values.ts'
import { counted, plainText } from './words.ts'

const SHARED = { parent: 'config', arguments: [], options: [], module: 'config' } as const

type Row = Awaited<ReturnType<Doors['listSettings']>>[number]

function printSettings(context: CommandContext, rows: readonly Row[]): void {
  printTable(context, rows, [
    { title: 'SETTING', of: (row) => row.name, give: 1, least: 16 },
    { title: 'VALUE', of: (row) => `${plainText(row.value)}${row.unit ? ` ${row.unit}` : ''}`, give: 2, least: 10 },
    { title: 'FROM', of: (row) => row.origin, give: 3 },
    { title: 'DEFAULT', of: (row) => plainText(row.default), give: 9 },
  ])
}

/** Every setting, without the passwords that addresses may hold. */
async function settingRows(context: CommandContext, loaded: Marketplace['loaded']): Promise<Row[]> {
  if (loaded.unreadable) throw loaded.unreadable
  const settings = await door(context, 'listSettings')(loaded)
  return settings.map((row) => ({
    ...row,
    value: typeof row.value === 'string' ? withoutPassword(row.value) : row.value,
  }))
}

const loadedOf = async (context: CommandContext): Promise<Marketplace['loaded']> =>
  context.doors.settings ? context.doors.settings() : (await context.market()).loaded

const listing: Pick<Command, 'run'> = {
  async run(context) {
    const loaded = await loadedOf(context)
    const rows = await settingRows(context, loaded)
    const file = loaded.file?.path ?? null
    answer(context, { file, settings: rows, problems: loaded.problems }, () => printSettings(context, rows))
    for (const problem of loaded.problems) warn(context, problem.message)
  },
}

const config: Command = {
  name: 'config',
  summary: 'show the settings and where they come from',
  description:
    'Every limit and threshold is a setting. They come from the defaults, the settings file, SOUK_ variables and flags, each going over the one before. The file is the one of --config, of SOUK_CONFIG, registries.yaml in the settings folder, or ~/.cloudworkstation/registries.yaml.',
  examples: [
    { line: 'souk config', text: 'every setting, its value and origin' },
    { line: 'souk config check', text: 'faults of the file with line and column' },
  ],
  arguments: [],
  options: [],
  seeAlso: ['registries', 'doctor'],
  module: 'config',
  ...listing,
}

const configList: Command = {
  ...SHARED,
  name: 'list',
  summary: 'list every setting with value and origin',
  description: 'The same as "souk config". Secrets are shown as ***.',
  examples: [{ line: 'souk config list --json', text: 'for a script' }],
  ...listing,
}

const path: Command = {
  ...SHARED,
  name: 'path',
  summary: 'print the settings file in use',
  description: 'Prints the path of the file that was read, or of the one that would be read if it existed.',
  examples: [{ line: '"$EDITOR" "$(souk config path)"', text: 'edit it' }],
  async run(context) {
    const loaded = await loadedOf(context)
    const { pathsOf } = await import('../system/paths.ts')
    const found = loaded.file?.path ?? `${pathsOf(context.system.env).config}/registries.yaml`
    const value = { path: found, exists: loaded.file !== undefined, origin: loaded.file?.origin }
    answer(context, value, () => say(context, found))
  },
}

const check: Command = {
  ...SHARED,
  name: 'check',
  summary: 'check the settings file',
  description:
    'Names every fault of the settings file with line and column. Wrong entries are left out when souk runs; the rest is used. Exit 1 when there are faults.',
  examples: [{ line: 'souk config check --config team.yaml', text: 'another file' }],
  exits: [EXIT.findings],
  async run(context) {
    const loaded = await loadedOf(context)
    const { file, settings } = loaded
    const problems = [...loaded.problems, ...((await context.doors.unknownProtocols?.(loaded)) ?? [])]
    const value = {
      file: file?.path ?? null,
      ok: problems.length === 0,
      registries: settings.registries.length,
      problems,
    }
    answer(context, value, () => {
      for (const problem of problems) {
        say(context, problem.message)
        if (problem.hint) say(context, `  ${problem.hint}`)
      }
      const what = file?.path ?? 'No settings file; the defaults are used'
      say(
        context,
        `${what}: ${counted(settings.registries.length, 'registry', 'registries')}, ${counted(problems.length, 'fault')}`,
      )
    })
    return problems.length === 0 ? EXIT.ok : EXIT.findings
  },
}

const SETTING = { name: 'name', summary: 'a setting, such as concurrency.validation', isRequired: true } as const

const get: Command = {
  ...SHARED,
  name: 'get',
  summary: 'print the value of a setting',
  description:
    'Prints the value in force: durations in ms, sizes in bytes. The name of a section, such as "concurrency", lists every setting in it. Secrets are shown as ***.',
  examples: [{ line: 'souk config get concurrency.validation', text: 'the value alone' }],
  arguments: [SETTING],
  seeAlso: ['config set', 'config list'],
  async run(context, [name = '']) {
    const rows = await settingRows(context, await loadedOf(context))
    const one = rows.find((row) => row.name === name) ?? rows.find((row) => isNamed(row.name, name))
    if (one) return answer(context, one, () => say(context, plainText(one.value)))
    const below = rows.filter((row) => row.name.toLowerCase().startsWith(`${name.toLowerCase()}.`))
    if (below.length === 0) throw noSetting(name, rows)
    answer(context, below, () => printSettings(context, below))
  },
}

/** `cache.max_bytes` and `cache.maxBytes` are one setting. */
const isNamed = (setting: string, name: string): boolean => folded(setting) === folded(name)
const folded = (name: string): string => name.replaceAll(/[_-]/g, '').toLowerCase()

function noSetting(name: string, rows: readonly Row[]): Error {
  const near = nearestOf(
    name,
    rows.map((row) => row.name),
  )[0]
  const shown = harmless(name, 100)
  return usage(`"${shown}" is not a setting.`, near ? `Did you mean ${near}?` : '"souk config list" has every setting.')
}

const set: Command = {
  ...SHARED,
  name: 'set',
  summary: 'write a setting into the settings file',
  description:
    'Checks the value and writes it into the settings file, which is made when it is not there. Comments, order and every other line stay. Durations are written as 500, 15m or 24h, sizes as 4096 or 100MiB. It counts from the next start. A variable or flag of the same name still goes over it, and that is told. Registries are changed with "souk registries edit".',
  examples: [
    { line: 'souk config set concurrency.validation 2', text: 'how many validations run at once' },
    { line: 'souk config set cache.ttl.search 5m --dry-run', text: 'show the lines that would change' },
  ],
  arguments: [SETTING, { name: 'value', summary: 'its new value', isRequired: true }],
  options: [DRY_RUN],
  seeAlso: ['config get', 'config unset'],
  run: (context, [name = '', value = ''], values) => edited(context, { action: 'set', name, value }, values),
}

const unset: Command = {
  ...SHARED,
  name: 'unset',
  summary: 'take a setting out of the settings file',
  description: 'Removes the setting from the settings file, so that its default counts again. Every other line stays.',
  examples: [{ line: 'souk config unset concurrency.validation', text: 'the default again' }],
  arguments: [SETTING],
  options: [DRY_RUN],
  seeAlso: ['config set'],
  run: (context, [name = ''], values) => edited(context, { action: 'unset', name }, values),
}

async function edited(context: CommandContext, edit: SettingEdit, values: Values): Promise<void> {
  const isTrial = isSet(values, 'dry-run')
  const outcome = await door(context, 'editSetting')(await loadedOf(context), edit, isTrial)
  const { name, file, diff, value, overruledBy } = outcome
  answer(context, { action: edit.action, ...outcome, dryRun: isTrial }, () => {
    if (isTrial) printDiff(context, outcome)
    else if (diff.length === 0) say(context, `nothing to change in ${file}`)
    else
      say(
        context,
        edit.action === 'set'
          ? `${name} is ${edit.value} (${file})`
          : `${name} is ${plainText(value)} again, its default (${file})`,
      )
  })
  if (overruledBy !== undefined) warn(context, `warning: ${overruledBy} says otherwise and goes over it.`)
}

export const CONFIG_COMMANDS: readonly Command[] = [config, configList, get, set, unset, path, check]
