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

test('a long list answers its first questions, before its index is there, as it answers later ones', () => {
  const context = { installed: new Map(), order: ['a', 'b'] }
  const words = ['cosmos', 'db', 'kubernetes', 'aks', 'réseau', 'network', 'Key Vault', 'storage']
  const listings = (registry: string, count: number) =>
    Array.from({ length: count }, (_, at) =>
      item(registry, `${words[at % 5]}-${words[at % 8]}-${at % 2200}`, { description: `for ${words[(at * 3) % 8]}s` }),
    )
  const source = { registryType: 'community', state: 'fresh', items: 0, ms: 0, skipped: [] } as const
  const answers: SourceAnswer[] = [
    { source: { ...source, registry: 'a', skipped: [] }, listings: listings('a', 2500) },
    { source: { ...source, registry: 'b', skipped: [] }, listings: listings('b', 2300) },
  ]
  for (const text of ['cosmosdb', 'kub', 'kubernets', 'network stor', 'k8s', 'reseau', 'nothing like it']) {
    const ask = () => {
      const { rows, total, totalUnfiltered, facets } = catalogOf(makeQuery({ text, limit: 50 }), answers, context)
      return { rows, total, totalUnfiltered, facets: { ...facets } }
    }
    const first = ask()
    expect(first.total === 0).toBe(text === 'nothing like it')
    expect(Array.from({ length: 5 }, ask)).toEqual(Array.from({ length: 5 }, () => first))
    for (const answer of answers) answer.listings = [...answer.listings]
  }
})
