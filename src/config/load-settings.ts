import { readFileSync, statSync, type Stats } from 'node:fs'
import { join, resolve } from 'node:path'
import { configInvalid, configMissing, fileProblem, reasonOf, type MarketError } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Env, System } from '../system/system.ts'
import { pathsOf } from '../system/paths.ts'
import { defaultSettings } from './defaults.ts'
import { keep, readKept, type KeptOf } from './kept-settings.ts'
import { isInsecureLoopback } from '../model/registry-entry.ts'
import { applyEnvironment, applyOverrides, applyProfile, variablesFor } from './layers.ts'
import { knownProfile } from './profiles.ts'
import { variablesIn } from './secret.ts'
import type { LoadedSettings } from './settings.ts'

/** What the command line says about settings. `overrides` are dotted names with texts, e.g. `{'http.tries': '1'}`. */
export interface SettingsFlags {
  config?: string
  overrides?: Record<string, string>
}

/**
 * Finds and reads the settings: file, then `SOUK_<SECTION>_<NAME>` variables, then flags, each over the one before.
 * Whatever is wrong ends in `problems` and the rest loads; no file at all is fine. Throws `config.missing` when a
 * file was named (`--config`, `SOUK_CONFIG`) and is not there, and an error when that one cannot be read.
 */
export async function loadSettings(system: System, flags: SettingsFlags = {}): Promise<LoadedSettings> {
  const loaded: LoadedSettings = { settings: defaultSettings(), problems: [], origins: {} }
  const asked = flags.overrides?.['profile'] ?? system.env.get('SOUK_PROFILE')
  const profile = asked ? knownProfile(asked, {}) : undefined
  const file = findFile(system.env, flags.config)
  if (file) {
    loaded.file = file
    await readFileInto(loaded, file.path, { system, profile })
  } else if (profile !== undefined) applyProfile(loaded, profile)
  applyEnvironment(loaded, system.env)
  applyOverrides(loaded, flags.overrides ?? {})
  checkLoopback(loaded)
  checkDefault(loaded)
  const now = system.env.get('SOUK_NOW')
  if (now !== undefined && Number.isNaN(Date.parse(now))) {
    loaded.problems.push(
      configInvalid(
        { field: 'SOUK_NOW' },
        `"${harmless(now, 60)}" is not a moment that can be read`,
        'Write it as 2026-01-31T12:00:00Z; the real clock is used meanwhile.',
      ),
    )
  }
  return loaded
}

/** The file that commands write to: the one that was read, or the one in the user's config folder. */
export function editableFile(loaded: LoadedSettings, env: Env): string {
  return loaded.file?.path ?? join(pathsOf(env).config, 'registries.yaml')
}

/** The file a first settings file is written to: the one that is named, else the one in the user's config folder. */
export function ownFile(env: Env, flag: string | undefined): string {
  const named = flag ?? env.get('SOUK_CONFIG')
  return named ? resolve(env.cwd, named) : join(pathsOf(env).config, 'registries.yaml')
}

/** What marks the state a settings file is in now; undefined when there is none. */
export function stampOf(path: string, home: string): string | undefined {
  try {
    return JSON.stringify(keptOf(path, [home]))
  } catch {
    return undefined
  }
}

/** Where an older program of the family kept its registries. */
export const olderFile = (env: Env): string => join(env.home, '.cloudworkstation', 'registries.yaml')

/**
 * The variables with which another process of the program loads what this one loaded, its flags included, and those
 * that the settings take their secrets from.
 */
export function environmentFor(loaded: LoadedSettings, flags: SettingsFlags, env: Env): Record<string, string> {
  const isNamed = loaded.file?.origin === 'flag'
  const named = variablesIn(JSON.stringify(loaded.settings)).flatMap((name): [string, string][] => {
    const value = env.get(name)
    return value === undefined ? [] : [[name, value]]
  })
  return {
    ...Object.fromEntries(named),
    ...variablesFor(flags.overrides ?? {}),
    ...(isNamed ? { SOUK_CONFIG: loaded.file?.path ?? '' } : {}),
  }
}

