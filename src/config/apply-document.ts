import { dirname } from 'node:path'
import { configInvalid } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { readDocument, type SourceDocument } from './document.ts'
import { applyFile, applyProfile } from './layers.ts'
import { knownProfile, PROFILES } from './profiles.ts'
import { readPlugins } from './read-plugins.ts'
import { readRegistries } from './read-registries.ts'
import type { LoadedSettings } from './settings.ts'

/** A settings file as it was read, and the profile that was asked for besides it. */
interface SettingsText {
  path: string
  text: string
  home: string
  profile: string | undefined
}

/**
 * The text of a settings file over the defaults: what is right counts, what is wrong becomes a problem with its place.
 * The section of the profile goes over the rest of the file; registries it names are the only ones.
 */
export function applyDocument(loaded: LoadedSettings, { path, text, home, profile }: SettingsText): void {
  const { document, problems } = readDocument(path, text)
  loaded.problems.push(...problems)
  const { data } = document
  const [fault] = problems
  if (fault) loaded.unreadable = fault
  if (data !== undefined && data !== null && (typeof data !== 'object' || Array.isArray(data))) {
    loaded.unreadable = configInvalid(document.placeOf([]), 'must start with sections such as "registries:"')
    loaded.problems.push(loaded.unreadable)
  }
  const sections = (loaded.unreadable ? {} : (data ?? {})) as Record<string, unknown>
  const chosen = profile ?? sections['profile']
  if (chosen !== undefined && chosen !== null) applyProfile(loaded, knownProfile(chosen, document.placeOf(['profile'])))
  checkProfiles(loaded, document, sections['profiles'])
  const own = ownSection(sections['profiles'], chosen)
  const base = own === undefined ? [] : ['profiles', String(chosen)]
  const where = { home, folder: dirname(path) }
  if (loaded.unreadable || data === null || data === undefined) return
  readRegistries(loaded, document, own && 'registries' in own ? { ...where, base } : where)
  readPlugins(loaded, document, where)
  applyFile(loaded, document)
  if (own) applyFile(loaded, document, base)
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function ownSection(profiles: unknown, name: unknown): Record<string, unknown> | undefined {
  if (!isSection(profiles) || typeof name !== 'string' || !Object.hasOwn(profiles, name)) return undefined
  const section = profiles[name]
  return isSection(section) ? section : undefined
}

function checkProfiles(loaded: LoadedSettings, document: SourceDocument, profiles: unknown): void {
  if (profiles === undefined || profiles === null) return
  const wrong = (path: string[], why: string): void => {
    loaded.problems.push(configInvalid({ ...document.placeOf(path), field: harmless(path.join('.'), 100) }, why))
  }
  if (!isSection(profiles)) return wrong(['profiles'], `must hold sections named ${[...PROFILES.keys()].join(', ')}`)
  for (const [name, section] of Object.entries(profiles)) {
    if (!PROFILES.has(name)) wrong(['profiles', name], `is no profile; there are ${[...PROFILES.keys()].join(', ')}`)
    else if (section !== null && !isSection(section))
      wrong(['profiles', name], 'must be a section with settings below it')
  }
}
