import type { RegistryStatus } from '../marketplace.ts'
import { EXIT, registryUnknown, usage } from '../model/errors.ts'
import { hasFailed, hasFaltered, sourceOf } from './answers.ts'
import type { Command, CommandContext, SettingsEdit } from './command.ts'
import { alarmsOf, figuresOf } from './figures.ts'
import { nearestOf } from './nearest.ts'
import { answer, say, warn, withProgress } from './output.ts'
import { printRegistries, registryValue, type RegistryRow } from './registry-rows.ts'
import { askingOf } from './search.ts'
import { isSet, pairsOf, textOf } from './values.ts'
import { watchRegistries } from './watch-registries.ts'
import { counted, durationText } from './words.ts'

const NAME = { name: 'name', summary: 'a registry of the settings', isRequired: true, completes: 'registry' } as const
const SHARED = { parent: 'registries', module: 'registries' } as const

async function surveyed(context: CommandContext): Promise<RegistryRow[]> {
  return withProgress(context, 'Asking every registry ...', async () => {
    const market = await context.market()
    const sources = await market.registries.survey(askingOf(context))
    return market.registries
      .status()
      .map((status) => ({ status, source: sources.find((source) => source.registry === status.entry.name) }))
  })
}

function entryOf(all: readonly RegistryStatus[], name: string): RegistryStatus {
  const found = all.find((status) => status.entry.name === name)
  if (found) return found
  throw registryUnknown(
    name,
    nearestOf(
      name,
      all.map((status) => status.entry.name),
    ),
  )
}

const registries: Command = {
  name: 'registries',
  summary: 'list the registries and how they fare',
  description:
    'Asks every enabled registry and lists them: how each answered, how many items it has, and which of its entries could not be read. Commands under it look at one registry or change the settings file; comments in that file are kept.',
  examples: [
    { line: 'souk registries', text: 'all of them' },
    { line: 'souk registries --watch', text: 'tell when one goes or comes back' },
    { line: 'souk registries test official', text: 'ask one now, past the cache' },
    { line: 'souk registries add team https://market.example.com --type private', text: 'add one to the settings' },
  ],
  arguments: [],
  options: [{ flag: '--watch', summary: 'ask again at each health.interval and print what changes, until Ctrl-C' }],
  exits: [EXIT.unreachable],
  seeAlso: ['config', 'search', 'metrics'],
  module: 'registries',
  async run(context, _args, values) {
    const isWatching = isSet(values, 'watch')
    if (isWatching && context.global.offline)
      throw usage('--watch asks the registries, and --offline asks none.', 'Leave one of them out.')
    const rows = await surveyed(context)
    const market = await context.market()
    const all = await market.metrics.figures()
    const print = (): void => {
      if (rows.length === 0) say(context, 'No registries are configured. Add one with "souk registries add NAME URL".')
      else printRegistries(context, rows, all)
    }
    if (isWatching) print()
    else
      answer(
        context,
        rows.map((row) => registryValue(row, all)),
        print,
      )
    for (const { status, source } of rows)
      if (source && hasFailed(source))
        warn(context, `${status.entry.name}: ${source.reason ?? source.state} ${source.hint ?? ''}`.trimEnd())
    for (const { status } of rows) for (const line of alarmsOf(figuresOf(all, status.entry.name))) warn(context, line)
    if (isWatching) {
      await watchRegistries(context, market)
      return EXIT.ok
    }
    return context.global.strict && rows.some((row) => row.source && hasFaltered(row.source))
      ? EXIT.unreachable
      : EXIT.ok
  },
}

const showRegistry: Command = {
  ...SHARED,
  name: 'show',
  summary: 'show one registry: settings and health',
  description: 'Prints what the settings say about a registry and how it answered. Secrets are not shown.',
  examples: [{ line: 'souk registries show official --json', text: 'for a script' }],
  arguments: [NAME],
  options: [],
  async run(context, [name = '']) {
    const market = await context.market()
    entryOf(market.registries.status(), name)
    const row = (await surveyed(context)).find(({ status }) => status.entry.name === name)
    if (!row) return
    const value = registryValue(row, await market.metrics.figures())
    answer(context, value, () => {
      const { metrics, ...facts } = value
      for (const [label, fact] of Object.entries({ ...facts, ...(metrics as Record<string, unknown>) }))
        if (typeof fact === 'string' || typeof fact === 'number' || typeof fact === 'boolean')
          say(context, `${label.padEnd(16)}${typeof fact === 'number' ? Math.round(fact * 1000) / 1000 : String(fact)}`)
    })
  },
}

