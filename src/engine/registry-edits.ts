import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { editRegistries, type EditOptions } from '../config/edit.ts'
import { placed } from '../config/entry.ts'
import { FIRST_SETTINGS } from '../config/first-settings.ts'
import { importRegistries } from '../config/import-registries.ts'
import { checkedEntry } from '../config/checked-entry.ts'
import { editableFile, olderFile } from '../config/load-settings.ts'
import type { LoadedSettings } from '../config/settings.ts'
import { membersOf, SUGGESTIONS } from '../config/suggestions.ts'
import { isMarketError } from '../model/errors.ts'
import type { EditFlags, ProbeFlags } from '../marketplace.ts'
import type { Emit } from '../model/events.ts'
import { problemOf } from '../model/problem.ts'
import type { EditOutcome, Probe, RegistryEdit, Suggestion } from '../model/registry-edit.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { RegistryOptions } from '../registries/open-registry.ts'
import { nameFor, probe } from '../registries/probe.ts'
import { pathsOf } from '../system/paths.ts'
import type { System } from '../system/system.ts'

/** Suggested registries that the settings do not have, by name or address. */
export const suggested = ({ settings }: LoadedSettings): Suggestion[] =>
  SUGGESTIONS.filter(
    ({ entry }) => !settings.registries.some((one) => one.name === entry.name || one.url === entry.url),
  )

interface EditParts {
  system: System
  loaded: LoadedSettings
  reload(): Promise<void>
  emit: Emit
}

/** Places typed by someone are meant from where that one is, not from where the settings file lies. */
function meant(edit: RegistryEdit, { home, cwd }: System['env']): RegistryEdit {
  if (edit.action === 'add') return { ...edit, url: placed(edit.url, home, cwd) }
  if (edit.action === 'change' && typeof edit.members['url'] === 'string')
    return { ...edit, members: { ...edit.members, url: placed(edit.members['url'], home, cwd) } }
  return edit
}

/** Switching a suggested registry on writes it down first. */
function asAdded(edit: RegistryEdit, loaded: LoadedSettings): RegistryEdit {
  if (edit.action !== 'enable' || loaded.file === undefined) return edit
  const entry = suggested(loaded).find((one) => one.entry.name === edit.name)?.entry
  if (!entry) return edit
  return { action: 'add', name: entry.name, url: entry.url, members: { ...membersOf(entry), enabled: true } }
}

/** Changes the settings file, and then what is open here. Leaves word of what was done and of what was refused. */
export async function editSettings(
  { system, loaded, reload, emit }: EditParts,
  edit: RegistryEdit,
  { isTrial = false }: EditFlags = {},
): Promise<EditOutcome> {
  const seen = { stamp: loaded.stamp }
  const facts = { change: edit.action, ...('name' in edit ? { name: edit.name } : {}) }
  try {
    const outcome = await change(system, loaded, meant(asAdded(edit, loaded), system.env), { isTrial, seen })
    if (isTrial) return outcome
    emit('settings.changed', facts)
    await reload()
    return outcome
  } catch (error) {
    emit('settings.changed', { ...facts, problem: problemOf(error) })
    // Another program's change is taken in, so that the next try is about what is there.
    if (isMarketError(error) && error.code === 'config.changed') await reload()
    throw error
  }
}

async function change(
  system: System,
  loaded: LoadedSettings,
  edit: RegistryEdit,
  options: EditOptions,
): Promise<EditOutcome> {
  const file = editableFile(loaded, system.env)
  if (edit.action !== 'import') {
    const isFirst = edit.action === 'enable' && loaded.file === undefined
    return editRegistries(system, file, edit, { ...options, ...(isFirst ? { first: FIRST_SETTINGS } : {}) })
  }
  const older = olderFile(system.env)
  const from = edit.file === undefined ? older : resolve(system.env.cwd, edit.file)
  // The older file is read only where there is no other: taking it over means writing that other one.
  const isOlder = from === older && loaded.file?.origin === 'cloudworkstation'
  const into = isOlder ? join(pathsOf(system.env).config, 'registries.yaml') : file
  return importRegistries(system, from, into, isOlder ? { isTrial: options.isTrial ?? false } : options)
}

interface ProbeParts {
  system: System
  loaded: LoadedSettings
  optionsOf(entry: RegistryEntry): RegistryOptions
}

/** Looks at what lies at an address, as a registry of the settings would be asked; writes nothing down. */
export async function probeAddress(
  { system, loaded, optionsOf }: ProbeParts,
  address: string,
  { members = {}, name, signal }: ProbeFlags,
): Promise<Probe> {
  const { home, cwd } = system.env
  const url = placed(address.trim(), home, cwd)
  const taken = loaded.settings.registries.map((one) => one.name)
  const named = name ?? nameFor(url, taken)
  const entry = checkedEntry({ ...members, name: named, url }, { home, folder: cwd })
  const usual = optionsOf(entry)
  const options = { ...usual, workFolder: join(dirname(usual.workFolder), `probe-${system.random.id(8)}`) }
  try {
    return {
      ...(await probe({ ...entry, name: named }, { ...options, limits: loaded.settings.http.timeoutMs }, signal)),
      name: named,
    }
  } finally {
    await options.http.close()
    await rm(options.workFolder, { recursive: true, force: true })
  }
}
