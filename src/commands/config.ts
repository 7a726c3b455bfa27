import type { Marketplace } from '../marketplace.ts'
import { EXIT } from '../model/errors.ts'
import type { Command, CommandContext } from './command.ts'
import { answer, printTable, say, warn } from './output.ts'
import { door } from './package.ts'
import { withoutPassword } from './registry-rows.ts'
import { counted, plainText } from './words.ts'

const SHARED = { parent: 'config', arguments: [], options: [], module: 'config' } as const

const loadedOf = async (context: CommandContext): Promise<Marketplace['loaded']> =>
  context.doors.settings ? context.doors.settings() : (await context.market()).loaded

const listing: Pick<Command, 'run'> = {
  async run(context) {
    const loaded = await loadedOf(context)
    if (loaded.unreadable) throw loaded.unreadable
    const settings = await door(context, 'listSettings')(loaded)
    const rows = settings.map((row) => ({
      ...row,
      value: typeof row.value === 'string' ? withoutPassword(row.value) : row.value,
    }))
    const file = loaded.file?.path ?? null
    answer(context, { file, settings: rows, problems: loaded.problems }, () =>
      printTable(context, rows, [
        { title: 'SETTING', of: (row) => row.name, give: 1, least: 16 },
        { title: 'VALUE', of: (row) => `${plainText(row.value)}${row.unit ? ` ${row.unit}` : ''}`, give: 2, least: 10 },
        { title: 'FROM', of: (row) => row.origin, give: 3 },
        { title: 'DEFAULT', of: (row) => plainText(row.default), give: 9 },
      ]),
    )
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

export const CONFIG_COMMANDS: readonly Command[] = [config, configList, path, check]
