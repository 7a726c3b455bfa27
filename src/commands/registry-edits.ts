import { usage } from '../model/errors.ts'
import type { EditOutcome, RegistryEdit } from '../model/registry-edit.ts'
import type { Command, CommandContext, CommandOption } from './command.ts'
import { answer, printTable, say, warn } from './output.ts'
import { isSet, type Values } from './values.ts'

export const NAME = {
  name: 'name',
  summary: 'a registry of the settings',
  isRequired: true,
  completes: 'registry',
} as const
export const SHARED = { parent: 'registries', module: 'registries' } as const
export const DRY_RUN: CommandOption = { flag: '--dry-run', summary: 'show what would change, and change nothing' }

interface Applied {
  edit: RegistryEdit
  /** What was done, for people. */
  done: string
  /** Further members of the JSON answer. */
  more?: Record<string, unknown>
}

/** Makes the change, or with `--dry-run` shows the lines that would go and come. */
export async function applyEdit(
  context: CommandContext,
  values: Values,
  { edit, done, more = {} }: Applied,
): Promise<EditOutcome> {
  const isTrial = isSet(values, 'dry-run')
  const outcome = await (await context.market()).registries.edit(edit, { isTrial })
  answer(context, { ...edit, ...outcome, ...more, dryRun: isTrial }, () => {
    for (const { name, why } of outcome.left ?? []) say(context, `left out ${name}: ${why}`)
    if (isTrial) printDiff(context, outcome)
    else say(context, outcome.diff.length > 0 ? `${done} (${outcome.file})` : `nothing to change in ${outcome.file}`)
  })
  return outcome
}

export function printDiff(context: CommandContext, { file, diff }: EditOutcome): void {
  say(context, diff.length > 0 ? `${file} would change:` : `${file} would stay as it is.`)
  for (const line of diff) say(context, line)
}

const PLAIN: readonly (readonly ['remove' | 'enable' | 'disable' | 'default', string, string])[] = [
  ['remove', 'removed', 'remove a registry from the settings file'],
  ['enable', 'enabled', 'ask a registry from now on; a suggested one is written down first'],
  ['disable', 'disabled', 'stop asking a registry, and keep its entry'],
  ['default', 'default is now', 'put a registry first when several know an item'],
]

const plainEdits = PLAIN.map(([action, done, summary]): Command => ({
  ...SHARED,
  name: action,
  summary,
  description: 'Changes the settings file; its comments and everything else in it stay as they are.',
  examples: [{ line: `souk registries ${action} team`, text: summary }],
  arguments: [NAME],
  options: [DRY_RUN],
  async run(context, [name = ''], values) {
    await applyEdit(context, values, { edit: { action, name }, done: `${done} ${name}` })
  },
}))

const priority: Command = {
  ...SHARED,
  name: 'priority',
  summary: 'say which registries come first',
  description:
    'Sets the priority of a registry: lower comes first when several know an item, 100 is that of an entry without one.',
  examples: [{ line: 'souk registries priority team 10', text: 'before those with 100' }],
  arguments: [NAME, { name: 'number', summary: 'lower comes first', isRequired: true }],
  options: [DRY_RUN],
  async run(context, [name = '', text = ''], values) {
    if (!/^-?\d{1,6}$/.test(text)) throw usage('The priority is a whole number, such as 10.')
    const number = Number(text)
    await applyEdit(context, values, {
      edit: { action: 'priority', name, priority: number },
      done: `${name} has priority ${number}`,
    })
  },
}

const rename: Command = {
  ...SHARED,
  name: 'rename',
  summary: 'give a registry another name',
  description:
    'Changes the name in the settings file, and the default registry when it was that one. Items installed from it keep the name they were installed under.',
  examples: [{ line: 'souk registries rename market-example-com team', text: 'shorter' }],
  arguments: [NAME, { name: 'new', summary: 'its new name', isRequired: true }],
  options: [DRY_RUN],
  async run(context, [name = '', to = ''], values) {
    await applyEdit(context, values, { edit: { action: 'rename', name, to }, done: `${name} is now ${to}` })
  },
}

const importCommand: Command = {
  ...SHARED,
  name: 'import',
  summary: 'take over the registries of another settings file',
  description:
    'Without FILE the one of an older program, ~/.cloudworkstation/registries.yaml, which is read where it lies as long as there is no other. Where there is no settings file yet the whole file is copied, comments and all; else its registries come to the end of ours. Names and addresses that are there already are left out and named. Folders and key files become absolute. A secret that stands in the open is written as a variable, and told. The other file stays as it is.',
  examples: [
    { line: 'souk registries import --dry-run', text: 'what it would add' },
    { line: 'souk registries import team.yaml', text: 'the registries a colleague uses' },
  ],
  arguments: [{ name: 'file', summary: 'another settings file', completes: 'file' }],
  options: [DRY_RUN],
  async run(context, [file], values) {
    const edit: RegistryEdit = { action: 'import', ...(file === undefined ? {} : { file }) }
    const outcome = await applyEdit(context, values, { edit, done: 'taken over' })
    const { added = [], variables = [] } = outcome
    if (added.length > 0) say(context, `${isSet(values, 'dry-run') ? 'would add' : 'added'} ${added.join(', ')}`)
    if (variables.length > 0)
      warn(context, `Secrets stood in the open there and were not copied; set ${variables.join(', ')} instead.`)
  },
}

const suggested: Command = {
  ...SHARED,
  name: 'suggested',
  summary: 'list public registries that can be enabled',
  description:
    'Public registries the program knows of and the settings do not have. None of them is asked until "souk registries enable NAME".',
  examples: [{ line: 'souk registries enable azd-gallery', text: 'from the list' }],
  arguments: [],
  options: [],
  async run(context) {
    const rows = await (await context.market()).registries.suggested()
    const values = rows.map(({ entry, about }) => {
      const { name, type, protocol, url } = entry
      return { name, type, protocol, url, about, enabled: false }
    })
    answer(context, values, () => {
      if (rows.length === 0) return say(context, 'All suggested registries are in the settings file.')
      printTable(context, values, [
        { title: 'NAME', of: (row) => row.name, give: 0 },
        { title: 'TYPE', of: (row) => row.type, give: 3 },
        { title: 'PROTOCOL', of: (row) => row.protocol, give: 4 },
        { title: 'WHAT', of: (row) => row.about, give: 2, least: 20 },
        { title: 'URL', of: (row) => row.url, give: 9, least: 12 },
      ])
      say(context)
      say(context, 'Nothing is asked of them until "souk registries enable NAME".')
    })
  },
}

export const REGISTRY_EDITS: readonly Command[] = [...plainEdits, priority, rename, importCommand, suggested]
