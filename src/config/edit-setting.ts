import { isMap, parseDocument, stringify } from 'yaml'
import { configInvalid, configChanged } from '../model/errors.ts'
import type { SettingEdit, SettingOutcome } from '../model/setting-edit.ts'
import type { System } from '../system/system.ts'
import { applyDocument } from './apply-document.ts'
import { defaultSettings, valueAt, type SettingRule } from './defaults.ts'
import { soundText, writeDraft } from './edit.ts'
import { plainName, ruleNamed, variableOf } from './layers.ts'
import { editableFile, stampOf } from './load-settings.ts'
import { readValue } from './quantity.ts'
import { readSettingsText } from './settings-text.ts'
import type { LoadedSettings } from './settings.ts'
import { putMember } from './splice.ts'

const HEADER = '# Settings of Souk; registries.example.yaml shows every setting.\n'

/**
 * Writes one setting into the settings file, or takes it out; comments, order and format stay. The value is read by
 * the rule of its setting first. Throws `config.invalid` for a name nobody knows, for a value that will not do and for
 * a secret in the open, `config.changed` when the file is no longer what was read, and writes nothing then.
 */
export async function editSetting(
  system: System,
  loaded: LoadedSettings,
  edit: SettingEdit,
  isTrial = false,
): Promise<SettingOutcome> {
  if (loaded.unreadable) throw loaded.unreadable
  const rule = ruleNamed(edit.name)
  const value = edit.action === 'set' ? checkedValue(rule, edit.value) : undefined
  const before = await readSettingsText(editableFile(loaded, system.env))
  if (loaded.stamp !== stampOf(before.path, system.env.home)) throw configChanged(before.path)
  const text = soundText(before.path, before.text ?? (value === undefined ? '' : HEADER))
  const after = value === undefined ? without(text, rule) : withSetting(text, rule, value.written)
  const { file, diff } = await writeDraft(system, before, after, isTrial || after === (before.text ?? ''))
  const counts = effectOf(after, { file, home: system.env.home, profile: loaded.settings.profile }, rule)
  const over = overrules(system, rule, value === undefined || counts === value.read)
  return { file, diff, name: rule.name, value: counts ?? null, ...(over === undefined ? {} : { overruledBy: over }) }
}

/** A value as its rule reads it, and as it is written down: what the person typed, as YAML has it. */
function checkedValue(rule: SettingRule, raw: string): { read: unknown; written: unknown } {
  const at = { field: rule.name }
  const read = readValue(rule, raw)
  if ('why' in read) throw configInvalid(at, read.why, 'Nothing was written.')
  if (rule.kind === 'stores' && /:\/\/[^/\s]*@/.test(raw.replaceAll(/\$\{\w+\}@/g, '')))
    throw configInvalid(at, 'a secret is never written to the file', 'Put it in a variable and write ${NAME}.')
  const isNumber = ['duration', 'bytes', 'count'].includes(rule.kind) && /^\d+$/.test(raw)
  return { read: read.value, written: isNumber ? Number(raw) : rule.kind === 'flag' ? read.value : raw }
}

type Members = Record<string, unknown>
const isSection = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const dataOf = (text: string): Members => {
  const data: unknown = parseDocument(text).toJS({ maxAliasCount: 100 })
  return isSection(data) ? data : {}
}

/** Where a setting stands under whichever spelling its owner chose, and else the deepest section that is there. */
function placeIn(members: Members, rule: SettingRule, path: string[] = []): { path: string[]; isThere: boolean } {
  const wanted = plainName(rule.name)
  let section = { path, isThere: false }
  for (const [key, value] of Object.entries(members)) {
    const here = [...path, key]
    const name = plainName(here.join('.'))
    if (name === wanted) return { path: here, isThere: true }
    if (!wanted.startsWith(`${name}.`) || !isSection(value)) continue
    section = placeIn(value, rule, here)
    if (section.isThere) return section
  }
  return section
}

function withSetting(text: string, rule: SettingRule, value: unknown): string {
  const { path, isThere } = placeIn(dataOf(text), rule)
  if (isThere) return putMember(text, path.slice(0, -1), path.at(-1) ?? '', value)
  const [first = '', ...rest] = rule.name.split('.').slice(path.length)
  const nested = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  const isEmpty = !isMap(parseDocument(text).contents)
  return isEmpty ? `${text}${stringify({ [first]: nested })}` : putMember(text, path, first, nested)
}

/** The text without a setting, and without the sections that would be empty then. */
function without(text: string, rule: SettingRule): string {
  const data = dataOf(text)
  const { path, isThere } = placeIn(data, rule)
  if (!isThere) return text
  const isLone = (depth: number): boolean => {
    let at: unknown = data
    for (const key of path.slice(0, depth)) at = isSection(at) ? at[key] : undefined
    return isSection(at) && Object.keys(at).length === 1
  }
  let depth = path.length - 1
  while (depth > 0 && isLone(depth)) depth--
  return putMember(text, path.slice(0, depth), path[depth] ?? '', undefined)
}

/** What the setting comes to by the file alone, the section of the profile included. */
function effectOf(text: string, at: { file: string; home: string; profile: string }, rule: SettingRule): unknown {
  const loaded: LoadedSettings = { settings: defaultSettings(), problems: [], origins: {} }
  applyDocument(loaded, { path: at.file, text, home: at.home, profile: at.profile })
  return valueAt(loaded.settings, rule.path)
}

function overrules({ env }: System, rule: SettingRule, isInForce: boolean): string | undefined {
  if (env.get(variableOf(rule))) return `the variable ${variableOf(rule)}`
  return isInForce ? undefined : 'the section of the profile in the same file'
}
