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
  /** The list of registries changed: what those named said counts no more. */
  forget(registries: readonly string[]): void
}

/** Most items kept of a registry that only answers questions; one that lists everything is kept whole. */
const MOST_KEPT = 5000
/** Most arrays what is kept is spread over: each search of a registry brings a further one. */
const MOST_PARTS = 6
const ANSWERED = new Set(['fresh', 'cached', 'stale', 'slow'])

type Parts = readonly (readonly Listing[])[]
interface Known extends SourceAnswer {
  parts: Parts
  /** The newest form of each item; made when a second answer is to be joined to the first. */
  byId?: Map<string, Listing>
}

export function openMemory(registries: readonly Registry[]): Memory {
  const listsAll = (name: string): boolean => registries.some((one) => one.entry.name === name && one.listsEverything)
  const known = new Map<string, Known>()
  let all: SourceAnswer[] | undefined

  const remember = (answer: SourceAnswer): SourceAnswer => {
    const { registry, state } = answer.source
    const before = known.get(registry)
    if (!ANSWERED.has(state) || (state === 'slow' && answer.ageMs === undefined)) return answer
    const same = before?.parts.find((part) => sameListings(part, answer.listings))
    const taken = same ? { ...answer, listings: same } : answer
    const grown = before && !listsAll(registry) ? joined(before, taken.listings) : startedWith(taken.listings)
    const { parts } = grown
    const isSame = parts.length === before?.parts.length && parts.every((part, at) => part === before.parts[at])
    if (isSame && before.source.state === state) return taken
    known.set(registry, { ...taken, ...grown, listings: parts.length === 1 ? (parts[0] ?? []) : parts.flat() })
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
    forget(names) {
      for (const name of names) known.delete(name)
      all = undefined
    },
  }
}

const startedWith = (listings: readonly Listing[]): Pick<Known, 'parts' | 'byId'> => ({
  parts: [listings],
})

/** What is new before what earlier questions brought, whose arrays stay the same unless one of their items changed. */
function joined(
  { parts, byId = new Map(parts.flat().map((one) => [one.id, one])) }: Known,
  now: readonly Listing[],
): Pick<Known, 'parts' | 'byId'> {
  const added = now.filter((one) => {
    const again = byId.get(one.id)
    return again === undefined || !sameListing(again, one)
  })
  if (added.length === 0) return { parts, byId }
  const changed = new Set(added.flatMap((one) => (byId.has(one.id) ? one.id : [])))
  for (const one of added) byId.set(one.id, one)
  const isKept = (one: Listing): boolean => !changed.has(one.id)
  const older = changed.size === 0 ? parts : parts.map((part) => (part.every(isKept) ? part : part.filter(isKept)))
  const all = [added.length === now.length ? now : added, ...older]
  if (byId.size > MOST_KEPT) return startedWith(all.flat().slice(0, Math.max(MOST_KEPT, now.length)))
  return { parts: withinMost(all), byId }
}

/**
 * As few arrays as allowed: the newest become one, as many as are no longer than those before them together. Long arrays
 * stay as they are, and an item is indexed again once in several searches.
 */
function withinMost(parts: Parts): Parts {
  if (parts.length <= MOST_PARTS) return parts
  let length = 0
  const older = parts.findIndex((part, at) => {
    if (at > 1 && part.length > length) return true
    length += part.length
    return false
  })
  const newest = older < 0 ? parts : parts.slice(0, older)
  return [newest.flat(), ...parts.slice(newest.length)]
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
