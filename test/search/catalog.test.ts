import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Listing } from '../../src/model/listing.ts'
import { FACETS, makeQuery, type Query } from '../../src/model/query.ts'
import { catalogOf } from '../../src/search/catalog-of.ts'
import type { SourceAnswer } from '../../src/search/federate.ts'
import { merge, partsOf } from '../../src/search/merge.ts'
import { similar } from '../../src/search/similar.ts'
import { suggest } from '../../src/search/suggest.ts'
import { item } from './support.ts'

const answer = (registry: string, listings: Listing[]): SourceAnswer => ({
  source: { registry, registryType: 'community', state: 'fresh', items: listings.length, ms: 1, skipped: [] },
  listings,
})
const context = { installed: new Map([['a/redis-cache', '1.0.0']]), order: ['a', 'b'] }
const goods = [
  item('a', 'kubernetes', { tags: ['cloud'], downloads: 5, license: 'MIT', verified: true, author: 'Ann' }),
  item('a', 'kubernetes-dashboard', { tags: ['cloud', 'ui'], downloads: 50, license: 'GPL-3.0-only' }),
  item('a', 'redis-cache', { description: 'Runs beside kubernetes', tags: ['data'], updatedAt: '2025-03-01' }),
  item('a', 'cosmos-db', { categories: ['Database'], kind: 'module', rating: 4, ratingCount: 2, score: 90 }),
  item('a', 'postgres', { categories: ['database'], kind: 'module', rating: 4, ratingCount: 9, score: 40 }),
]
const ask = (part: Parameters<typeof makeQuery>[0], sources = [answer('a', goods)]): Catalog =>
  catalogOf(makeQuery(part), sources, context)
const names = (catalog: Catalog): string[] => catalog.rows.map((row) => row.listing.name)

