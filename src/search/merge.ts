import type { Listing } from '../model/listing.ts'
import { byName } from '../model/listing-order.ts'
import type { SourceAnswer } from './federate.ts'
import { keyOf, numbersOf, repeatedNumbers } from './item-keys.ts'
import { mergeRuns } from './runs.ts'

/** In place of a row for a listing that was not merged: it can have no part in the answer. */
export const LEFT_OUT = 0xffff_ffff

/** Merged listings. A row is a number: its place by name and then id, which is the tie-break of every sort. */
export interface MergedSet {
  /** The leading offer of each row. */
  leads: Listing[]
  /** The further offers of the few rows that have any. */
  others: Map<number, Listing[]>
  /** The arrays of listings in the order they were merged. */
  parts: Part[]
}

interface Part {
  listings: readonly Listing[]
  /** The row each listing went into, or `LEFT_OUT`. */
  rowOf: Uint32Array
  /** Every listing was left out: nothing in it need be looked at. */
  isLeftOut: boolean
}

const leftOut = new WeakMap<readonly Listing[], Part>()

/** An array nothing of which was wanted; of all that is known that is most, at every settle of a search. */
function leftOutPart(listings: readonly Listing[]): Part {
  let part = leftOut.get(listings)
  if (!part) {
    part = { listings, rowOf: new Uint32Array(listings.length).fill(LEFT_OUT), isLeftOut: true }
    leftOut.set(listings, part)
  }
  return part
}

/** All offers of a row, leading one first. */
export function offersOf(set: MergedSet, row: number): Listing[] {
  const lead = set.leads[row] as Listing
  return [lead, ...(set.others.get(row) ?? [])]
}

export interface MergeOptions {
  noMerge: boolean
  defaultRegistry?: string | undefined
  /** Registry names, first one leading. Others follow by name. */
  order: readonly string[]
}

/** Default registry first, then the given order, then by name: never by who answered first. */
function byLead(options: MergeOptions): (a: SourceAnswer, b: SourceAnswer) => number {
  const place = (name: string): number => {
    if (name === options.defaultRegistry) return -1
    const at = options.order.indexOf(name)
    return at < 0 ? options.order.length : at
  }
  return (a, b) =>
    place(a.source.registry) - place(b.source.registry) || (a.source.registry < b.source.registry ? -1 : 1)
}

const orders = new WeakMap<readonly Listing[], Uint32Array>()

/** The places of an array by name, found once: of several registries only the one that just answered is sorted anew. */
function orderOf(listings: readonly Listing[]): Uint32Array {
  let order = orders.get(listings)
  if (!order) {
    order = new Uint32Array(listings.length)
    for (let at = 0; at < order.length; at++) order[at] = at
    order = inNameOrder(listings, order)
    orders.set(listings, order)
  }
  return order
}

/** Places of an array by name. What comes out of the cache was put there in order, so that is looked at first. */
function inNameOrder(listings: readonly Listing[], places: Uint32Array): Uint32Array {
  const compare = (a: number, b: number): number => byName(listings[a] as Listing, listings[b] as Listing) || a - b
  let nth = 1
  while (nth < places.length && compare(places[nth - 1] ?? 0, places[nth] ?? 0) <= 0) nth++
  return nth >= places.length ? places : places.toSorted(compare)
}

/** Numbers the items as they are found; `found` says for each listing which number its item has. */
class Gathering {
  readonly leads: Listing[] = []
  readonly others = new Map<number, Listing[]>()
  readonly #byKey = new Map<string, number>()

  /** Same kind and name from several registries are one item; two items of one registry never are. */
  add(listing: Listing, isAlone: boolean): number {
    if (isAlone) return this.leads.push(listing) - 1
    const key = keyOf(listing)
    const same = this.#byKey.get(key)
    if (same !== undefined) {
      const others = this.others.get(same)
      if ((others?.at(-1) ?? this.leads[same])?.registry !== listing.registry) {
        if (others) others.push(listing)
        else this.others.set(same, [listing])
        return same
      }
    }
    const item = this.leads.push(listing) - 1
    if (same === undefined) this.#byKey.set(key, item)
    return item
  }
}

