import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { isMap, parseDocument } from 'yaml'
import { configChanged, configInvalid, registryUnknown } from '../model/errors.ts'
import { lineDiff } from '../model/line-diff.ts'
import { BUILTIN, type RegistryEntry } from '../model/registry-entry.ts'
import { withoutEnd } from '../model/text.ts'
import type { EditOutcome, RegistryEdit } from '../model/registry-edit.ts'
import type { System } from '../system/system.ts'
import { checkedEntry } from './checked-entry.ts'
import { readDocument } from './document.ts'
import { readEntry } from './entry.ts'
import { stampOf } from './load-settings.ts'
import { maskedLine, openSecret } from './literal-secret.ts'
import { nearestName } from './nearest-name.ts'
import { readSettingsText, replaceSettingsText, type SettingsText } from './settings-text.ts'
import { addItem, dropItem, putMember } from './splice.ts'

const HEADER = '# Registries and settings of Souk; registries.example.yaml shows every setting.\n'
const LIST = 'registries'

export interface EditOptions {
  /** Works out the change and writes nothing. */
  isTrial?: boolean
  /** What the one who asks for the change has seen of the file; any other state of it is refused. */
  seen?: { stamp: string | undefined }
  /** What a file that is not there yet starts with. */
  first?: string
}

/** A settings file on the way to its next text. */
export interface Draft {
  system: System
  file: string
  text: string
}

/**
 * Makes a change to the list of registries in a settings file, which is made when it is not there. Comments, order
 * and format stay; secrets are written as `${VAR}` only. Throws `config.invalid`, `config.changed` or
 * `registry.unknown`, and writes nothing then.
 */
export async function editRegistries(
  system: System,
  file: string,
  edit: Exclude<RegistryEdit, { action: 'import' }>,
  options: EditOptions = {},
): Promise<EditOutcome> {
  const before = await readSettingsText(file)
  if (options.seen && options.seen.stamp !== stampOf(file, system.env.home)) throw configChanged(before.path)
  const text = soundText(before.path, before.text ?? options.first ?? HEADER)
  const after = changed({ system, file: before.path, text }, edit)
  return writeDraft(system, before, after, options.isTrial)
}

/** Writes a text over the one that was read, unless it is a trial, and tells the difference. */
export async function writeDraft(
  system: System,
  before: SettingsText,
  after: string,
  isTrial = false,
): Promise<EditOutcome> {
  if (!isTrial && after !== before.text) await replaceSettingsText(system, before, after)
  return { file: before.path, diff: lineDiff(before.text ?? '', after).map(maskedLine) }
}

/** The text of a file that may be edited: YAML that starts with sections. */
export function soundText(file: string, text: string): string {
  const { problems, document } = readDocument(file, text)
  if (problems[0]) throw problems[0]
  const { data } = document
  if (data !== null && (typeof data !== 'object' || Array.isArray(data)))
    throw configInvalid({ file, line: 1, column: 1 }, 'must start with sections')
  return text
}

function changed(draft: Draft, edit: Exclude<RegistryEdit, { action: 'import' }>): string {
  switch (edit.action) {
    case 'add': {
      const entry = { name: edit.name, url: edit.url, ...edit.members }
      const text = withEntry(draft, entry)
      refuseSame(draft, known(entry))
      return edit.isDefault ? withDefault(text, edit.name) : text
    }
    case 'remove': {
      const index = indexOf(draft, edit.name)
      return withoutDefault(dropItem(draft.text, LIST, index), edit.name)
    }
    case 'default':
      indexOf(draft, edit.name)
      return withDefault(draft.text, edit.name)
    case 'rename':
      return renamed(draft, edit.name, edit.to)
    case 'enable':
    case 'disable':
      return withMembers(draft, edit.name, { enabled: edit.action === 'enable' })
    case 'priority':
      return withMembers(draft, edit.name, { priority: edit.priority })
    case 'change': {
      const { name = edit.name, ...members } = edit.members
      if (typeof name !== 'string' || name === edit.name) return withMembers(draft, edit.name, members)
      return withMembers({ ...draft, text: renamed(draft, edit.name, name) }, name, members)
    }
  }
}

/** The text with one more registry at the end. */
export function withEntry(draft: Draft, entry: Record<string, unknown>): string {
  refuseOpenSecret(draft.file, entry)
  refuseTaken(draft, checkedName(draft, known(entry)))
  return addItem(draft.text, LIST, known(entry))
}

