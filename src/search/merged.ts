import type { Listing } from '../model/listing.ts'
import { merge, type MergedSet, type Parts } from './merge.ts'

interface Kept extends Parts {
  merged: MergedSet
}

/** How many sets that share their longest array are kept: what is known, and what a running search has of it. */
const MOST_KEPT = 3

/** Sets by the longest of their arrays; they go when it goes. */
const kept = new WeakMap<readonly Listing[], Kept[]>()

const longestOf = ({ arrays }: Parts): readonly Listing[] | undefined => {
  let longest = arrays[0]
  for (const one of arrays) if (one.length > (longest?.length ?? 0)) longest = one
  return longest
}

const isSame = (a: Parts, b: Parts): boolean =>
  a.isAlone === b.isAlone && a.arrays.length === b.arrays.length && a.arrays.every((one, at) => one === b.arrays[at])

/** The whole merged set of these arrays if it was made before. */
export function knownMerge(parts: Parts): MergedSet | undefined {
  const longest = longestOf(parts)
  return longest && kept.get(longest)?.find((one) => isSame(one, parts))?.merged
}

/** The whole merged set of these arrays, made once: a key press only filters and ranks. */
export function mergedOf(parts: Parts): MergedSet {
  const known = knownMerge(parts)
  if (known) return known
  const merged = merge(parts)
  const longest = longestOf(parts)
  if (longest) kept.set(longest, [{ ...parts, merged }, ...(kept.get(longest) ?? [])].slice(0, MOST_KEPT))
  return merged
}
