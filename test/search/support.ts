import type { Listing } from '../../src/model/listing.ts'
import { makeListing } from '../../src/registries/shapes/shape.ts'
import type { Answer, AskOptions, Batch, Registry } from '../../src/registries/registry.ts'

/** A listing with the given members, for searching. */
export function item(registry: string, name: string, part: Partial<Listing> = {}): Listing {
  const context = { registry, registryType: 'community', address: '' } as const
  return { ...makeListing(context, { kind: 'template', name, description: '' }), ...part }
}

export const fresh = (listings: Listing[]): Answer<Batch> => ({
  value: { listings, skipped: [] },
  state: 'fresh',
  ageMs: 0,
})

/** A registry that answers a search as told. */
export function registry(
  name: string,
  search: (options: AskOptions) => Promise<Answer<Batch>>,
  part: { enabled?: boolean; timeoutMs?: number; priority?: number } = {},
): Registry {
  const never = (): Promise<never> => Promise.reject(new Error('not asked here'))
  return {
    entry: {
      name,
      type: 'community',
      protocol: 'folder',
      url: `file:///${name}`,
      enabled: part.enabled ?? true,
      priority: part.priority ?? 0,
      options: {},
      ...(part.timeoutMs === undefined ? {} : { timeoutMs: part.timeoutMs }),
    },
    listsEverything: true,
    search: (_query, options) => search(options),
    item: never,
    releases: never,
    categories: never,
    fetch: never,
    renew: never,
    forget: never,
    close: async () => {},
  }
}
