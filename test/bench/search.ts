/**
 * Key to ranked rows over generated listings, one JSON line a size: our catalog (rank, facets and page included)
 * beside uFuzzy and a plain `includes` over one haystack (search alone) in the same run.
 * `node --expose-gc test/bench/search.ts [10000 100000]`
 */
import UFuzzy from '@leeoniya/ufuzzy'
import type { Listing } from '../../src/model/listing.ts'
import { makeQuery } from '../../src/model/query.ts'
import { catalogOf } from '../../src/search/catalog-of.ts'
import type { SourceAnswer } from '../../src/search/federate.ts'

const PRODUCTS = 'kubernetes cosmos redis postgres terraform firewall gateway storage functions container monitor vault'
const SHAPES = 'cluster baseline module starter dashboard pipeline network secure private hub spoke cache'
const FILLER =
  'deploys a ready to use set of resources for teams who need it in several regions with policies and alerts'
const [products, shapes, filler] = [PRODUCTS, SHAPES, FILLER].map((text) => text.split(' ')) as [
  string[],
  string[],
  string[],
]

/** Twenty questions, each with the name that must come first; every second one holds a slip. */
const ASKED: [typed: string, name: string][] = products.flatMap((product, at): [string, string][] => {
  const name = `${product}-${shapes[at]}-prime`
  const slip = product.slice(0, 3) + product.slice(4)
  const clean: [string, string] = [`${product} ${shapes[at]} prime`, name]
  return at < 8 ? [clean, [`${slip} ${shapes[at]} prime`, name]] : [clean]
})

function generate(count: number): Listing[] {
  let seed = 42
  const pick = (list: readonly string[]): string => {
    seed = (seed * 1664525 + 1013904223) % 2 ** 32
    return list[Math.floor((seed / 2 ** 32) * list.length)] ?? ''
  }
  const primes = [...new Set(ASKED.map(([, name]) => name))]
  return Array.from({ length: count }, (_, at): Listing => {
    const place = Math.floor((at * primes.length) / count)
    const isPrime = at === Math.floor(((place + 0.5) * count) / primes.length)
    const name = isPrime ? (primes[place] ?? '') : `${pick(products)}-${pick(shapes)}-${at}`
    const description = Array.from({ length: 20 }, () => pick(filler)).join(' ')
    return {
      id: `bench/${name}`,
      registry: 'bench',
      registryType: 'community',
      kind: 'template',
      name,
      title: name,
      description,
      author: `${pick(shapes)} team`,
      license: 'MIT',
      downloads: at,
      tags: [pick(products)],
      categories: [pick(shapes)],
      services: [pick(products)],
      languages: [],
      badges: [],
      releases: [],
      needs: [],
      scripts: [],
      extra: {},
    }
  })
}

const round = (value: number): number => Math.round(value * 100) / 100
function measured(step: number, call: (typed: string) => unknown): { p50: number; p95: number } {
  const times: number[] = []
  for (const [typed] of ASKED) {
    for (let end = 1; end <= typed.length; end += step) {
      const start = performance.now()
      call(typed.slice(0, end))
      times.push(performance.now() - start)
    }
  }
  times.sort((a, b) => a - b)
  const at = (share: number): number => round(times[Math.floor((times.length - 1) * share)] ?? 0)
  return { p50: at(0.5), p95: at(0.95) }
}

const memory = (): number => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

function bench(count: number): void {
  // Large sets are asked at every fifth key, to keep the run short.
  const step = count > 20_000 ? 5 : 1
  const listings = generate(count)
  const source = {
    registry: 'bench',
    registryType: 'community',
    state: 'fresh',
    items: count,
    ms: 0,
    skipped: [],
  } as const
  const answers: SourceAnswer[] = [{ source: { ...source, skipped: [] }, listings }]
  const context = { installed: new Map<string, string>(), order: ['bench'] }
  const ask = (text: string) => catalogOf(makeQuery({ text }), answers, context)
  const before = memory()
  const start = performance.now()
  ask('')
  ask('web')
  const buildMs = round(performance.now() - start)
  const overDataMb = round(memory() - before)
  const ours = measured(step, ask)
  const firstHits = ASKED.filter(([typed, name]) => ask(typed).rows[0]?.listing.name === name).length
  const haystack = listings.map((one) =>
    [one.name, ...one.tags, ...one.categories, one.author, one.description].join(' '),
  )
  // 1 forgives one slip a word; the enum of the types does not exist at run time.
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment
  const fuzzy = new UFuzzy({ intraMode: 1 })
  const ufuzzy = measured(step, (typed) => fuzzy.search(haystack, typed, 1, 100_000))
  const includes = measured(step, (typed) =>
    haystack.filter((line) => typed.split(' ').every((word) => line.includes(word))),
  )
  const textMb = round(haystack.reduce((sum, line) => sum + line.length, 0) / 2 ** 20)
  const result = {
    count,
    buildMs,
    overDataMb,
    textMb,
    ours,
    firstHits: `${firstHits}/${ASKED.length}`,
    ufuzzy,
    includes,
  }
  process.stdout.write(`${JSON.stringify({ bench: 'search', ...result })}\n`)
}

const sizes = process.argv.slice(2).map(Number).filter(Boolean)
for (const count of sizes.length > 0 ? sizes : [10_000, 100_000]) bench(count)