const known = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

function refuseOpenSecret(file: string, members: Record<string, unknown>): void {
  const path = openSecret(members)
  if (path === undefined) return
  throw configInvalid(
    { file, field: path.join('.') },
    'a secret is never written to the file',
    'Put it in a variable and write ${NAME}, or use --token-env NAME.',
  )
}

/** The name of an entry that is right in all its members. */
const checkedName = ({ system, file }: Draft, entry: Record<string, unknown>): string =>
  checkedEntry(entry, { home: system.env.home, folder: dirname(file), file }).name

function withMembers(draft: Draft, name: string, members: Record<string, unknown>): string {
  const index = indexOf(draft, name)
  refuseOpenSecret(draft.file, known(members))
  let { text } = draft
  for (const [key, value] of Object.entries(members)) text = putMember(text, [LIST, index], key, value)
  // An entry with a fault may still be switched off.
  if (Object.keys(members).some((key) => key !== 'enabled')) checkedName(draft, entriesIn(text)[index] ?? {})
  return text
}

function renamed(draft: Draft, name: string, to: string): string {
  indexOf(draft, name)
  if (to.toLowerCase() !== name.toLowerCase()) refuseTaken(draft, to)
  const text = withMembers(draft, name, { name: to })
  return defaultIn(text) === name ? withDefault(text, to) : text
}

function refuseTaken({ file, text }: Draft, name: string): void {
  const there = namesIn(text).find((one) => one.toLowerCase() === name.toLowerCase())
  if (there === undefined && name.toLowerCase() !== BUILTIN) return
  throw configInvalid({ file, field: 'name' }, `there is a registry "${there ?? name}" already`, 'Choose another name.')
}

/** The same place asked in the same way would only be asked twice; another branch, folder or shop of it is another one. */
function refuseSame({ system, file, text }: Draft, wanted: Record<string, unknown>): void {
  const read = (entry: Record<string, unknown>): RegistryEntry | undefined => {
    const found = readEntry(entry, system.env.home, dirname(file))
    return 'entry' in found ? found.entry : undefined
  }
  const isSame = (a: RegistryEntry, b: RegistryEntry): boolean =>
    withoutEnd(a.url, '/') === withoutEnd(b.url, '/') &&
    (a.protocol === b.protocol || a.protocol === '' || b.protocol === '') &&
    isDeepStrictEqual(a.options, b.options)
  const added = read(wanted)
  const there =
    added &&
    entriesIn(text)
      .map(read)
      .find((one) => one && isSame(one, added))
  if (!there) return
  const hint = `Change that one with "souk registries edit ${there.name}".`
  throw configInvalid({ file, field: 'url' }, `registry "${there.name}" has this address already`, hint)
}

const dataOf = (text: string): Record<string, unknown> =>
  (parseDocument(text).toJS({ maxAliasCount: 100 }) as Record<string, unknown> | null) ?? {}

/** The entries as written; what is no entry is an empty one. */
export function entriesIn(text: string): Record<string, unknown>[] {
  const list = dataOf(text)[LIST]
  return Array.isArray(list)
    ? list.map((one: unknown) => (typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {}))
    : []
}

const nameOf = (entry: Record<string, unknown>): string => (typeof entry['name'] === 'string' ? entry['name'] : '')
const namesIn = (text: string): string[] => entriesIn(text).map(nameOf)

function indexOf({ text }: Draft, name: string): number {
  const names = namesIn(text)
  const index = names.indexOf(name)
  if (index >= 0) return index
  const near = nearestName(name, names)
  throw registryUnknown(name, near ? [near] : [])
}

const DEFAULTS = ['defaultRegistry', 'default_registry']
const defaultIn = (text: string): unknown =>
  DEFAULTS.map((key) => dataOf(text)[key]).find((value) => value !== undefined)
const defaultKey = (text: string): string => DEFAULTS.find((key) => key in dataOf(text)) ?? 'defaultRegistry'

function withDefault(text: string, name: string): string {
  return isMap(parseDocument(text).contents)
    ? putMember(text, [], defaultKey(text), name)
    : `${text}defaultRegistry: ${name}\n`
}

const withoutDefault = (text: string, name: string): string =>
  defaultIn(text) === name ? putMember(text, [], defaultKey(text), undefined) : text
