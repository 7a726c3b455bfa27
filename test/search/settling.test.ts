import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Listing } from '../../src/model/listing.ts'
import { makeQuery, type Query, SORTS } from '../../src/model/query.ts'
import { catalogOf, type CatalogContext } from '../../src/search/catalog-of.ts'
import type { SourceAnswer } from '../../src/search/federate.ts'
import { openMemory } from '../../src/search/memory.ts'
import { fresh, item, registry } from './support.ts'

const NAMES = ['a', 'b', 'c']
const word = fc.constantFrom('cosmos', 'Cosmos_DB', 'kubernetes', 'aks', 'vm', 'virtual machine', 'web', 'réseau')
const good = fc.record({
  name: fc.tuple(word, fc.nat(2)).map(([text, nth]) => `${text}-${nth}`),
  kind: fc.constantFrom('template', 'module'),
  description: fc.array(word, { maxLength: 2 }).map((words) => words.join(' ')),
  tags: fc.array(fc.constantFrom('Data', 'data', 'ui'), { maxLength: 2 }),
  verified: fc.boolean(),
  rating: fc.nat(3),
})
/** What each registry said before and says now. */
const goods = fc.record({ before: fc.array(good, { maxLength: 6 }), now: fc.array(good, { maxLength: 6 }) })
const query = fc.record({
  text: fc.constantFrom('', 'cosmos', 'kubernets', 'k8s', 'vm', 'virtual machine', 'db', 'cosmos web', 'zzzz', '-'),
  filters: fc.constantFrom<Query['filters']>(
    {},
    { tag: ['data'] },
    { kind: ['module'], tag: ['Data', 'ui'] },
    { registry: ['b'] },
  ),
  allTags: fc.boolean(),
  noMerge: fc.boolean(),
  sort: fc.constantFrom(...SORTS),
  exclude: fc.constantFrom<Query['exclude']>(undefined, ['web']),
})

const context: CatalogContext = { installed: new Map([['b/cosmos-1', '1']]), order: NAMES, defaultRegistry: 'b' }
const answerOf = (name: string, listings: Listing[], isSettled: boolean): SourceAnswer => ({
  source: {
    registry: name,
    registryType: 'community',
    state: isSettled ? 'fresh' : 'pending',
    items: listings.length,
    ms: 0,
    skipped: [],
  },
  listings,
})
const listingsOf = (name: string, some: readonly Partial<Listing>[]): Listing[] =>
  some.map((one, nth) => item(name, one.name ?? '', { ...one, id: `${name}/${one.name}-${nth}` }))
/** The same answers in arrays nobody has seen, so that nothing is known of them. */
const unseen = (answers: readonly SourceAnswer[]): SourceAnswer[] =>
  answers.map((one) => ({
    ...one,
    listings: [...one.listings],
    ...(one.parts ? { parts: one.parts.map((part) => [...part]) } : {}),
  }))

test('each answer that arrives gives the catalog that all of them at once give, in any order', () => {
  const settling = fc.record({
    market: fc.tuple(goods, goods, goods),
    order: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
    query,
    isKnown: fc.boolean(),
  })
  fc.assert(
    fc.property(settling, ({ market, order, query: part, isKnown }) => {
      const asked = makeQuery({ ...part, limit: 0 })
      const registries = NAMES.map((name) => ({
        ...registry(name, async () => fresh([])),
        listsEverything: name === 'c',
      }))
      const memory = openMemory(registries)
      const pending = NAMES.map((name) => answerOf(name, [], false))
      memory.learn(NAMES.map((name, at) => answerOf(name, listingsOf(name, market[at]?.before ?? []), true)))
      // A whole set that is known already is used instead of a narrow one.
      if (isKnown) catalogOf(makeQuery({ noMerge: asked.noMerge }), memory.pending(pending), context)
      const set = [...pending]
      for (const at of order) {
        const name = NAMES[at] ?? ''
        set[at] = answerOf(name, listingsOf(name, market[at]?.now ?? []), true)
        const answers = memory.learn(set)
        const arrived = catalogOf(asked, answers, context)
        const whole = catalogOf(asked, unseen(answers), { ...context, isOnce: true })
        expect(arrived).toEqual(whole)
      }
      const last = catalogOf(asked, unseen(memory.learn(set)).toReversed(), context)
      const straight = catalogOf(asked, unseen(memory.learn(set)), context)
      expect(last.rows).toEqual(straight.rows)
      expect(last.facets).toEqual(straight.facets)
    }),
    { numRuns: 300 },
  )
})
