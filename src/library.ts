import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { environmentFor, loadSettings } from './config/load-settings.ts'
import type { Marketplace } from './marketplace.ts'
import { makeQuery } from './model/query.ts'
import { openMarketplace as open } from './engine/open-marketplace.ts'
import { refuseNowhere } from './refuse-nowhere.ts'
import { nodeSystem } from './system/node-system.ts'

export interface OpenOptions {
  /** Settings file; the one of this user when left out. */
  config?: string
  /** Settings over those of the file, such as `{'cache.store': 'memory'}`. */
  settings?: Record<string, string>
}

/** A path beside the built module. */
const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/**
 * Opens the market of this user, as the command line does: the same settings, cache, store and audit trail. Nothing is
 * contacted before something is asked. Close it at the end. What is wrong in the settings is in `loaded.problems`.
 */
export async function openMarketplace(options: OpenOptions = {}): Promise<Marketplace> {
  // Jobs run in processes of the program itself, never of the one that uses this.
  const system = nodeSystem({ program: beside('main.js') })
  const flags = {
    overrides: options.settings ?? {},
    ...(options.config === undefined ? {} : { config: options.config }),
  }
  const { name, version } = JSON.parse(readFileSync(beside('../package.json'), 'utf8')) as Marketplace['program']
  refuseNowhere(system.env)
  const loaded = await loadSettings(system, flags)
  return open({
    system,
    loaded,
    flags,
    program: { name, version },
    goods: beside('../templates'),
    environment: environmentFor(loaded, flags, system.env),
    cause: 'library',
  })
}

export { makeQuery }
export { MarketError } from './model/errors.ts'
export type { Marketplace } from './marketplace.ts'
