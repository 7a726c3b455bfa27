import type { Listing } from '../../model/listing.ts'
import { compareVersions, newest } from '../../model/versions.ts'

/** Several versions of one of our own goods, each in a folder of its own, are one listing with several releases. */
function joinVersions(former: Listing, next: Listing): Listing {
  const releases = [...former.releases, ...next.releases].toSorted((a, b) => compareVersions(a.version, b.version))
  const version = newest(releases.map((one) => one.version))
  const leading = next.version === version ? next : former
  return { ...leading, releases }
}

const isAnotherVersion = (former: Listing, next: Listing): boolean =>
  former.kind === next.kind &&
  former.title === next.title &&
  next.releases.every((one) => one.version !== '' && former.releases.every((known) => known.version !== one.version))

/**
 * Names made unique within a registry, the same on every run: the first to come keeps its name, the next is
 * `name-2`. With `join`, listings of one name that differ only in version become one.
 */
export function settleNames(listings: readonly Listing[], join: (listing: Listing) => boolean): Listing[] {
  const settled = new Map<string, Listing>()
  for (const listing of listings) {
    const former = settled.get(listing.name)
    if (!former) settled.set(listing.name, listing)
    else if (join(listing) && isAnotherVersion(former, listing))
      settled.set(listing.name, joinVersions(former, listing))
    else {
      let count = 2
      while (settled.has(`${listing.name}-${count}`)) count++
      const name = `${listing.name}-${count}`
      settled.set(name, { ...listing, name, id: `${listing.registry}/${name}` })
    }
  }
  return [...settled.values()]
}