describe('finding', () => {
  it('puts the exact name first, then names that begin so, then mentions', () => {
    expect(names(ask({ text: 'Kubernetes' }))).toEqual(['kubernetes', 'kubernetes-dashboard', 'redis-cache'])
    expect(names(ask({ text: 'kube' }))[0]).toBe('kubernetes')
  })

  it('forgives slips, also while the word is being typed, and says so', () => {
    for (const text of ['kubernets', 'kubrenetes', 'kubernates', 'kubrn']) {
      expect(names(ask({ text }))[0], text).toBe('kubernetes')
    }
    const [row] = ask({ text: 'kubernets' }).rows
    expect(row?.reasons[0]).toMatchObject({ field: 'name', term: 'kubernets', how: 'typo for "kubernetes"' })
  })

  it('finds what goes by another name, below what was typed, and says so', () => {
    const before = ask({ text: 'dashboard' }).rows[0]
    const sources = [
      answer('a', [
        ...goods,
        item('a', 'tools', { description: 'some tools for k8s' }),
        item('a', 'trainer', { tags: ['machine-learning'] }),
        item('a', 'ml-ops'),
      ]),
    ]
    const k8s = ask({ text: 'k8s' }, sources)
    expect(names(k8s)).toEqual(['tools', 'kubernetes', 'kubernetes-dashboard', 'redis-cache'])
    expect(k8s.rows.map((row) => row.reasons[0]?.how)).toEqual(['exact', ...Array(3).fill('same as "kubernetes"')])
    expect(names(ask({ text: 'ml' }, sources))).toEqual(['ml-ops', 'trainer'])
    expect(names(ask({ text: 'machine learning' }, sources))).toEqual(['trainer', 'ml-ops'])
    expect(names(ask({ text: 'machine' }, sources))).toEqual(['trainer'])
    expect(names(ask({ text: 'kubernetes', exclude: ['k8s'] }, sources))).toEqual(names(ask({ text: 'kubernetes' })))
    expect(ask({ text: 'dashboard' }, sources).rows[0]?.score).toBe(before?.score)
  })

  it('wants every word, in any field, and reads joined names', () => {
    expect(names(ask({ text: 'kubernetes ui' }))).toEqual(['kubernetes-dashboard'])
    expect(names(ask({ text: 'cosmosdb' }))).toEqual(['cosmos-db'])
    expect(names(ask({ text: 'kubernetes', exclude: ['dashboard'] }))).toEqual(['kubernetes', 'redis-cache'])
  })

  it('filters by value without regard to case, licence group, dates, figures and what is installed', () => {
    expect(ask({ filters: { category: ['DATABASE'] } }).total).toBe(2)
    expect(names(ask({ filters: { license: ['copyleft'] } }))).toEqual(['kubernetes-dashboard'])
    expect(names(ask({ updatedSince: '2025-03-01', updatedBefore: '2025-03-01' }))).toEqual(['redis-cache'])
    expect(names(ask({ minDownloads: 6 }))).toEqual(['kubernetes-dashboard'])
    expect(names(ask({ minScore: 80 }))).toEqual(['cosmos-db'])
    expect(names(ask({ installedOnly: true }))).toEqual(['redis-cache'])
    expect(names(ask({ filters: { verified: ['true'] } }))).toEqual(['kubernetes'])
    expect(ask({ filters: { tag: ['cloud', 'ui'] } }).total).toBe(2)
    expect(names(ask({ filters: { tag: ['cloud', 'ui'] }, allTags: true }))).toEqual(['kubernetes-dashboard'])
  })

  it('sorts unknown figures last in both directions', () => {
    expect(names(ask({ sort: 'downloads' })).slice(0, 2)).toEqual(['kubernetes-dashboard', 'kubernetes'])
    expect(names(ask({ sort: 'downloads', order: 'asc' })).slice(0, 2)).toEqual(['kubernetes', 'kubernetes-dashboard'])
    expect(names(ask({ sort: 'rating' })).slice(0, 2)).toEqual(['postgres', 'cosmos-db'])
  })

  it('explains an empty answer by the filter that excludes most and by near names', () => {
    const nothing = ask({ text: 'kubernetes', filters: { tag: ['data'], kind: ['module'] } }).nothing
    expect(nothing?.excluded).toEqual([
      { filter: 'kind:module', rows: 3 },
      { filter: 'tag:data', rows: 2 },
    ])
    expect(ask({ text: 'pstgrse' }).nothing?.nearest).toEqual(['postgres'])
  })

  it('suggests after two letters and finds what is similar to a missing item', () => {
    const set = merge(partsOf([answer('a', goods)], { ...context, noMerge: false }))
    expect(suggest('k', set)).toEqual([])
    expect(suggest('KU', set)).toEqual(['kubernetes', 'kubernetes-dashboard'])
    expect(suggest('cl', set)).toEqual(['cloud'])
    expect(suggest('cloud', set)).toEqual([])
    expect(suggest('redis cl', set)).toEqual(['redis cloud'])
    const near = similar({ name: 'kubernetes-panel', tags: ['ui'] }, goods)
    expect(near.map((one) => one.name)).toEqual(['kubernetes-dashboard', 'kubernetes'])
  })
})

describe('the same item in several registries', () => {
  const two = [answer('b', [item('b', 'Web_App', { downloads: 9 })]), answer('a', [item('a', 'web-app')])]

  it('is one row led by the configured order, or by the default registry', () => {
    const row = ask({}, two).rows[0]
    expect(row?.offers.map((one) => one.id)).toEqual(['a/web-app', 'b/Web_App'])
    const led = catalogOf(makeQuery(), two, { ...context, defaultRegistry: 'b' })
    expect(led.rows.map((one) => one.listing.id)).toEqual(['b/Web_App'])
  })

  it('is two rows when asked so, and never hides two items of one registry', () => {
    expect(ask({ noMerge: true }, two).total).toBe(2)
    expect(ask({}, [answer('a', [item('a', 'x.y'), item('a', 'x-y')])]).total).toBe(2)
  })
})

