import type { Listing, RegistryType } from './listing.ts'

/** What a type of registry means for its goods, in a word (inventory S3.11 to S3.14). */
const MARKS: Readonly<Record<RegistryType, string>> = {
  official: 'curated',
  community: 'community',
  institutional: 'institutional',
  private: 'private',
}

/** The mark of goods from a registry of a type: `curated`, `community`, `institutional`, `private`. */
export const markOf = (type: RegistryType): string => MARKS[type]

/** Nobody vouches for it: goods of a community registry that the registry does not call verified. */
export const isUnverified = ({ registryType, verified }: Pick<Listing, 'registryType' | 'verified'>): boolean =>
  registryType === 'community' && verified !== true

/** Whose word an item is, and that nobody vouches for it: `curated`, `community, unverified`. */
export const trustWord = (listing: Pick<Listing, 'registryType' | 'verified'>): string =>
  `${markOf(listing.registryType)}${isUnverified(listing) ? ', unverified' : ''}`

/** The badge of a listing: `verified` is its registry's word, `unverified` ours; nothing where neither is so. */
export function badgeOf(listing: Pick<Listing, 'registryType' | 'verified'>): 'verified' | 'unverified' | undefined {
  if (listing.verified === true) return 'verified'
  return isUnverified(listing) ? 'unverified' : undefined
}

/** A type with its mark, where that is another word: `official, curated`. */
export const markedType = (type: RegistryType): string => (type === MARKS[type] ? type : `${type}, ${MARKS[type]}`)
