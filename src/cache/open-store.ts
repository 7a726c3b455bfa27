import type { Emit } from '../model/events.ts'
import { reasonOf } from '../model/errors.ts'
import type { System } from '../system/system.ts'
import type { CachePolicy, EntryStore } from './entry-store.ts'

export interface CacheOptions {
  system: System
  settings: CachePolicy
  /** The database file. */
  path: string
  emit: Emit
}

/**
 * Opens the store the settings name. A broken database file is moved aside and a fresh one begun; a disk that
 * cannot be used ends in a store in memory. Both are said in a warning: a cache is never a reason to stop.
 */
export async function openStore(options: CacheOptions): Promise<{ store: EntryStore; kind: 'disk' | 'memory' }> {
  const { system, settings, path, emit } = options
  const memory = async (): Promise<{ store: EntryStore; kind: 'memory' }> => {
    const { MemoryStore } = await import('./memory-store.ts')
    return { store: new MemoryStore(settings), kind: 'memory' }
  }
  if (settings.store === 'memory') return memory()
  try {
    const [{ DiskStore }, { isCorrupt, moveAside, patiently }] = await Promise.all([
      import('./disk-store.ts'),
      import('./disk-schema.ts'),
    ])
    try {
      return { store: await patiently(system.clock, () => new DiskStore(system, path, settings)), kind: 'disk' }
    } catch (error) {
      if (!isCorrupt(error)) throw error
      const aside = moveAside(path)
      emit('warning', { text: `The cache was damaged and is begun anew; the damaged file is now ${aside}.` })
      return { store: new DiskStore(system, path, settings), kind: 'disk' }
    }
  } catch (error) {
    emit('warning', { text: `The cache at ${path} cannot be used (${reasonOf(error)}); this run keeps it in memory.` })
    return memory()
  }
}

/**
 * After an operation failed because the file is broken: opens it again and looks at all of it. When it is whole
 * (another process has begun it anew) it is used, else it is moved aside.
 */
export async function reopenStore(
  options: CacheOptions,
  broken: EntryStore,
): Promise<{ store: EntryStore; kind: 'disk' | 'memory' }> {
  try {
    broken.close()
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
