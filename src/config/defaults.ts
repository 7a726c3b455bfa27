import type { Settings } from './settings.ts'

/**
 * How a setting is written: `duration` is ms or a text such as 15m; `bytes` a number or a text such as 100MiB; `stores`
 * a word or address, or a list of them.
 */
type SettingKind = 'duration' | 'bytes' | 'count' | 'flag' | 'text' | 'stores'

/** One setting as data: its public dotted name, where it lies in `Settings`, and the rule its default comes from. */
export interface SettingRule {
  name: string
  path: readonly string[]
  kind: SettingKind
  default: number | boolean | string | undefined
  unit: string
  /** Where the number comes from. */
  rule: string
  /** Smallest value that makes sense. */
  min?: number
  choices?: readonly string[]
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

type Facts = Pick<SettingRule, 'rule'> & Partial<Pick<SettingRule, 'min' | 'choices'>>

/** The member of `Settings` has the unit in its name where the public name leaves it out (`http.connect` is `connectMs`). */
const duration = (name: string, path: string[], value: number, facts: Facts): SettingRule => ({
  name,
  path,
  kind: 'duration',
  default: value,
  unit: 'ms',
  min: 0,
  ...facts,
})
const bytes = (name: string, value: number, facts: Facts): SettingRule => ({
  name,
  path: name.split('.'),
  kind: 'bytes',
  default: value,
  unit: 'bytes',
  min: 0,
  ...facts,
})
const count = (name: string, value: number, facts: Facts): SettingRule => ({
  name,
  path: name.split('.'),
  kind: 'count',
  default: value,
  unit: 'count',
  min: 1,
  ...facts,
})
const other = (name: string, value: boolean | string | undefined, facts: Facts): SettingRule => ({
  name,
  path: name.split('.'),
  kind: typeof value === 'boolean' ? 'flag' : 'text',
  default: value,
  unit: '',
  ...facts,
})
const ttl = (name: string, value: number, rule: string): SettingRule =>
  duration(`cache.ttl.${name}`, ['cache', 'ttlMs', name], value, { rule })
/** A middleware that may be switched off, moved and bound to a condition; the table of the pipeline says the same. */
const middleware = (id: string, priority: number, when: string): SettingRule[] => [
  other(`pipeline.${id}.enabled`, true, { rule: 'S2.14' }),
  count(`pipeline.${id}.priority`, priority, { rule: 'S2.14, C28: lower comes first' }),
  other(`pipeline.${id}.when`, when, { rule: 'S21.10' }),
]
const limit = (name: string, value: number): SettingRule =>
  duration(`http.timeout.${name}`, ['http', 'timeoutMs', name], value, { rule: 'S10.13', min: 1 })

/** Every setting there is. Rules are rows of the inventory (S, C) or plain reasons. */
export const SETTING_RULES: readonly SettingRule[] = [
  other('defaultRegistry', undefined, { rule: 'S2.10: where an unqualified name is looked for first' }),
  { ...other('cache.store', 'disk', { rule: 'S9.15, S9.24, S9.25' }), kind: 'stores' },
  other('cache.prefetch', true, { rule: 'S9.16: details of the row one rests on' }),
  bytes('cache.maxBytes', 100 * MIB, { rule: 'S9.8', min: MIB }),
  duration('cache.staleWindow', ['cache', 'staleWindowMs'], 7 * DAY, { rule: 'C1' }),
  bytes('cache.compressAboveBytes', KIB, { rule: 'S9.19' }),
  ttl('search', 15 * MINUTE, 'C1, S9.1'),
  ttl('metadata', HOUR, 'C1, S9.2'),
  ttl('catalog', DAY, 'C1, S9.3'),
  ttl('artifact', DAY, 'C1'),
  ttl('validation.local', 12 * HOUR, 'C1'),
  ttl('validation.registry', 7 * DAY, 'C1'),
  ttl('marketIntel', 6 * HOUR, 'C1'),
  count('concurrency.registries', 8, { rule: 'a fan-out to eight was measured to cost no more than its slowest' }),
  count('concurrency.downloads', 4, { rule: 'enough to fill a line without crowding a registry' }),
  count('concurrency.validation', 4, { rule: 'the example of the source document (C9)' }),
  count('concurrency.processes', 5, { rule: 'outside programs (C9)' }),
  count('concurrency.jobs', 2, { rule: 'the cores of a small machine (C9)' }),
  limit('search', 5 * SECOND),
  limit('metadata', 5 * SECOND),
  limit('catalog', 10 * SECOND),
  limit('download', 60 * SECOND),
  limit('publish', 60 * SECOND),
  limit('health', 3 * SECOND),
  duration('http.connect', ['http', 'connectMs'], 3 * SECOND, { rule: 'no longer than the shortest limit', min: 1 }),
  count('http.tries', 3, { rule: 'C26: three tries in all' }),
  duration('http.retryBase', ['http', 'retryBaseMs'], 250, { rule: 'C26: base 250 ms, factor 2, jitter' }),
  count('http.breakerFailures', 5, { rule: 'C26: five in a row; a call counts once, however often it was tried' }),
  duration('http.breakerOpen', ['http', 'breakerOpenMs'], 30 * SECOND, { rule: 'C26: 30 s, then one try' }),
  bytes('http.maxBodyBytes', 16 * MIB, { rule: 'a larger answer is no answer for a terminal', min: KIB }),
  count('http.connections', 6, { rule: 'per registry, as browsers do' }),
  other('http.insecureLoopback', true, { rule: 'C15: without encryption this machine alone is asked' }),
  duration('process.timeout', ['process', 'timeoutMs'], 120 * SECOND, { rule: 'S10.13', min: 1 }),
  duration('process.pluginStart', ['process', 'pluginStartMs'], SECOND, {
    rule: 'C13: its code loads or ends',
    min: 1,
  }),
  bytes('process.pluginBytes', 256 * MIB, {
    rule: 'C13: Node itself takes 50 MiB; beyond it, it is ended',
    min: 64 * MIB,
  }),
  bytes('install.maxUnpackedBytes', 2 * GIB, { rule: 'S5: archive limits', min: KIB }),
  count('install.maxEntries', 20_000, { rule: 'S5: archive limits' }),
  bytes('install.maxFileBytes', GIB, { rule: 'S5: archive limits', min: KIB }),
  count('install.maxRatio', 200, { rule: 'S5: unpacked to packed; beyond it is a bomb' }),
  duration('health.interval', ['health', 'intervalMs'], MINUTE, { rule: 'S37.11: while someone watches', min: SECOND }),
  other('metrics.enabled', true, { rule: 'S37.28: figures stay on this machine; false writes none' }),
  bytes('metrics.maxBytes', 2 * MIB, { rule: 'S37.28: about 20,000 calls; the oldest go first', min: 64 * KIB }),
  other('install.validation', 'scan', { rule: 'S2.8, S2.9', choices: ['scan', 'full', 'required'] }),
  bytes('memory.warnBytes', GIB, { rule: 'S27.13: a validation of the largest real module takes a fifth', min: MIB }),
  count('validation.workers', 2, { rule: 'threads for many or large files; the cores of a small machine' }),
  duration('validation.timeout', ['validation', 'timeoutMs'], 30 * SECOND, {
    rule: 'a file; 3 MiB take 0.2 s',
    min: 50,
  }),
  other('validation.policy', 'none', { rule: 'severities, rules on and off, suppressions, allow-lists' }),
  other('validation.armTtk', 'none', { rule: 'C29: the Azure toolkit runs too where there is one' }),
  other('validation.pwsh', 'pwsh', { rule: 'PowerShell for it, by name or path' }),
  duration('validation.armTtkTimeout', ['validation', 'armTtkTimeoutMs'], 120 * SECOND, {
    rule: 'S27.12: then it ends with all it started',
    min: 50,
  }),
  other('publish.enabled', true, { rule: 'S2.8' }),
  ...middleware('ai-governance-enrichment', 100, 'category == ai-governance'),
  ...middleware('finops-analysis', 200, 'always'),
  ...middleware('architecture', 500, 'always'),
  ...middleware('compliance', 300, 'always'),
  other('cost.prices', 'none', { rule: 'S33.36: a file of your own prices takes the place of the shipped ones' }),
  count('jobs.keep', 200, { rule: 'finished jobs; the oldest go when a new one starts' }),
  bytes('jobs.warnBytes', GIB, { rule: 'S30.9: one job that takes more says so in its log', min: MIB }),
  bytes('jobs.holdBytes', 2 * GIB, { rule: 'S30.9: while running jobs take more, no further one begins', min: MIB }),
  duration('jobs.keepFor', ['jobs', 'keepForMs'], 30 * DAY, { rule: 'long enough to look back on', min: MINUTE }),
  other('profile', 'development', { rule: 'S2.7 to S2.9', choices: ['development', 'staging', 'production'] }),
  other('log.level', 'off', { rule: 'S2.12', choices: ['off', 'debug', 'info', 'warn'] }),
  other('log.file', '-', { rule: 'S2.12' }),
  other('ui.color', true, { rule: 'NO_COLOR and a pipe turn it off as well' }),
  other('ui.mouse', false, { rule: 'a mouse in the program takes text selection away' }),
  other('ui.reader', false, { rule: 'linear output for screen readers' }),
  other('ui.theme', 'auto', { rule: 'follows the terminal' }),
]

/** Writes a value at its place in the settings; the places are the fixed ones of `SETTING_RULES`. */
export function place(settings: Settings, path: readonly string[], value: unknown): void {
  let at = settings as unknown as Record<string, unknown>
  for (const part of path.slice(0, -1)) {
    at[part] ??= {}
    at = at[part] as Record<string, unknown>
  }
  const last = path.at(-1)
  if (last !== undefined && value !== undefined) at[last] = value
}

/** The value at a place in the settings. */
export function valueAt(settings: Settings, path: readonly string[]): unknown {
  let at: unknown = settings
  for (const part of path) at = (at as Record<string, unknown> | undefined)?.[part]
  return at
}

/** Settings made of nothing but defaults, without registries. */
export function defaultSettings(): Settings {
  const settings = { registries: [], plugins: [] } as unknown as Settings
  for (const rule of SETTING_RULES) place(settings, rule.path, rule.default)
  return settings
}