/** What is merged: arrays of listings, those that lead first. */
export interface Parts {
  arrays: readonly (readonly Listing[])[]
  /** Nothing can be the same item: there is one registry only, or merging is not wanted. */
  isAlone: boolean
}

/** What the answers hold, in the order in which it leads. */
export function partsOf(answers: readonly SourceAnswer[], options: MergeOptions): Parts {
  const filled = answers.filter((answer) => answer.listings.length > 0).toSorted(byLead(options))
  return {
    arrays: filled.flatMap((answer) => answer.parts ?? [answer.listings]),
    isAlone: options.noMerge || filled.length === 1,
  }
}

/**
 * Same kind and name from several registries become one row. `chosenOf` says which places of an array are wanted, in
 * their order; all when it says nothing.
 */
export function merge(
  { arrays, isAlone }: Parts,
  chosenOf: (listings: readonly Listing[]) => Uint32Array | undefined = () => undefined,
): MergedSet {
  const found = new Gathering()
  const { leads } = found
  const repeated = isAlone ? new Set<number>() : repeatedNumbers(arrays)
  const runs: Uint32Array[] = []
  const parts = arrays.map((listings) => {
    const chosen = chosenOf(listings)
    if (chosen?.length === 0) return leftOutPart(listings)
    const rowOf = new Uint32Array(listings.length)
    if (chosen) rowOf.fill(LEFT_OUT)
    const numbers = isAlone ? undefined : numbersOf(listings)
    const from = leads.length
    for (let nth = 0; nth < (chosen ?? listings).length; nth++) {
      const at = chosen ? (chosen[nth] ?? 0) : nth
      rowOf[at] = found.add(listings[at] as Listing, !numbers || !repeated.has(numbers[at] ?? 0))
    }
    runs.push(runOf({ listings, rowOf, chosen, from, to: leads.length }))
    return { listings, rowOf, isLeftOut: false }
  })
  const items = mergeRuns(runs, (a, b) => byName(leads[a] as Listing, leads[b] as Listing))
  const place = new Uint32Array(items.length)
  for (let row = 0; row < items.length; row++) place[items[row] ?? 0] = row
  for (const { rowOf, isLeftOut } of parts) {
    if (isLeftOut) continue
    for (let at = 0; at < rowOf.length; at++) if (rowOf[at] !== LEFT_OUT) rowOf[at] = place[rowOf[at] ?? 0] ?? 0
  }
  return {
    leads: inOrder(leads, items),
    others: new Map([...found.others].map(([item, others]) => [place[item] ?? 0, others])),
    parts,
  }
}

/** By a loop: an array made from numbers by a function asks an iterator for each of them. */
function inOrder(leads: readonly Listing[], items: Uint32Array): Listing[] {
  const ordered: Listing[] = []
  for (let row = 0; row < items.length; row++) ordered.push(leads[items[row] ?? 0] as Listing)
  return ordered
}

interface Gathered {
  listings: readonly Listing[]
  rowOf: Uint32Array
  chosen: Uint32Array | undefined
  /** The items this array was the first to bring. */
  from: number
  to: number
}

/** The new items of one array by name. */
function runOf({ listings, rowOf, chosen, from, to }: Gathered): Uint32Array {
  const run = new Uint32Array(to - from)
  let count = 0
  const isFew = chosen !== undefined && (chosen.length * 8 < listings.length || !orders.has(listings))
  const places = isFew ? inNameOrder(listings, chosen) : orderOf(listings)
  for (const at of places) {
    const item = rowOf[at] ?? LEFT_OUT
    if (item !== LEFT_OUT && item >= from) run[count++] = item
  }
  return run
}
