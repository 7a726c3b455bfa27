import { join } from 'node:path'
import type { Settings } from '../config/settings.ts'
import type { Emit } from '../model/events.ts'
import type { Plugins } from '../plugins/open-plugins.ts'
import { builtinProtocols } from '../registries/builtin.ts'
import type { Paths } from '../system/paths.ts'
import type { System } from '../system/system.ts'

interface LateParts {
  system: System
  settings: Settings
  paths: Paths
  emit: Emit
}

/** The room of plugins, loaded when a registry is asked through one, or when somebody asks about them. */
export function latePlugins({ system, settings, paths, emit }: LateParts): Plugins {
  let room: Promise<Plugins> | undefined
  const open = async (): Promise<Plugins> => {
    const { openPlugins } = await import('../plugins/open-plugins.ts')
    const { pluginStartMs: startMs, pluginBytes: memoryBytes } = settings.process
    return openPlugins({
      system,
      places: { folder: join(paths.data, 'plugins'), named: () => settings.plugins },
      state: paths.state,
      builtin: builtinProtocols.map((one) => one.id),
      limits: { startMs, memoryBytes, timeoutMs: settings.http.timeoutMs },
      emit,
    })
  }
  const opened = (): Promise<Plugins> => (room ??= open())
  return {
    list: async () => (await opened()).list(),
    trust: async (name, digest) => (await opened()).trust(name, digest),
    untrust: async (name) => (await opened()).untrust(name),
    protocols: async () => (await opened()).protocols(),
    protocol: (id) => ({
      id,
      title: 'From a plugin',
      searches: true,
      recognises: () => false,
      connect: async (entry, tools) => (await opened()).protocol(id).connect(entry, tools),
    }),
  }
}
