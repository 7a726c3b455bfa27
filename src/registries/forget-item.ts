import type { Cache } from '../cache/cache.ts'
import type { Emit } from '../model/events.ts'
import type { Memory } from './policy.ts'

/** Whether a kept answer speaks of an item: its own entry, or a search that holds it. */
function speaksOf(value: unknown, name: string): boolean {
  const { found, listings } = (value ?? {}) as { found?: { name?: unknown }; listings?: unknown }
  if (found) return found.name === name
  return Array.isArray(listings) && listings.some((one: { name?: unknown } | null) => one?.name === name)
}

/** Where answers of one registry are kept. */
export interface KeptAnswers {
  cache: Cache
  memory: Memory
  registry: string
  emit: Emit
}

/**
 * Drops what is kept of one item: its own entries but the one under `except`, and the searches that hold it. All other
 * entries stay. Answers how many went.
 */
export async function forgetItem(kept: KeptAnswers, name: string, except: string | undefined): Promise<number> {
  const { cache, memory, registry, emit } = kept
  const spared = `metadata:${except ?? ''}`
  for (const [key, { value }] of memory)
    if (/^(?:metadata|search|validation\.registry):/.test(key) && key !== spared && speaksOf(value, name))
      memory.delete(key)
  let entries = 0
  for (const ttl of ['metadata', 'search', 'validation.registry'])
    entries += await cache.clearWhere(
      `${ttl}:${registry}:*`,
      (value, key) => key !== `metadata:${registry}:${except ?? ''}` && speaksOf(value, name),
    )
  if (entries > 0) emit('cache.invalidated', { registry, item: name, entries })
  return entries
}
