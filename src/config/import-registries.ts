import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml'
import { configInvalid, configMissing, reasonOf } from '../model/errors.ts'
import type { EditOutcome } from '../model/registry-edit.ts'
import { harmless } from '../model/text.ts'
import type { System } from '../system/system.ts'
import { MAX_SETTINGS_BYTES } from './document.ts'
import { entriesIn, soundText, withEntry, writeDraft, type EditOptions } from './edit.ts'
import { placed, readEntry } from './entry.ts'
import { openSecret } from './literal-secret.ts'
import { readSettingsText } from './settings-text.ts'

/** Members that name a place on this machine. */
const PLACES = [['url'], ['ca'], ['credentials', 'keyFile'], ['credentials', 'key_file'], ['credentials', 'tokenFile']]

type Told = Required<Pick<EditOutcome, 'added' | 'left' | 'variables'>>

/**
 * Takes the registries of another settings file over. Where there is no settings file yet, the other one is copied,
 * comments and all; else its registries come to the end of ours, except those that are there by name or address.
 * Places on this machine become absolute: they were meant from where that file lay. A secret that stands in the open
 * there is written as `${NAME_TOKEN}`, and told.
 */
export async function importRegistries(
  system: System,
  from: string,
  file: string,
  options: EditOptions = {},
): Promise<EditOutcome> {
  const text = soundText(from, await textOf(from))
  const before = await readSettingsText(file)
  if (before.text !== undefined && (await realpath(from)) === before.path)
    throw configInvalid({ file: from }, 'is the settings file already', 'Nothing was copied.')
  const told: Told = { added: [], left: [], variables: [] }
  const { home } = system.env
  const moved = movedText(text, { home, folder: dirname(from), told })
  let after = before.text === undefined ? moved : soundText(before.path, before.text)
  const taken = before.text === undefined ? [] : entriesIn(after)
  for (const entry of entriesIn(moved)) {
    const name = typeof entry['name'] === 'string' ? entry['name'] : '(no name)'
    const why = reasonToLeave(entry, taken, system, file)
    if (why !== undefined) told.left.push({ name: harmless(name, 64), why })
    else {
      if (before.text !== undefined) after = withEntry({ system, file: before.path, text: after }, entry)
      told.added.push(name)
      taken.push(entry)
    }
  }
  if (told.added.length === 0 && before.text !== undefined) after = before.text
  return { ...(await writeDraft(system, before, after, options.isTrial)), ...told }
}

async function textOf(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > MAX_SETTINGS_BYTES) throw new Error(`is larger than ${MAX_SETTINGS_BYTES} bytes`)
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw configMissing(file)
    throw configInvalid({ file }, `cannot be read (${reasonOf(error)})`)
  }
}

const plain = (text: string): string => (text.endsWith('/') ? text.slice(0, -1) : text).toLowerCase()
const sameText = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string' && plain(a) === plain(b)

function reasonToLeave(
  entry: Record<string, unknown>,
  taken: readonly Record<string, unknown>[],
  system: System,
  file: string,
): string | undefined {
  const read = readEntry(entry, system.env.home, dirname(file))
  if ('faults' in read) return read.faults.map((fault) => [...fault.path, fault.why].join(' ')).join('; ')
  if (taken.some((one) => sameText(one['name'], entry['name']))) return 'there is a registry of that name already'
  const same = taken.find((one) => sameText(one['url'], entry['url']))
  return same && `"${harmless(String(same['name']), 64)}" has the same address`
}

/** The other file's text with its places made absolute and its open secrets made variables. */
function movedText(text: string, { home, folder, told }: { home: string; folder: string; told: Told }): string {
  const document = parseDocument(text)
  const list = document.get('registries')
  let isChanged = false
  for (const entry of isSeq(list) ? list.items.filter(isMap) : []) {
    for (const path of PLACES) {
      const written = entry.getIn(path)
      if (typeof written !== 'string' || written.includes('${')) continue
      const meant = placed(written, home, folder)
      if (meant === written) continue
      entry.setIn(path, meant)
      isChanged = true
    }
    const variables = hideSecrets(entry)
    told.variables.push(...variables)
    isChanged ||= variables.length > 0
  }
  return isChanged ? document.toString({ lineWidth: 0 }) : text
}

/** Writes `${NAME_TOKEN}` where an entry holds a secret; answers the names of the variables. */
function hideSecrets(entry: YAMLMap): string[] {
  const variables: string[] = []
  const stem = String(entry.get('name'))
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_')
  for (;;) {
    const path = openSecret(entry.toJSON() as Record<string, unknown>)
    if (path === undefined) return variables
    const variable = `${stem}_${(path.at(-1) ?? '').toUpperCase()}`
    entry.setIn(path, `\${${variable}}`)
    variables.push(variable)
  }
}
