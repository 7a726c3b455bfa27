import type { RegistryEntry } from '../model/registry-entry.ts'
import { shownStore, storesOf } from '../model/store-address.ts'
import { SETTING_RULES, valueAt, type SettingRule } from './defaults.ts'
import type { LoadedSettings, Origin } from './settings.ts'

/** One row of `config list`. */
export interface SettingRow {
  name: string
  value: unknown
  default: unknown
  unit: string
  origin: Origin
}

/** Every setting with value, default, unit and origin, then the registries with their secrets as `***`. */
export function listSettings(loaded: LoadedSettings): SettingRow[] {
  const rows = SETTING_RULES.map((rule): SettingRow => ({
    name: rule.name,
    value: shownValue(rule, valueAt(loaded.settings, rule.path)) ?? null,
    default: rule.default ?? null,
    unit: rule.unit,
    origin: loaded.origins[rule.name] ?? 'default',
  }))
  return [...rows, ...loaded.settings.registries.flatMap(registryRows)]
}

/** Of a program only its name is told: its arguments may be anything. */
function shownMember(member: string, value: unknown): unknown {
  if (member === 'token' || member === 'password') return '***'
  if (!Array.isArray(value)) return value
  return value.length > 1 ? `${String(value[0])} ***` : String(value[0])
}

/** A value as it may be shown: addresses without their credentials. */
const shownValue = (rule: SettingRule, value: unknown): unknown =>
  rule.kind === 'stores' && typeof value === 'string' ? storesOf(value).map(shownStore).join(' ') : value

function registryRows(entry: RegistryEntry): SettingRow[] {
  const { name, type, protocol, url, enabled, priority, timeoutMs, rateLimit, ca, credentials } = entry
  const { signing, signingKey } = entry
  const facts: Record<string, unknown> = { type, protocol, url, enabled, priority, timeoutMs, ca, signing, signingKey }
  if (rateLimit) facts['rateLimit'] = `${rateLimit.count} per ${rateLimit.perMs / 1000} s`
  for (const [member, value] of Object.entries(credentials ?? {})) {
    facts[`credentials.${member}`] = shownMember(member, value)
  }
  for (const [member, value] of Object.entries(entry.options)) {
    facts[`options.${member}`] = /token|secret|password|key/i.test(member) ? '***' : value
  }
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([member, value]) => ({
      name: `registries.${name}.${member}`,
      value,
      default: null,
      unit: member === 'timeoutMs' ? 'ms' : '',
      origin: 'file',
    }))
}
