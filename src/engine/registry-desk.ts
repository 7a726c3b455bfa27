import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import type { Cache } from '../cache/cache.ts'
import type { SettingsFlags } from '../config/load-settings.ts'
import { secretOf } from '../config/secret.ts'
import type { LoadedSettings } from '../config/settings.ts'
import type { BreakerBook } from '../http/breaker.ts'
import { openCredentials } from '../http/credentials.ts'
import { openHttp } from '../http/open-http.ts'
import type { Marketplace } from '../marketplace.ts'
import { registryReadOnly } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import { BUILTIN, type RegistryEntry } from '../model/registry-entry.ts'
import { builtinProtocols } from '../registries/builtin.ts'
import type { HealthBook } from '../registries/health.ts'
import type { LateWrites } from '../registries/late-writes.ts'
import { openRegistry, type RegistryOptions } from '../registries/open-registry.ts'
import type { Protocol, Registry } from '../registries/registry.ts'
import type { Paths } from '../system/paths.ts'
import type { System } from '../system/system.ts'

interface DeskParts {
  system: System
  loaded: LoadedSettings
  /** How the settings were found; they are found the same way when they are read again. */
  flags: SettingsFlags
  /** Variables for the processes of jobs: those that the settings name go along. */
  environment: Record<string, string>
  /** Folder of the built-in goods. */
  goods: string
  cache: Cache
  writes: LateWrites
  health: HealthBook
  breakers: BreakerBook
  /** A protocol that is none of the program's. */
  foreign(id: string): Protocol
  emit: Emit
  paths: Paths
}

/** The registries open just now, and the changes to them that take effect at once. */
export interface RegistryDesk extends Pick<Marketplace['registries'], 'edit' | 'probe' | 'reload' | 'suggested'> {
  /** Always the same list: what is opened and closed comes into it and goes out of it. */
  readonly list: readonly Registry[]
  /** Told the names of registries that are not what they were. */
  onChange(call: (names: readonly string[]) => void): void
}

/** The registry of the goods that ship with the program; first in order, always there. */
const builtinEntry = (goods: string): RegistryEntry => ({
  name: BUILTIN,
  type: 'official',
  protocol: 'folder',
  url: goods,
  enabled: true,
  priority: -1,
  options: {},
})

/** Where an entry stands in the file says nothing about the registry. */
const sameEntry = (a: RegistryEntry, b: RegistryEntry): boolean =>
  isDeepStrictEqual({ ...a, place: undefined }, { ...b, place: undefined })

/** Opens a registry for every entry of the settings. Nothing is contacted. */
export function openRegistryDesk(parts: DeskParts): RegistryDesk {
  const { system, loaded, goods, emit } = parts
  const optionsOf = (entry: RegistryEntry): RegistryOptions => registryOptions(parts, entry)
  const open = (entry: RegistryEntry): { entry: RegistryEntry; registry: Registry } => ({
    entry,
    registry: loaded.settings.publish.enabled
      ? openRegistry(entry, optionsOf(entry))
      : unpublishing(openRegistry(entry, optionsOf(entry))),
  })
  let desk = [builtinEntry(goods), ...loaded.settings.registries].map(open)
  const list = desk.map((one) => one.registry)
  const listeners: ((names: readonly string[]) => void)[] = []

  const reload = async (): Promise<void> => {
    const { environmentFor, loadSettings } = await import('../config/load-settings.ts')
    const { SETTING_RULES, valueAt } = await import('../config/defaults.ts')
    const { flags } = parts
    const fresh = await loadSettings(system, flags)
    take(loaded, fresh)
    const waiting = SETTING_RULES.filter(
      ({ path }) => !isDeepStrictEqual(valueAt(loaded.settings, path), valueAt(fresh.settings, path)),
    )
    loaded.waiting = waiting.map((one) => one.name)
    Object.assign(parts.environment, environmentFor(loaded, flags, system.env))
    const former = desk
    desk = [builtinEntry(goods), ...fresh.settings.registries].map((entry) => {
      const same = former.find((one) => sameEntry(one.entry, entry))
      return same ? { entry, registry: moved(same.registry, entry) } : open(entry)
    })
    list.splice(0, list.length, ...desk.map((one) => one.registry))
    const gone = former.filter((one) => !desk.some(({ entry }) => sameEntry(one.entry, entry)))
    const came = desk.filter((one) => !former.some(({ entry }) => sameEntry(one.entry, entry)))
    const names = [...new Set([...gone, ...came].map((one) => one.entry.name))]
    for (const call of listeners) call(names)
    // What still waits for an answer of theirs gets an error.
    await Promise.allSettled(gone.map((one) => one.registry.close()))
  }

  return {
    list,
    reload,
    onChange: (call) => void listeners.push(call),
    suggested: async () => (await import('./registry-edits.ts')).suggested(loaded),
    edit: async (edit, options) =>
      (await import('./registry-edits.ts')).editSettings({ system, loaded, reload, emit }, edit, options),
    async probe(address, options = {}) {
      const { probeAddress } = await import('./registry-edits.ts')
      return probeAddress({ system, loaded, optionsOf }, address, options)
    },
  }
}

/** The same, taking no publications. */
const unpublishing = (registry: Registry): Registry => ({
  ...registry,
  publish: async () => Promise.reject(registryReadOnly(registry.entry.name, 'publish.enabled is false')),
})

const moved = (registry: Registry, { place }: RegistryEntry): Registry =>
  Object.assign(registry, { entry: { ...registry.entry, ...(place ? { place } : {}) } })

/** What the settings say of registries now. Limits and thresholds stay: rooms are built on them. */
function take(loaded: LoadedSettings, fresh: LoadedSettings): void {
  loaded.settings.registries = fresh.settings.registries
  loaded.settings.plugins = fresh.settings.plugins
  loaded.problems = fresh.problems
  if (fresh.settings.defaultRegistry === undefined) delete loaded.settings.defaultRegistry
  else loaded.settings.defaultRegistry = fresh.settings.defaultRegistry
  const { file, stamp, unreadable } = fresh
  delete loaded.file
  delete loaded.stamp
  delete loaded.unreadable
  Object.assign(loaded, file && { file }, stamp === undefined ? {} : { stamp }, unreadable && { unreadable })
}

function registryOptions(parts: DeskParts, entry: RegistryEntry): RegistryOptions {
  const { system, loaded, cache, writes, health, breakers, foreign, emit, paths } = parts
  // All processes keep here how often registries were asked.
  const paceFile = join(paths.state, 'pace.sqlite')
  const secret = (text: string): string =>
    secretOf(text, system.env, { ...entry.place, field: `registries.${entry.name}.credentials` })
  const credentials = openCredentials({ system, entry, secret })
  const http = openHttp({ system, settings: loaded.settings.http, entry, emit, credentials, paceFile })
  const shared = { system, http, cache, writes, health, breaker: breakers.of(entry), emit, credentials }
  const isOurs = entry.protocol === '' || builtinProtocols.some((one) => one.id === entry.protocol)
  const protocols = isOurs ? builtinProtocols : [...builtinProtocols, foreign(entry.protocol)]
  return { ...shared, protocols, workFolder: join(paths.cache, 'work', entry.name) }
}
