import type { Listing } from '../model/listing.ts'
import type { Registry } from '../registries/registry.ts'
import type { SourceAnswer } from './federate.ts'

/** What the registries said in this process. Arrays keep their identity while nothing changed: indexes hang on it. */
export interface Memory {
  all(): SourceAnswer[]
  /** A new set in which registries not heard yet show what is known of them. */
  pending(set: readonly SourceAnswer[]): SourceAnswer[]
  /** Takes in what settled; answers the set to show. */
  learn(set: readonly SourceAnswer[]): SourceAnswer[]
}

/** Most items kept of a registry that only answers questions; one that lists everything is kept whole. */
const MOST_KEPT = 5000
const ANSWERED = new Set(['fresh', 'cached', 'stale', 'slow'])

export function openMemory(registries: readonly Registry[]): Memory {
  const listsAll = new Set(registries.filter((one) => one.listsEverything).map((one) => one.entry.name))
  const known = new Map<string, SourceAnswer>()
  let all: SourceAnswer[] | undefined

  const remember = (answer: SourceAnswer): SourceAnswer => {
    const { registry, state } = answer.source
    const before = known.get(registry)
    if (!ANSWERED.has(state) || (state === 'slow' && answer.ageMs === undefined)) return answer
    const isSame = before !== undefined && sameListings(before.listings, answer.listings)
    const taken = isSame ? { ...answer, listings: before.listings } : answer
    if (isSame && before.source.state === state) return taken
    known.set(registry, listsAll.has(registry) ? taken : { ...taken, listings: joined(before, taken) })
    all = undefined
    return taken
  }

  return {
    all() {
      all ??= registries.flatMap((one) => known.get(one.entry.name) ?? [])
      return all
    },
    pending: (set) =>
      set.map((one) => {
        const before = known.get(one.source.registry)
        if (!before || one.source.state !== 'pending') return one
        return { ...before, source: { ...one.source, items: before.listings.length } }
      }),
    learn(set) {
      return this.pending(set.map((one) => (one.source.state === 'pending' ? one : remember(one))))
    },
  }
}

/** What earlier questions brought with the newer answer before it; the same array when the answer holds nothing new. */
function joined(before: SourceAnswer | undefined, now: SourceAnswer): readonly Listing[] {
  if (!before) return now.listings
  const newer = new Map(now.listings.map((one) => [one.id, one]))
  let same = 0
  const older = before.listings.filter((one) => {
    const again = newer.get(one.id)
    if (again && sameListing(one, again)) same++
    return !again
  })
  if (same === now.listings.length) return before.listings
  return older.length === 0 ? now.listings : [...now.listings, ...older].slice(0, MOST_KEPT)
}

/** Whether two answers say the same as far as a search can tell; a new array each time would cost a new index. */
function sameListings(a: readonly Listing[], b: readonly Listing[]): boolean {
  return a === b || (a.length === b.length && a.every((one, at) => sameListing(one, b[at] as Listing)))
}

const PLAIN = ['id', 'kind', 'title', 'version', 'description', 'readme', 'author', 'license'] as const
const FIGURES = ['updatedAt', 'downloads', 'rating', 'ratingCount', 'score', 'verified'] as const
const LISTS = ['tags', 'categories', 'services', 'languages', 'badges'] as const

const sameListing = (a: Listing, b: Listing): boolean =>
  a === b ||
  (PLAIN.every((member) => a[member] === b[member]) &&
    FIGURES.every((member) => a[member] === b[member]) &&
    LISTS.every((member) => a[member].join('\n') === b[member].join('\n')) &&
    a.releases.length === b.releases.length)
