import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeQuery } from '../../src/model/query.ts'
import { catalogOf } from '../../src/search/catalog-of.ts'
import type { SourceAnswer } from '../../src/search/federate.ts'
import { item } from './support.ts'

const word = fc.constantFrom(
  'cosmos',
  'db',
  'Cosmos_DB',
  'kubernetes',
  'aks',
  'vm',
  'virtual',
  'machine',
  'Ünïversal',
  'ﬁrewall',
  'réseau',
)
const text = fc
  .array(word, { maxLength: 4 })
  .chain((words) => fc.constantFrom(' ', '-', ', ').map((gap) => words.join(gap)))
const goods = fc.record({
  name: text,
  title: text,
  description: text,
  author: text,
  tags: fc.array(text, { maxLength: 2 }),
})
const typed = fc
  .array(
    fc.constantFrom(
      'cosmosdb',
      'cosmos',
      'db',
      'osm',
      'kubernetes',
      'k8s',
      'kubernets',
      'vm',
      'virtual',
      'machine',
      'univ',
      'fire',
      'reseau',
      'zzz',
      'é',
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((words) => words.join(' '))

test('a process that asks once gives the answer of one that asks again and again', () => {
  fc.assert(
    fc.property(fc.array(goods, { maxLength: 12 }), fc.array(goods, { maxLength: 4 }), typed, (some, more, text) => {
      const context = { installed: new Map(), order: ['a', 'b'] }
      const answers = (): SourceAnswer[] =>
        [some, more].map((all, at) => {
          const registry = at === 0 ? 'a' : 'b'
          const listings = all.map((one, nth) =>
            item(registry, `${one.name}-${nth}`, { ...one, name: `${one.name}-${nth}` }),
          )
          const source = {
            registry,
            registryType: 'community',
            state: 'fresh',
            items: all.length,
            ms: 0,
            skipped: [],
          } as const
          return { source: { ...source, skipped: [] }, listings }
        })
      const query = makeQuery({ text, limit: 0 })
      expect(catalogOf(query, answers(), { ...context, isOnce: true })).toEqual(catalogOf(query, answers(), context))
    }),
    { numRuns: 300 },
  )
})
