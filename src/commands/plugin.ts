import { bytesText } from '../model/bytes-text.ts'
import { confirmationNeeded, EXIT, jobCancelled, pluginUnknown } from '../model/errors.ts'
import type { PluginStatus } from '../model/plugin.ts'
import type { Command, CommandContext } from './command.ts'
import { nearestOf } from './nearest.ts'
import { answer, printTable, say, sayText, warn } from './output.ts'
import { isSet, type Values } from './values.ts'
import { counted } from './words.ts'

const NAME = { name: 'name', summary: 'a plugin of the list', isRequired: true } as const
const SHARED = { parent: 'plugin', module: 'plugins' } as const
const LABEL = 13

const protocolsText = ({ protocols }: PluginStatus): string => protocols.map((one) => one.id).join(', ')

function printPlugins(context: CommandContext, all: readonly PluginStatus[]): void {
  if (all.length === 0)
    return say(
      context,
      'No plugins. One is a folder in the plugins folder ("souk doctor paths"), or named under plugins: in the settings.',
    )
  printTable(context, all, [
    { title: 'NAME', of: (one) => one.name, give: 0 },
    { title: 'VERSION', of: (one) => one.version ?? '-', give: 3 },
    { title: 'STATE', of: (one) => one.state, give: 0 },
    { title: 'PROTOCOLS', of: protocolsText, give: 1, least: 9 },
    { title: 'MAY ASK', of: (one) => ["the registry's own host", ...one.hosts].join(', '), give: 4, least: 10 },
    { title: 'FOLDER', of: (one) => one.folder, give: 9, least: 12 },
  ])
  for (const { name, problems } of all) for (const problem of problems) warn(context, `${name}: ${problem}`)
}

/** What is trusted, before it is. */
function printPlugin(context: CommandContext, one: PluginStatus): void {
  const facts: [string, string | undefined][] = [
    ['plugin', `${one.name} ${one.version ?? ''}`.trimEnd()],
    ['what it is', one.description],
    ['author', one.author],
    ['licence', one.license],
    ['folder', one.folder],
    ['files', `${counted(one.files ?? 0, 'file')}, ${bytesText(one.bytes ?? 0)}`],
    ['SHA-256', one.digest],
    ['protocols', one.protocols.map(({ id, title }) => `${id} (${title})`).join(', ')],
    ['may ask', ['the host of its registry', ...one.hosts].join(', ')],
    ['may not', 'read or write files, see the environment, start programs, reach any other host'],
  ]
  for (const [label, text] of facts) if (text) sayText(context, text, label.padEnd(LABEL))
}

async function statusOf(context: CommandContext, name: string): Promise<PluginStatus> {
  const all = await (await context.market()).plugins.list()
  const found = all.find((one) => one.name === name)
  if (found) return found
  throw pluginUnknown(
    name,
    nearestOf(
      name,
      all.map((one) => one.name),
    ),
  )
}

async function confirmed(context: CommandContext, plugin: PluginStatus, values: Values): Promise<void> {
  if (isSet(values, 'yes')) return
  const { io } = context.system
  const what = `Trusting ${plugin.name}`
  if (!io.stdinIsTTY || context.global.json) throw confirmationNeeded(what, { plugin })
  const typed = await io.ask(`Trust these very files of ${plugin.name}? [y/N] `)
  if (!/^\s*y(es)?\s*$/i.test(typed ?? '')) throw jobCancelled(what)
}

const plugin: Command = {
  name: 'plugin',
  summary: 'list plugins and say which are trusted',
  description:
    'A plugin adds protocols by which registries are asked. It is a folder with a souk.yaml of kind plugin and its code, in the plugins folder or named under plugins: in the settings. Its code runs in a process of its own that reaches no file, no program and no host but that of its registry, and only once it is trusted.',
  examples: [{ line: 'souk plugin list', text: 'what is there, and whether it is used' }],
  arguments: [],
  options: [],
  seeAlso: ['registries add', 'doctor modules'],
  module: 'plugins',
  run: (context) => list.run(context, [], {}),
}

const list: Command = {
  ...SHARED,
  name: 'list',
  summary: 'list plugins with their state and all that is wrong with them',
  description:
    'Reads the manifests and files of all plugins; none of their code runs. The state is trusted, untrusted, changed (its files are others than were trusted) or unfit.',
  examples: [{ line: 'souk plugin list --json', text: 'with digests, for a script' }],
  arguments: [],
  options: [],
  async run(context) {
    const all = await (await context.market()).plugins.list()
    answer(context, all, () => printPlugins(context, all))
  },
}

const trust: Command = {
  ...SHARED,
  name: 'trust',
  summary: 'let a plugin be used as it is now',
  description:
    'Shows what the plugin is and may ask, loads its code once, shut in, to see that it is what its manifest says, and writes down the digest of its files. When one of them changes it has to be trusted again.',
  examples: [{ line: 'souk plugin trust acme', text: 'shows it and asks' }],
  arguments: [NAME],
  options: [{ flag: '--yes', summary: 'do not ask' }],
  exits: [EXIT.unreachable],
  seeAlso: ['plugin untrust', 'audit'],
  async run(context, [name = ''], values) {
    const found = await statusOf(context, name)
    printPlugin(context, found)
    if (found.problems.length === 0) await confirmed(context, found, values)
    const status = await (await context.market()).plugins.trust(name, found.digest)
    answer(context, status, () => say(context, `${name} is trusted from now on`))
  },
}

const untrust: Command = {
  ...SHARED,
  name: 'untrust',
  summary: 'use a plugin no more',
  description: 'Its registries answer with an error from now on; the rest of the market goes on.',
  examples: [{ line: 'souk plugin untrust acme', text: 'its files stay where they are' }],
  arguments: [NAME],
  options: [],
  async run(context, [name = '']) {
    const status = await (await context.market()).plugins.untrust(name)
    answer(context, status, () => say(context, `${name} is not trusted any more`))
  },
}

export const PLUGIN_COMMANDS: readonly Command[] = [plugin, list, trust, untrust]
