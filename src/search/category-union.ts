import type { Listing } from '../model/listing.ts'

/** A category as one registry names it. */
export interface Named {
  name: string
  count?: number
}

/**
 * The categories of all registries by name, with the registries that name each in the order given. A registry that
 * names one without a count is counted by its known items; a sum with an unknown part is unknown.
 */
export function unionOf(
  sets: readonly [string, readonly Named[]][],
  known: readonly Listing[],
): { name: string; count?: number; registries: string[] }[] {
  const counted = new Map<string, number>()
  for (const { registry, categories } of known)
    for (const name of categories) counted.set(`${registry}/${name}`, (counted.get(`${registry}/${name}`) ?? 0) + 1)
  const union = new Map<string, { name: string; counts: (number | undefined)[]; registries: string[] }>()
  for (const [registry, set] of sets)
    for (const { name, count } of set) {
      const one = union.get(name) ?? { name, counts: [], registries: [] }
      one.counts.push(count ?? counted.get(`${registry}/${name}`))
      one.registries.push(registry)
      union.set(name, one)
    }
  return [...union.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, counts, registries }) => {
      const isKnown = counts.every((count) => count !== undefined)
      return { name, ...(isKnown ? { count: counts.reduce((sum, count) => sum + count, 0) } : {}), registries }
    })
}
