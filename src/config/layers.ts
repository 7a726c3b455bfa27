import { configInvalid } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Env } from '../system/system.ts'
import { place, SETTING_RULES, type SettingRule } from './defaults.ts'
import type { SourceDocument } from './document.ts'
import { nearestName } from './nearest-name.ts'
import { PROFILES } from './profiles.ts'
import { readValue } from './quantity.ts'
import type { LoadedSettings, Origin } from './settings.ts'

/** `cache.ttlMs.search`, `cache.TTL.search` and `default_registry` are the settings one expects them to be. */
export const plainName = (name: string): string =>
  name
    .split('.')
    .map((part) =>
      part
        .replace(/Ms$|_ms$/, '')
        .replace(/[_-]/g, '')
        .toLowerCase(),
    )
    .join('.')

const BY_NAME = new Map(SETTING_RULES.map((rule) => [plainName(rule.name), rule]))
const NAMES = SETTING_RULES.map((rule) => rule.name)
const SECTIONS = new Set(SETTING_RULES.flatMap((rule) => prefixes(plainName(rule.name))))

function prefixes(name: string): string[] {
  const parts = name.split('.')
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('.'))
}

/** The environment variable of a setting: `cache.maxBytes` is `SOUK_CACHE_MAX_BYTES`. */
export const variableOf = (rule: SettingRule): string =>
  `SOUK_${rule.name.replace(/([a-z])([A-Z])/g, '$1_$2').replaceAll(/[.-]/g, '_')}`.toUpperCase()

/** The rule of a setting, by its name in any spelling a file may have. Throws `config.invalid` for one that is none. */
export function ruleNamed(name: string): SettingRule {
  const rule = BY_NAME.get(plainName(name))
  if (rule) return rule
  const at = { field: harmless(name, 100) }
  if (/^registries\b/.test(name))
    throw configInvalid(at, 'is no setting of its own', 'Use "souk registries edit NAME".')
  const near = nearestName(name, NAMES)
  throw configInvalid(at, 'is not a setting', near ? `Did you mean ${near}?` : '"souk config list" has every setting.')
}

/** What a profile sets by itself, over the defaults. */
export function applyProfile(loaded: LoadedSettings, profile: string): void {
  for (const [name, value] of Object.entries(PROFILES.get(profile) ?? {})) {
    const rule = BY_NAME.get(plainName(name))
    if (rule) set(loaded, rule, value, { origin: 'profile', at: { field: name } })
  }
}

/** Parts of a file, or of a profile in it, that are no settings. */
const NO_SETTINGS = new Set(['registries', 'profiles', 'plugins'])

/** The settings of the file, or of the section at `base`, over those before. */
export function applyFile(loaded: LoadedSettings, document: SourceDocument, base: readonly string[] = []): void {
  const walk = (members: object, path: string[]): void => {
    for (const [member, value] of Object.entries(members)) {
      if (path.length === 0 && NO_SETTINGS.has(member)) continue
      const full = [...path, member]
      const name = full.join('.')
      const rule = BY_NAME.get(plainName(name))
      const at = { ...document.placeOf([...base, ...full]), field: harmless([...base, name].join('.'), 100) }
      if (rule) set(loaded, rule, value, { origin: 'file', at })
      else if (!SECTIONS.has(plainName(name))) loaded.problems.push(unknown(at, name))
      else if (value !== null && (typeof value !== 'object' || Array.isArray(value))) {
        loaded.problems.push(configInvalid(at, 'must be a section with settings below it'))
      } else if (value !== null) walk(value as object, full)
    }
  }
  let section: unknown = document.data
  for (const part of base) section = (section as Record<string, unknown> | undefined)?.[part]
  if (typeof section === 'object' && section !== null) walk(section, [])
}

/** Variables of the environment, over the file. An empty variable counts as not set. */
export function applyEnvironment(loaded: LoadedSettings, env: Env): void {
  for (const rule of SETTING_RULES) {
    const raw = env.get(variableOf(rule))
    if (raw) set(loaded, rule, raw, { origin: 'environment', at: { field: variableOf(rule) } })
  }
}

/** Flags, over everything. */
export function applyOverrides(loaded: LoadedSettings, overrides: Record<string, string>): void {
  for (const [name, raw] of Object.entries(overrides)) {
    const rule = BY_NAME.get(plainName(name))
    const at = { field: harmless(name, 100) }
    if (rule) set(loaded, rule, raw, { origin: 'flag', at })
    else loaded.problems.push(unknown(at, name))
  }
}

/** Overrides as the variables that say the same. */
export function variablesFor(overrides: Record<string, string>): Record<string, string> {
  const known = Object.entries(overrides).flatMap(([name, raw]) => {
    const rule = BY_NAME.get(plainName(name))
    return rule ? [[variableOf(rule), raw] as const] : []
  })
  return Object.fromEntries(known)
}

type Where = { origin: Origin; at: { file?: string; line?: number; column?: number; field: string } }

function set(loaded: LoadedSettings, rule: SettingRule, raw: unknown, where: Where): void {
  const read = readValue(rule, raw)
  if ('why' in read) {
    loaded.problems.push(configInvalid(where.at, read.why))
    return
  }
  place(loaded.settings, rule.path, read.value)
  loaded.origins[rule.name] = where.origin
}

function unknown(at: { field: string }, name: string): ReturnType<typeof configInvalid> {
  const top = name.includes('.') ? NAMES : [...NAMES, 'registries', 'plugins', ...SECTIONS]
  const near = nearestName(name, top)
  return configInvalid(
    at,
    'is not a setting',
    near ? `Did you mean ${near}? It was left out.` : 'It was left out; see registries.example.yaml.',
  )
}
