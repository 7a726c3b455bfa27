import type { Emit } from '../model/events.ts'
import { reasonOf } from '../model/errors.ts'
import { keepSecret } from '../model/secrets.ts'
import { isAddress, shownStore, storesOf } from '../model/store-address.ts'
import type { System } from '../system/system.ts'
import { StoreGone, type CachePolicy, type EntryStore } from './entry-store.ts'

export interface CacheOptions {
  system: System
  settings: CachePolicy
  /** The database file. */
  path: string
  emit: Emit
  /** Resolves `${VAR}` in addresses when they are first used; the text itself when left out. */
  secret?: (text: string) => string
}

/** A store, and what it is called: `disk`, `memory`, or addresses without credentials. */
export interface OpenedStore {
  store: EntryStore
  kind: string
}

/**
 * Opens the stores the settings name. A broken database file is moved aside and a fresh one begun; what cannot be
 * used, a disk or a server, ends in a store in memory. Both are said in a warning: a cache is never a reason to stop.
 */
export async function openStore(options: CacheOptions): Promise<OpenedStore> {
  const { settings, path } = options
  const [first = 'disk', ...others] = storesOf(settings.store)
  if (first === 'memory') return memoryStore(options)
  if (others.length > 0) return openMirrors(options, [first, ...others])
  try {
    return { store: await openOne(options, first), kind: shownStore(first) }
  } catch (error) {
    return fallBack(options, first === 'disk' ? path : shownStore(first), error)
  }
}

/** A store in memory in the place of one that cannot be used. */
export function fallBack(options: CacheOptions, place: string, error: unknown): Promise<OpenedStore> {
  warn(options, place, error, 'this run keeps it in memory')
  return memoryStore(options)
}

function warn({ emit }: CacheOptions, place: string, error: unknown, instead: string): void {
  emit('warning', { text: `The cache at ${place} cannot be used (${reasonOf(error).replace(/\.$/, '')}); ${instead}.` })
}

async function memoryStore({ settings }: CacheOptions): Promise<OpenedStore> {
  const { MemoryStore } = await import('./memory-store.ts')
  return { store: new MemoryStore(settings), kind: 'memory' }
}

const openOne = (options: CacheOptions, name: string): Promise<EntryStore> =>
  isAddress(name) ? openRedis(options, name) : openDisk(options)

async function openDisk({ system, path, settings, emit }: CacheOptions): Promise<EntryStore> {
  const [{ DiskStore }, { isCorrupt, moveAside, patiently }] = await Promise.all([
    import('./disk-store.ts'),
    import('./disk-schema.ts'),
  ])
  try {
    return await patiently(system.clock, () => new DiskStore(system, path, settings))
  } catch (error) {
    if (!isCorrupt(error)) throw error
    const aside = moveAside(path)
    emit('warning', { text: `The cache was damaged and is begun anew; the damaged file is now ${aside}.` })
    return new DiskStore(system, path, settings)
  }
}

async function openRedis(
  { system, settings, secret = (text) => text }: CacheOptions,
  name: string,
): Promise<EntryStore> {
  const { RedisStore } = await import('./redis-store.ts')
  // A password in a variable may hold letters that mean something in an address.
  const address = name.replaceAll(/\$\{\w+\}/g, (variable) => encodeURIComponent(secret(variable)))
  if (!URL.canParse(address)) throw new Error('its address cannot be read')
  const { password } = new URL(address)
  keepSecret(password)
  keepSecret(decodeURIComponent(password))
  return RedisStore.open(system, address, settings)
}

/** All that can be opened, side by side. One that cannot be is left out; memory when none can. */
async function openMirrors(options: CacheOptions, names: readonly string[]): Promise<OpenedStore> {
  const { MirrorStore } = await import('./mirror-store.ts')
  const outcomes = await Promise.allSettled(names.map(async (name) => openOne(options, name)))
  const place = (name: string): string => (name === 'disk' ? options.path : shownStore(name))
  const faults = outcomes.flatMap((one, at) =>
    one.status === 'rejected' ? [{ place: place(names[at] ?? ''), error: one.reason as unknown }] : [],
  )
  const mirrors = outcomes.flatMap((one, at) =>
    one.status === 'fulfilled' ? [{ name: place(names[at] ?? ''), store: one.value }] : [],
  )
  const last = faults.at(-1)
  if (mirrors.length === 0 && last) return fallBack(options, faults.map((one) => one.place).join(' and '), last.error)
  for (const fault of faults) warn(options, fault.place, fault.error, 'the other mirrors are used')
  const kind = names.map(shownStore).filter((_, at) => outcomes[at]?.status === 'fulfilled')
  const lose = (gone: StoreGone): void => warn(options, gone.store, gone, 'the other mirrors are used')
  const { now } = options.system.clock
  const store = new MirrorStore(mirrors, { away: faults.map((one) => one.place), now, lose })
  await store.catchUp()
  return { store, kind: kind.join(' ') }
}

/**
 * After an operation failed because the file is broken: opens it again and looks at all of it. When it is whole
 * (another process has begun it anew) it is used, else it is moved aside.
 */
export async function reopenStore(options: CacheOptions, broken: EntryStore): Promise<OpenedStore> {
  try {
    await broken.close()
  } catch {
    // What it had not written yet is lost with it.
  }
  const { isWhole, moveAside } = await import('./disk-schema.ts')
  if (!isWhole(options.path)) {
    try {
      const aside = moveAside(options.path)
      options.emit('warning', { text: `The cache was damaged and is begun anew; the damaged file is now ${aside}.` })
    } catch {
      // Another process was faster.
    }
  }
  return openStore(options)
}