const testRegistry: Command = {
  ...SHARED,
  name: 'test',
  summary: 'ask one registry now and say how it fared',
  description:
    'Asks a registry past the cache. Exit 0 when it answered, 3 when it could not be reached, 4 when it refused the credentials.',
  examples: [{ line: 'souk registries test official', text: 'one sentence and an exit code' }],
  arguments: [NAME],
  options: [],
  exits: [EXIT.unreachable, EXIT.auth],
  async run(context, [name = '']) {
    const source = await withProgress(context, `Asking ${name} ...`, async () => {
      const market = await context.market()
      entryOf(market.registries.status(), name)
      return market.registries.test(name, context.signal)
    })
    answer(context, sourceOf(source), () =>
      say(context, `${name}: ${source.state}, ${counted(source.items, 'item')}, ${durationText(source.ms)}`),
    )
    if (source.reason) warn(context, `${source.reason} ${source.hint ?? ''}`.trimEnd())
    if (source.state === 'unauthorised') return EXIT.auth
    return ['failed', 'slow', 'stale'].includes(source.state) ? EXIT.unreachable : EXIT.ok
  },
}

async function edit(context: CommandContext, change: SettingsEdit, done: string): Promise<void> {
  if (!context.doors.editSettings)
    throw usage('This build cannot change the settings file.', 'Edit it by hand: see "souk config path".')
  const { file } = await context.doors.editSettings(change)
  answer(context, { ...change, file }, () => say(context, `${done} (${file})`))
}

const add: Command = {
  ...SHARED,
  name: 'add',
  summary: 'add a registry to the settings file',
  description:
    "Adds an entry at the end of the settings file and keeps everything else in it as it is. The protocol is recognised from the address when --protocol is left out. A secret belongs in a variable: --set credentials.token='${TEAM_TOKEN}'.",
  examples: [
    { line: 'souk registries add modules ./bicep-modules --protocol folder', text: 'a folder on this machine' },
  ],
  arguments: [
    { name: 'name', summary: 'a new name', isRequired: true },
    { name: 'url', summary: 'its address, or a folder', isRequired: true, completes: 'folder' },
  ],
  options: [
    {
      flag: '--type',
      value: 'TYPE',
      summary: 'what kind of registry',
      choices: ['official', 'community', 'institutional', 'private'],
    },
    { flag: '--protocol', value: 'NAME', summary: 'how to talk to it: rest, folder, git, index or one of a plugin' },
    { flag: '--set', value: 'KEY=VALUE', summary: 'another member of the entry', isMany: true },
    { flag: '--default', summary: 'make it the default registry' },
  ],
  async run(context, [name = '', url = ''], values) {
    const members = nested(pairsOf(values, 'set'))
    for (const key of ['type', 'protocol']) {
      const value = textOf(values, key)
      if (value !== undefined) members[key] = value
    }
    await edit(context, { action: 'add', name, url, members }, `added ${name}`)
    if (isSet(values, 'default')) await context.doors.editSettings?.({ action: 'default', name })
  },
}

const FORBIDDEN = ['__proto__', 'constructor', 'prototype']

function merge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(from)) {
    const there = into[key]
    const isBoth = typeof there === 'object' && there !== null && typeof value === 'object' && value !== null
    if (isBoth) merge(there as Record<string, unknown>, value as Record<string, unknown>)
    else into[key] = value
  }
}

/** `a.b=c` pairs as objects in objects. */
function nested(pairs: readonly [string, string][]): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [path, value] of pairs) {
    const parts = path.split('.')
    if (parts.some((part) => part === '' || FORBIDDEN.includes(part))) throw usage(`--set cannot set "${path}".`)
    const chain = parts.toReversed().reduce<unknown>((inner, part) => ({ [part]: inner }), value)
    merge(root, chain as Record<string, unknown>)
  }
  return root
}

const EDITS: readonly (readonly ['remove' | 'enable' | 'disable' | 'default', string, string])[] = [
  ['remove', 'removed', 'remove a registry from the settings file'],
  ['enable', 'enabled', 'ask a registry again'],
  ['disable', 'disabled', 'stop asking a registry, and keep its entry'],
  ['default', 'default is now', 'put a registry first when several know an item'],
]

const editCommands = EDITS.map(([action, done, summary]): Command => ({
  ...SHARED,
  name: action,
  summary,
  description: 'Changes the settings file; its comments and everything else in it stay as they are.',
  examples: [{ line: `souk registries ${action} team`, text: summary }],
  arguments: [NAME],
  options: [],
  run: (context, [name = '']) => edit(context, { action, name }, `${done} ${name}`),
}))

const importCommand: Command = {
  ...SHARED,
  name: 'import',
  summary: 'copy ~/.cloudworkstation/registries.yaml to the settings folder',
  description:
    'An older settings file is read where it lies as long as there is no other. This copies it, comments and all, to the settings folder, where the commands that change settings write. The older file stays as it is.',
  examples: [{ line: 'souk registries import', text: 'once, to go on from there' }],
  arguments: [],
  options: [],
  run: (context) => edit(context, { action: 'import' }, 'copied the older settings'),
}

export const REGISTRY_COMMANDS: readonly Command[] = [
  registries,
  showRegistry,
  testRegistry,
  add,
  ...editCommands,
  importCommand,
]
