import { existsSync } from 'node:fs'
import type { LoadedSettings } from '../config/settings.ts'
import type { Install } from '../install/install.ts'
import type { InstallParts } from '../install/work.ts'
import type { Emit } from '../model/events.ts'
import type { Installation } from '../model/plan.ts'
import type { Registry } from '../registries/registry.ts'
import type { Paths } from '../system/paths.ts'
import type { System } from '../system/system.ts'

/** How long a change of the store waits for another one, ms. */
const PATIENCE_MS = 30_000

export interface StoreParts {
  system: System
  registries: readonly Registry[]
  settings: LoadedSettings['settings']
  emit: Emit
  paths: Paths
  take: InstallParts['take']
}

/** What is installed here, and the room that changes it, which is loaded when something is to change. */
export interface Store {
  install(): Promise<Install>
  installed(): Promise<Installation[]>
  /** The folder of an installed item, by id or name. */
  find(id: string): Promise<string | undefined>
  /** Installed versions by `registry/name`, as last read. */
  readonly versions: ReadonlyMap<string, string | undefined>
  /** The settings changed: the room is built anew when it is next needed. */
  reopen(): void
}

export function openStore({ system, registries, settings, emit, paths, take }: StoreParts): Store {
  const versions = new Map<string, string | undefined>()
  let room: Promise<Install> | undefined
  const installed = async (): Promise<Installation[]> => {
    const isUsed = existsSync(paths.store)
    const all = isUsed ? await (await import('../install/installed.ts')).readInstalled(paths.store) : []
    versions.clear()
    for (const one of all) versions.set(one.id, one.version)
    return all
  }
  const find = async (id: string): Promise<string | undefined> =>
    (await installed()).find((one) => one.id === id || one.name === id)?.path
  const open = async (): Promise<Install> => {
    const { openInstall } = await import('../install/install.ts')
    return openInstall({
      system,
      settings,
      emit,
      paths,
      take,
      registries: () => registries.filter((registry) => registry.entry.enabled),
      patienceMs: PATIENCE_MS,
      afterChange: async () => void (await installed()),
      ...(settings.defaultRegistry === undefined ? {} : { defaultRegistry: settings.defaultRegistry }),
    })
  }
  return { install: () => (room ??= open()), installed, find, versions, reopen: () => void (room = undefined) }
}
