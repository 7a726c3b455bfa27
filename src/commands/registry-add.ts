import { EXIT, jobCancelled, usage } from '../model/errors.ts'
import type { Probe } from '../model/registry-edit.ts'
import type { Command, CommandContext } from './command.ts'
import { say, warn, withProgress } from './output.ts'
import { applyEdit, DRY_RUN, NAME, SHARED } from './registry-edits.ts'
import { MEMBER_OPTIONS, membersOf } from './registry-members.ts'
import { isSet, textOf, type Values } from './values.ts'
import { counted, durationText } from './words.ts'

const listText = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ')

/** What a look at an address found, in one or two sentences. */
function probeText(probe: Probe): string[] {
  const items = probe.items === undefined ? 'items not counted' : counted(probe.items, 'item')
  const kinds = listText(probe.kinds)
  const facts = [
    `protocol ${probe.protocol}`,
    `${items}${kinds ? ` (${kinds})` : ''}`,
    ...(probe.skipped > 0 ? [`${counted(probe.skipped, 'entry', 'entries')} could not be read`] : []),
    probe.needsCredentials ? 'needs credentials' : 'no further credentials needed',
    durationText(probe.ms),
  ]
  const shapes = listText(probe.shapes)
  return [
    `Found: ${facts.join('; ')}.`,
    ...(shapes ? [`Shapes: ${shapes}.`] : []),
    ...(probe.note === undefined ? [] : [probe.note]),
  ]
}

const isRemote = (url: string): boolean => /^https?:/i.test(url)
const GUARDED: readonly unknown[] = ['institutional', 'private']

/** A registry that is called institutional or private is asked with credentials: the variable of its token is asked for. */
async function credentialed(
  context: CommandContext,
  url: string,
  members: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (!GUARDED.includes(members['type']) || members['credentials'] || !isRemote(url)) return members
  const { io } = context.system
  if (!io.stdinIsTTY || !io.err.isTTY || context.global.json)
    throw usage(
      `A registry of type ${String(members['type'])} needs credentials; nothing was sent.`,
      'Add --token-env VARIABLE, --user NAME with --password-env VARIABLE, or --no-credentials.',
    )
  const name = (await io.ask('Variable that holds its token (none: Enter): '))?.trim()
  if (name === undefined) throw jobCancelled('Adding the registry')
  const flags = name === '' ? { 'no-credentials': true } : { 'token-env': name }
  return { ...members, ...membersOf(flags, context) }
}

async function looked(
  context: CommandContext,
  place: { url: string; name: string | undefined },
  members: Record<string, unknown>,
): Promise<Probe> {
  const { signal } = context
  const flags = { members, signal, ...(place.name === undefined ? {} : { name: place.name }) }
  return withProgress(context, `Looking at ${place.url} ...`, async () =>
    (await context.market()).registries.probe(place.url, flags),
  )
}

/** `ADDRESS`, or `NAME ADDRESS`. */
function placeOf(args: readonly string[], values: Values): { url: string; name: string | undefined } {
  const [first = '', second] = args
  if (args.length > 2) throw usage('Give one address, or a name and an address.')
  const name = textOf(values, 'name')
  if (second === undefined) return { url: first, name }
  if (name !== undefined) throw usage('Give the name once: before the address or with --name.')
  return { url: second, name: first }
}

export const addRegistry: Command = {
  ...SHARED,
  name: 'add',
  summary: 'look at an address and add it to the settings file',
  description:
    'Looks at what lies at the address (a registry with a search, a document that lists goods, a git repository, a folder), says what it found, and adds an entry at the end of the settings file; everything else in it stays as it is. A name may stand before the address; one is made of the address when there is none. Secrets stay in the environment: --token-env TEAM_TOKEN writes ${TEAM_TOKEN}.',
  examples: [
    { line: 'souk registries add https://market.example.com', text: 'protocol and name are found out' },
    { line: 'souk registries add ./bicep-modules --name modules', text: 'a folder on this machine' },
    { line: 'souk registries add team git@example.com:team/goods.git --key-file ~/.ssh/team', text: 'over SSH' },
  ],
  arguments: [
    { name: 'address', summary: 'its address, or a folder', isRequired: true, isMany: true, completes: 'folder' },
  ],
  options: [
    { flag: '--name', value: 'NAME', summary: 'what it is called here' },
    ...MEMBER_OPTIONS,
    { flag: '--default', summary: 'make it the default registry' },
    { flag: '--disabled', summary: 'write it down without asking it from now on' },
    { flag: '--no-probe', summary: 'write it down without a look' },
    DRY_RUN,
  ],
  exits: [EXIT.unreachable, EXIT.auth],
  seeAlso: ['registries test', 'init'],
  async run(context, args, values) {
    const place = placeOf(args, values)
    const members = await credentialed(context, place.url, membersOf(values, context))
    // What is wrong with the entry itself is told before anything is sent.
    const market = await context.market()
    const draft = { name: place.name ?? `new-${context.system.random.id(8)}`, url: place.url, members }
    await market.registries.edit({ action: 'add', ...draft }, { isTrial: true })
    const isBlind = isSet(values, 'no-probe') || (context.global.offline && isRemote(place.url))
    const probe = isBlind ? undefined : await looked(context, place, members)
    for (const text of probe ? probeText(probe) : []) say(context, text)
    const name = place.name ?? probe?.name
    if (name === undefined) throw usage('Without a look at it the registry needs a name.', 'Add --name NAME.')
    const whole = { ...members, ...(probe ? { protocol: probe.protocol } : {}) }
    const isDefault = isSet(values, 'default')
    await applyEdit(context, values, {
      edit: { action: 'add', name, url: place.url, members: whole, isDefault },
      done: `added ${name}`,
      more: { probe },
    })
    if (probe?.needsCredentials)
      warn(context, `${name} refused: give it credentials with "souk registries edit ${name} --token-env VARIABLE".`)
  },
}

export const editRegistry: Command = {
  ...SHARED,
  name: 'edit',
  summary: 'change members of a registry in the settings file',
  description: 'Changes what the flags name and leaves the rest of the file as it is. --set KEY= takes a member out.',
  examples: [{ line: 'souk registries edit team --type private --token-env TEAM_TOKEN', text: 'two members' }],
  arguments: [NAME],
  options: [
    { flag: '--name', value: 'NEW', summary: 'another name' },
    { flag: '--url', value: 'ADDRESS', summary: 'another address' },
    ...MEMBER_OPTIONS,
    DRY_RUN,
  ],
  async run(context, [name = ''], values) {
    const members = membersOf(values, context)
    for (const key of ['name', 'url']) {
      const value = textOf(values, key)
      if (value !== undefined) members[key] = value
    }
    for (const [key, value] of Object.entries(members)) if (value === '') members[key] = undefined
    if (Object.keys(members).length === 0)
      throw usage('Nothing to change was named.', 'See "souk registries edit --help".')
    await applyEdit(context, values, { edit: { action: 'change', name, members }, done: `changed ${name}` })
  },
}