const word = fc.constantFrom('web', 'cosmos', 'db', 'redis', 'kube', 'app')
const values = fc.uniqueArray(fc.constantFrom('ml', 'data', 'Data', 'web', '__proto__'), { maxLength: 3 })
const market = fc.array(
  fc.record({
    registry: fc.constantFrom('a', 'b', 'c'),
    name: fc.array(word, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('-')),
    kind: fc.constantFrom('template', 'module'),
    tags: values,
    categories: values,
    verified: fc.boolean(),
    downloads: fc.option(fc.nat(5), { nil: undefined }),
  }),
  { maxLength: 40 },
)
type Goods = typeof market extends fc.Arbitrary<infer T> ? T : never
const sourcesOf = (goods: Goods): SourceAnswer[] =>
  ['a', 'b', 'c'].map((name) =>
    answer(
      name,
      goods.flatMap(({ registry, downloads, ...rest }) =>
        registry === name ? [item(name, rest.name, downloads === undefined ? rest : { ...rest, downloads })] : [],
      ),
    ),
  )
const query: fc.Arbitrary<Query> = fc
  .record({
    text: fc.constantFrom('', 'web', 'cosmo', 'rdis'),
    filters: fc.record({ tag: values, category: values, kind: fc.constantFrom<string[]>([], ['module']) }),
    allTags: fc.boolean(),
    sort: fc.constantFrom('relevance' as const, 'name' as const, 'downloads' as const),
  })
  .map((part) => makeQuery({ ...part, limit: 0 }))

describe('whatever the market holds', () => {
  it('gives the same rows in whatever order the registries answered', () => {
    fc.assert(
      fc.property(market, query, (goods, query) => {
        const sources = sourcesOf(goods)
        const there = catalogOf(query, sources, context)
        const back = catalogOf(query, sources.toReversed(), context)
        expect(back.rows).toEqual(there.rows)
        expect(back.facets).toEqual(there.facets)
      }),
    )
  })

  it('ranks other names below every word as typed, and moves none of those', () => {
    fc.assert(
      fc.property(market, (goods) => {
        const added = item('a', 'k8s', { tags: ['kubernetes'] })
        const [first, ...rest] = sourcesOf(
          goods.map((one) => ({ ...one, name: one.name.replace('kube', 'kubernetes') })),
        )
        const before = catalogOf(makeQuery({ text: 'kubernetes', limit: 0 }), [first!, ...rest], context)
        const more = { ...first!, listings: [...first!.listings, { ...added, tags: [] }] }
        const after = catalogOf(makeQuery({ text: 'kubernetes', limit: 0 }), [more, ...rest], context)
        expect(after.rows.slice(0, -1)).toEqual(before.rows)
        expect(after.rows.at(-1)?.listing.name).toBe('k8s')
      }),
    )
  })

  it('cuts pages that neither overlap nor miss a row', () => {
    fc.assert(
      fc.property(market, query, fc.integer({ min: 1, max: 7 }), (goods, query, limit) => {
        const sources = sourcesOf(goods)
        const all = catalogOf(query, sources, context)
        const paged = []
        for (let offset = 0; offset < all.total; offset += limit) {
          paged.push(...catalogOf({ ...query, offset, limit }, sources, context).rows)
        }
        expect(paged).toEqual(all.rows)
      }),
    )
  })

  it('counts for every facet value exactly the rows that choosing it gives', () => {
    fc.assert(
      fc.property(market, query, (goods, query) => {
        const sources = sourcesOf(goods)
        const catalog = catalogOf(query, sources, context)
        for (const facet of FACETS) {
          const already = facet === 'tag' && query.allTags ? (query.filters.tag ?? []) : []
          for (const { value, count } of catalog.facets[facet]) {
            const filters = { ...query.filters, [facet]: [...already, value] }
            expect(catalogOf({ ...query, filters }, sources, context).total, `${facet}:${value}`).toBe(count)
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})
