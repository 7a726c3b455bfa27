import type { NothingFound } from '../model/catalog.ts'
import type { Query } from '../model/query.ts'
import type { Condition, Sieve } from './filter.ts'
import type { MergedSet } from './merge.ts'
import { nearestNames } from './words.ts'

const NEAREST = 5

/**
 * What to say to an empty answer: which conditions keep rows out, largest first, and which names are near the text. The
 * names are compared when they are first looked at: while registries are awaited nobody does.
 */
export function nothingFound(
  whole: () => MergedSet,
  query: Query,
  conditions: readonly Condition[],
  left: Sieve,
): NothingFound {
  const excluded = conditions
    .map((condition, at) => ({ filter: condition.label, rows: left.excluded[at] ?? 0 }))
    .filter((one) => one.rows > 0)
    .toSorted((a, b) => b.rows - a.rows || (a.filter < b.filter ? -1 : 1))
  let nearest: string[] | undefined
  const names = (): string[] => whole().leads.map((lead) => lead.name)
  return {
    excluded,
    get nearest() {
      return (nearest ??= query.text ? nearestNames(query.text, names(), NEAREST) : [])
    },
  }
}
