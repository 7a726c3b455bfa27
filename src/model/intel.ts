import type { Listing } from './listing.ts'
import type { Source } from './catalog.ts'

/** What one registry says of an item. Unknown is left out. */
export interface IntelOffer extends Partial<
  Pick<Listing, 'version' | 'updatedAt' | 'downloads' | 'rating' | 'ratingCount' | 'license' | 'verified'>
> {
  id: string
  registry: string
  registryType: string
  /** Versions it lists. */
  versions: number
}

/** Another item that does something alike, and what both have in common. */
export interface IntelPeer extends Partial<Pick<Listing, 'version' | 'downloads' | 'rating' | 'ratingCount'>> {
  id: string
  shared: string[]
}

/** What the registries say of an item and of the market around it; nothing in it is estimated. */
export interface Intel {
  id: string
  name: string
  kind: string
  /** Leading one first. */
  offers: IntelOffer[]
  /** Sums over the registries that tell; each left out when none does. */
  demand: {
    downloads?: { total: number; registries: number }
    /** Place by downloads among the goods of its kind that tell theirs. */
    place?: { place: number; of: number }
    rating?: { mean: number; count: number; registries: number }
  }
  /** Goods of the same kind, and of these in the same category, in all registries that answered. */
  field: { goods: number; registries: number; categories: { name: string; goods: number }[] }
  similar: IntelPeer[]
  /** When the registries were asked, ISO, and how each fared. */
  askedAt: string
  sources: Source[]
}

/** An account with how old it is. */
export interface ToldIntel extends Intel {
  /** True when it was kept from an earlier call and nobody was asked. */
  cached: boolean
  state: 'fresh' | 'cached' | 'stale'
  ageMs: number
}
