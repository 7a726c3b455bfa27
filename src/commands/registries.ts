import type { RegistryStatus } from '../marketplace.ts'
import type { Source } from '../model/catalog.ts'
import { EXIT, registryUnknown, usage } from '../model/errors.ts'
import { hasFailed, hasFaltered, sourceOf } from './answers.ts'
import type { Command, CommandContext, SettingsEdit } from './command.ts'
import { nearestOf } from './nearest.ts'
import { answer, printTable, say, strong, warn, withProgress } from './output.ts'
import { askingOf } from './search.ts'
import { isSet, pairsOf, textOf } from './values.ts'
import { ageText, counted, durationText } from './words.ts'

const NAME = { name: 'name', summary: 'a registry of the settings', isRequired: true, completes: 'registry' } as const
const SHARED = { parent: 'registries', module: 'registries' } as const
const SKIPPED_SHOWN = 10

/** One registry as `--json` prints it. Credentials are told by their type only. */
function registryValue({ entry, health }: RegistryStatus, source: Source | undefined): Record<string, unknown> {
  return {
    name: entry.name,
    type: entry.type,
    protocol: entry.protocol,
    url: withoutPassword(entry.url),
    enabled: entry.enabled,
    state: entry.enabled ? stateOf(health, source) : 'disabled',
    nextTryAt: health.nextTryAt === undefined ? undefined : new Date(health.nextTryAt).toISOString(),
    health: health.state,
    items: source?.items ?? health.items ?? 0,
    skipped: source?.skipped.length ? source.skipped : health.skipped,
    priority: entry.priority,
    credentials: entry.credentials?.type,
    ms: source?.ms,
    latencyMs: health.latencyMs,
    ageMs: source?.ageMs ?? health.ageMs,
    reason: source?.reason,
    lastSuccessAt: health.lastSuccessAt === undefined ? undefined : new Date(health.lastSuccessAt).toISOString(),
    lastError: health.lastError,
    place: entry.place,
  }
}

/** `open` while it is left alone after too many failures, else how it answered. */
const stateOf = (health: RegistryStatus['health'], source: Source | undefined): string =>
  health.nextTryAt === undefined ? (source?.state ?? health.state) : 'open'

/** An address as it may be shown: a password in it stays hidden. */
export function withoutPassword(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/@\s]*)@/i, (_all, scheme: string, user: string) =>
    user.includes(':') ? `${scheme}${user.slice(0, user.indexOf(':'))}:***@` : `${scheme}${user}@`,
  )
}

async function surveyed(context: CommandContext): Promise<{ status: RegistryStatus; source: Source | undefined }[]> {
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
    { line: 'souk registries test official', text: 'ask one now, past the cache' },
    { line: 'souk registries add team https://market.example.com --type private', text: 'add one to the settings' },
  ],
  arguments: [],
  options: [],
  exits: [EXIT.unreachable],
  seeAlso: ['config', 'search'],
  module: 'registries',
  async run(context) {
    const rows = await surveyed(context)
    const values = rows.map(({ status, source }) => registryValue(status, source))
    answer(context, values, () => {
      if (rows.length === 0) say(context, 'No registries are configured. Add one with "souk registries add NAME URL".')
      else printRegistries(context, rows)
    })
    for (const { status, source } of rows)
      if (source && hasFailed(source))
        warn(context, `${status.entry.name}: ${source.reason ?? source.state} ${source.hint ?? ''}`.trimEnd())
    return context.global.strict && rows.some((row) => row.source && hasFaltered(row.source))
      ? EXIT.unreachable
      : EXIT.ok
  },
}

function printRegistries(
  context: CommandContext,
  rows: readonly { status: RegistryStatus; source: Source | undefined }[],
): void {
  const now = context.system.clock.now()
  const values = rows.map(({ status, source }) => ({ ...registryValue(status, source), source, status }))
  printTable(context, values, [
    { title: 'NAME', of: (row) => row.status.entry.name, give: 0 },
    { title: 'STATE', of: (row) => stateOf(row.status.health, row.source), give: 1 },
    { title: 'HEALTH', of: (row) => row.status.health.state, give: 4 },
    {
      title: 'ITEMS',
      of: (row) => String(row.source?.items ?? row.status.health.items ?? '-'),
      align: 'right',
      give: 2,
    },
    { title: 'TYPE', of: (row) => row.status.entry.type, give: 5 },
    { title: 'PROTOCOL', of: (row) => row.status.entry.protocol, give: 6 },
    { title: 'TIME', of: (row) => (row.source ? durationText(row.source.ms) : '-'), align: 'right', give: 7 },
    { title: 'AGE', of: (row) => (row.source?.ageMs === undefined ? '-' : ageText(row.source.ageMs)), give: 8 },
    {
      title: 'LAST SUCCESS',
      of: ({ status: { health } }) =>
        health.lastSuccessAt === undefined ? '-' : `${ageText(Math.max(0, now - health.lastSuccessAt))} ago`,
      give: 10,
    },
    {
      title: 'NEXT TRY',
      of: ({ status: { health } }) =>
        health.nextTryAt === undefined ? '' : `in ${ageText(Math.max(0, health.nextTryAt - now))}`,
      give: 3,
    },
    { title: 'URL', of: (row) => withoutPassword(row.status.entry.url), give: 9, least: 12 },
  ])
  for (const { status, source } of rows) {
    const skipped = source?.skipped.length ? source.skipped : status.health.skipped
    if (skipped.length === 0) continue
    say(context)
    say(
      context,
      strong(context, `${status.entry.name}: ${counted(skipped.length, 'entry', 'entries')} could not be read`),
    )
    const shown = context.global.verbose ? skipped : skipped.slice(0, SKIPPED_SHOWN)
    for (const one of shown) say(context, `  ${one.item}: ${one.reason}`)
    if (shown.length < skipped.length) say(context, `  and ${skipped.length - shown.length} more; --verbose names them`)
  }
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
    const status = entryOf(market.registries.status(), name)
    const rows = await surveyed(context)
    const value = registryValue(status, rows.find((row) => row.status.entry.name === name)?.source)
    answer(context, value, () => {
      for (const [label, fact] of Object.entries(value))
        if (typeof fact === 'string' || typeof fact === 'number' || typeof fact === 'boolean')
          say(context, `${label.padEnd(12)}${String(fact)}`)
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
