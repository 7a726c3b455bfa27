import { join } from 'node:path'
import { pluginInvalid, pluginRuntime, pluginUnknown, pluginUntrusted } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { PluginStatus } from '../model/plugin.ts'
import { problemOf } from '../model/problem.ts'
import { harmless } from '../model/text.ts'
import { unknownProtocol } from '../registries/builtin.ts'
import type { Protocol } from '../registries/registry.ts'
import type { System } from '../system/system.ts'
import { connectPlugin, type PluginLimits } from './connect-plugin.ts'
import type { PluginManifest } from './contract.ts'
import { findPlugins, stateOf, statusOf, type PluginPlaces } from './find-plugins.ts'
import { GuestProcess } from './guest-process.ts'
import type { FoundPlugin } from './read-plugin.ts'
import { openTrustBook, type TrustBook } from './trust-book.ts'

export interface PluginOptions {
  system: System
  places: Omit<PluginPlaces, 'taken'>
  /** Folder where it is written down who is trusted. */
  state: string
  /** Ids of the program's own protocols, which no plugin may take. */
  builtin: readonly string[]
  limits: PluginLimits
  emit: Emit
}

/** The plugins of this user. Their folders are looked at anew each time; their code runs only for their registries. */
export interface Plugins {
  list(): Promise<PluginStatus[]>
  /**
   * Loads its code once, shut in, and writes down that these very files may be used: those with the digest, where it was
   * looked at before. Throws `plugin.*`.
   */
  trust(name: string, digest?: string): Promise<PluginStatus>
  untrust(name: string): Promise<PluginStatus>
  /**
   * A protocol that is none of the program's. Whether a plugin has it is found out when a registry is connected to, which
   * throws `config.invalid` or `plugin.*`.
   */
  protocol(id: string): Protocol
  /** Protocols that plugins add, trusted or not. */
  protocols(): Promise<Protocol[]>
}

type Fit = FoundPlugin & { manifest: PluginManifest }

/** A plugin without problems; throws `plugin.invalid` with all of them. */
function fit(plugin: FoundPlugin, registry?: string): Fit {
  const { manifest, problems } = plugin
  if (!manifest || problems.length > 0) throw pluginInvalid(plugin.name, problems, registry)
  return { ...plugin, manifest }
}

/** Runs nothing where the runtime cannot shut it in. */
function mustShutIn(system: System, plugin: string, registry?: string): void {
  if (!system.run.shutsIn()) throw pluginRuntime(plugin, registry)
}

/** Opens the room. Nothing is read before something is asked. */
export function openPlugins(options: PluginOptions): Plugins {
  const { system, places, state, builtin, limits } = options
  const book = openTrustBook(system, join(state, 'plugins.json'))
  const find = (): Promise<FoundPlugin[]> => findPlugins({ ...places, taken: builtin })
  const named = async (name: string): Promise<FoundPlugin> => {
    const all = await find()
    const found = all.find((one) => one.name === name)
    if (found) return found
    throw pluginUnknown(
      harmless(name, 100),
      all.slice(0, 5).map((one) => one.name),
    )
  }
  const changed = changeWith(options, book)
  const protocol = (id: string): Protocol => ({
    id,
    title: id,
    searches: true,
    recognises: () => false,
    async connect(entry, tools) {
      const all = await find()
      const owners = all.filter((one) => one.claims.includes(id))
      // One that can be used comes before one that only claims it.
      const found = owners.find((one) => one.problems.length === 0) ?? owners[0]
      if (!found) throw unknownProtocol(entry, [...builtin, ...all.flatMap((one) => one.claims)])
      const plugin = fit(found, entry.name)
      const is = stateOf(plugin, book)
      if (is !== 'trusted') throw pluginUntrusted(plugin.name, is === 'changed', entry.name)
      mustShutIn(system, plugin.name, entry.name)
      return connectPlugin({ plugin, protocol: id, entry, tools, limits })
    },
  })
  return {
    list: async () => (await find()).map((one) => statusOf(one, book)),
    protocol,
    protocols: async () => (await find()).flatMap(({ claims }) => claims.map(protocol)),
    trust: (name, seen) =>
      changed('trust', name, async () => {
        const plugin = fit(await named(name))
        if (seen !== undefined && seen !== plugin.digest)
          throw pluginInvalid(plugin.name, ['its files changed while they were looked at'])
        await tryOut(plugin, options)
        const { digest = '', manifest } = plugin
        book.put(plugin.name, { digest, version: manifest.version, at: new Date(system.clock.now()).toISOString() })
        return plugin
      }),
    untrust: (name) =>
      changed('untrust', name, async () => {
        const plugin = await named(name)
        book.put(plugin.name, undefined)
        return plugin
      }),
  }
}

/** A change of what is trusted, with word of how it ended. */
const changeWith =
  ({ emit }: PluginOptions, book: TrustBook) =>
  async (change: 'trust' | 'untrust', name: string, work: () => Promise<FoundPlugin>): Promise<PluginStatus> => {
    try {
      const status = statusOf(await work(), book)
      const { version } = status
      emit('plugin.changed', { change, name: status.name, ...(version === undefined ? {} : { version }) })
      return status
    } catch (error) {
      emit('plugin.changed', { change, name, problem: problemOf(error) })
      throw error
    }
  }

/** Loads the code of a plugin, shut in and without a registry, to see whether it is what its manifest says. */
async function tryOut(plugin: Fit, { system, limits }: PluginOptions): Promise<void> {
  mustShutIn(system, plugin.name)
  const fetch = (): Promise<never> => Promise.reject(new Error('nothing is asked yet'))
  const guest = new GuestProcess({ system, plugin, registry: 'none', limits, fetch })
  try {
    await guest.ready
  } finally {
    await guest.close()
  }
}
