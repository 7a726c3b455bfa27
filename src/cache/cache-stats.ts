import type { CacheStats } from './cache.ts'
import type { StoreFacts } from './entry-store.ts'

interface Asked {
  hits: number
  misses: number
  staleServed: number
}

/** The figures of the store, summed up for all, per class and per registry. */
export function statsOf(facts: StoreFacts, more: { maxBytes: number; store: string; path?: string }): CacheStats {
  const all = nothing()
  const byClass = new Map(
    Object.entries(facts.entriesByClass).map(([name, entries]) => [name, { ...nothing(), entries }]),
  )
  // Maps first: a registry's name is text from outside and must not reach an object as a key to assign.
  const byRegistry = new Map<string, Asked>()
  for (const { class: name, registry, figures } of facts.figures) {
    const ofClass = byClass.get(name) ?? { ...nothing(), entries: 0 }
    const ofRegistry = byRegistry.get(registry) ?? nothing()
    byClass.set(name, ofClass)
    byRegistry.set(registry, ofRegistry)
    for (const sum of [all, ofClass, ofRegistry]) {
      sum.hits += figures.hits
      sum.misses += figures.misses
      sum.staleServed += figures.stale
    }
  }
  const asked = all.hits + all.misses
  const { entries, rawBytes, storedBytes, evicted, dropped } = facts
  return {
    ...all,
    rate: asked === 0 ? 0 : all.hits / asked,
    entries,
    rawBytes,
    storedBytes,
    evicted,
    dropped,
    byClass: Object.fromEntries(byClass),
    byRegistry: Object.fromEntries(byRegistry),
    ...more,
  }
}

const nothing = (): Asked => ({ hits: 0, misses: 0, staleServed: 0 })
