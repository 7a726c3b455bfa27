import type { Listing } from './listing.ts'

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** By name without regard to case, then by id and kind: the order of every list that asks for no other. */
export const byName = (a: Listing, b: Listing): number =>
  compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(a.id, b.id) || compare(a.kind, b.kind)