function findFile(env: Env, flag: string | undefined): LoadedSettings['file'] {
  const variable = env.get('SOUK_CONFIG')
  const named = flag ?? (variable === '' ? undefined : variable)
  if (named !== undefined) {
    const path = resolve(env.cwd, named)
    if (!exists(path)) throw configMissing(path)
    return { path, origin: flag === undefined ? 'environment' : 'flag' }
  }
  const own = join(pathsOf(env).config, 'registries.yaml')
  if (exists(own)) return { path: own, origin: 'config folder' }
  const older = olderFile(env)
  if (exists(older)) return { path: older, origin: 'cloudworkstation' }
  return undefined
}

function exists(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}

/** Largest settings file we read; a hand-written one has a few KiB. */
const MAX_SETTINGS_BYTES = 1024 * 1024

/** Reads the file, or the copy of what it came to last time. The reader of YAML loads only when it is wanted. */
async function readFileInto(
  loaded: LoadedSettings,
  path: string,
  { system, profile }: { system: System; profile: string | undefined },
): Promise<void> {
  const { home } = system.env
  const copy = join(pathsOf(system.env).cache, 'settings.json')
  let of: KeptOf
  let text: string
  try {
    of = keptOf(path, [home, profile ?? ''])
    loaded.stamp = JSON.stringify({ ...of, with: [home] })
    const kept = readKept(copy, of)
    if (kept) {
      Object.assign(loaded, kept)
      return
    }
    if (of.size > MAX_SETTINGS_BYTES) throw new Error(`is larger than ${MAX_SETTINGS_BYTES} bytes`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const problem = fileProblem(path, `the settings cannot be read (${reasonOf(error)})`, error)
    // A file that was named is the one that is meant: going on without it would answer from other registries.
    if (['flag', 'environment'].includes(loaded.file?.origin ?? '')) throw problem
    loaded.problems.push(problem)
    return
  }
  const { applyDocument } = await import('./apply-document.ts')
  applyDocument(loaded, { path, text, home, profile })
  // What was wrong must be told at every run, with its place.
  if (loaded.problems.length === 0 && isUnchanged(path, of)) keep(system, copy, of, loaded)
}

function keptOf(path: string, others: readonly string[]): KeptOf {
  const facts: Stats = statSync(path)
  if (!facts.isFile()) throw new Error('is not a file')
  const { size, ino, mtimeMs, ctimeMs } = facts
  return { path, size, inode: ino, modifiedAt: mtimeMs, changedAt: ctimeMs, with: others }
}

/** Whether nobody wrote the file while it was read. */
function isUnchanged(path: string, of: KeptOf): boolean {
  const now = statSync(path, { throwIfNoEntry: false })
  return now?.ino === of.inode && now.mtimeMs === of.modifiedAt && now.ctimeMs === of.changedAt
}

/** Registries that may not be asked in the clear here are left out (inventory C15). */
function checkLoopback(loaded: LoadedSettings): void {
  const { settings, problems } = loaded
  if (settings.http.insecureLoopback) return
  settings.registries = settings.registries.filter((entry) => {
    if (entry.allowInsecureLoopback || !isInsecureLoopback(entry.url)) return true
    const why = `would be asked in the clear, which ${loaded.origins['http.insecureLoopback'] === 'profile' ? `the profile ${settings.profile}` : 'http.insecureLoopback'} forbids`
    const hint = 'Use https, or set allowInsecureLoopback: true in this entry; it is left out meanwhile.'
    problems.push(configInvalid({ ...entry.place, field: `registries.${entry.name}.url` }, why, hint))
    return false
  })
}

function checkDefault(loaded: LoadedSettings): void {
  const { settings, problems } = loaded
  const name = settings.defaultRegistry
  if (name === undefined || settings.registries.some((entry) => entry.name === name)) return
  const known: MarketError = configInvalid(
    { ...(loaded.file ? { file: loaded.file.path } : {}), field: 'defaultRegistry' },
    `there is no registry "${harmless(name, 64)}"`,
    settings.registries.length ? `Known: ${settings.registries.map((one) => one.name).join(', ')}.` : undefined,
  )
  problems.push(known)
  delete settings.defaultRegistry
}
