import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { registryConnection } from '../../model/errors.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'
import type { System } from '../../system/system.ts'

/** The path an address of this machine means: `file:` addresses, `~/`, or a path beside the settings file. */
export function localPath(entry: RegistryEntry, system: System): string {
  if (/^file:\/\//i.test(entry.url)) {
    try {
      return fileURLToPath(entry.url)
    } catch (error) {
      throw registryConnection(entry.name, `${entry.url} is no path of this machine`, error)
    }
  }
  const bare = entry.url.replace(/^(?:folder|file):/i, '')
  if (bare.startsWith('~/')) return resolve(system.env.home, bare.slice(2))
  return resolve(entry.place ? dirname(entry.place.file) : system.env.cwd, bare)
}
