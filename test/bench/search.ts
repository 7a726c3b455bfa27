/**
 * Key to ranked rows over generated listings of several sizes: our catalog as the search screen asks for it (ranked,
 * a page of a hundred rows; no facet is counted while the filter panel is shut), and `panel`, the same with every facet
 * counted as the open panel and --json read them, beside uFuzzy and a plain `includes` over one haystack (search alone)
 * in the same run. Then the cold open: a fresh
 * process of the bundled code reads 10,000 listings from a real cache file, indexes them and ranks the first rows; its
 * time counts from the opening of the cache, `processMs` is that of the whole process. Prints one JSON line.
 * `node test/bench/search.ts [10000 100000]`
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import UFuzzy from '@leeoniya/ufuzzy'
import { openCache } from '../../src/cache/open-cache.ts'
import { defaultSettings } from '../../src/config/defaults.ts'
import type { Facets } from '../../src/model/catalog.ts'
import { byName } from '../../src/model/listing-order.ts'
import type { Listing } from '../../src/model/listing.ts'
import { FACETS, makeQuery } from '../../src/model/query.ts'
import { catalogOf } from '../../src/search/catalog-of.ts'
import type { SourceAnswer } from '../../src/search/federate.ts'
import { textIndexOf } from '../../src/search/text-index.ts'
import { PAGE_ROWS } from '../../src/session/slices/search.ts'
import { nodeSystem } from '../../src/system/node-system.ts'

const PRODUCTS = 'kubernetes cosmos redis postgres terraform firewall gateway storage functions container monitor vault'
const SHAPES = 'cluster baseline module starter dashboard pipeline network secure private hub spoke cache'
const FILLER =
  'deploys a ready to use set of resources for teams who need it in several regions with policies and alerts'
const [products, shapes, filler] = [PRODUCTS, SHAPES, FILLER].map((text) => text.split(' ')) as [
  string[],
  string[],
  string[],
]

/** Twenty questions, each with the name that must come first; every second one holds a slip: a letter left out. */
const ASKED: [typed: string, name: string][] = products.flatMap((product, at): [string, string][] => {
  const name = `${product}-${shapes[at]}-prime`
  const slip = product.slice(0, 3) + product.slice(4)
  const clean: [string, string] = [`${product} ${shapes[at]} prime`, name]
  return at < 10 ? [clean, [`${slip} ${shapes[at]} prime`, name]] : []
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

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
const memory = (): number => {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** Reads every facet, which is when it is counted. */
const countsOf = (facets: Facets): number[] => FACETS.map((facet) => facets[facet].length)

const context = { installed: new Map<string, string>(), order: ['bench'] }
const answersOf = (listings: Listing[]): SourceAnswer[] => [
  {
    source: {
      registry: 'bench',
      registryType: 'community',
      state: 'cached',
      items: listings.length,
      ms: 0,
      skipped: [],
    },
    listings,
  },
]

function benchSize(count: number) {
  // Large sets are asked at every fifth key, to keep the run short.
  const step = count > 20_000 ? 5 : 1
  const listings = generate(count)
  const answers = answersOf(listings)
  const ask = (text: string) => catalogOf(makeQuery({ text, limit: PAGE_ROWS }), answers, context)
  const askWithPanel = (text: string) => countsOf(ask(text).facets)
  const before = memory()
  const start = performance.now()
  ask('')
  textIndexOf(listings)
  const buildMs = round(performance.now() - start)
  const overDataMb = round(memory() - before)
  const ours = measured(step, ask)
  const panel = measured(step, askWithPanel)
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
  return {
    count,
    buildMs,
    overDataMb,
    textMb,
    ours,
    panel,
    firstHits: `${firstHits}/${ASKED.length}`,
    ufuzzy,
    includes,
  }
}

const openBenchCache = (path: string) =>
  openCache({ system: nodeSystem(), settings: defaultSettings().cache, path, emit: () => {} })

/** The part of the fresh process: from the cache file to ranked rows. */
async function readCold(path: string): Promise<void> {
  const start = performance.now()
  const cache = await openBenchCache(path)
  const kept = await cache.get<{ listings: Listing[] }>('catalog', 'bench', 'list')
  const readMs = round(performance.now() - start)
  const catalog = catalogOf(makeQuery({ text: 'kuber' }), answersOf(kept?.value.listings ?? []), context)
  const ms = round(performance.now() - start)
  process.stdout.write(JSON.stringify({ readMs, ms, rows: catalog.rows.length, total: catalog.total }))
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >>> 1] ?? 0

/** This file with all it imports as the build makes it of the program: sources would be read and stripped one by one. */
async function bundled(folder: string): Promise<string> {
  const { rolldown } = await import('rolldown')
  const input = fileURLToPath(import.meta.url)
  const build = await rolldown({ input, platform: 'node', external: ['rolldown'], logLevel: 'silent' })
  await build.write({ dir: folder, format: 'esm', minify: true, entryFileNames: 'cold.mjs' })
  await build.close()
  return join(folder, 'cold.mjs')
}

async function benchCold(count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'souk-bench-'))
  try {
    const program = await bundled(folder)
    const path = join(folder, 'cache.sqlite')
    const cache = await openBenchCache(path)
    // A registry's list is kept in order, as registries/lists.ts does.
    await cache.put('catalog', 'bench', 'list', { listings: generate(count).toSorted(byName), skipped: [] })
    await cache.close()
    const rounds = Array.from({ length: 7 }, () => {
      const start = performance.now()
      const child = spawnSync(process.execPath, [program, 'cold', path])
      const processMs = round(performance.now() - start)
      const told = JSON.parse(String(child.stdout)) as { readMs: number; ms: number; rows: number }
      if (told.rows === 0) throw new Error('the fresh process found nothing')
      return { ...told, processMs }
    })
    return {
      count,
      readMs: median(rounds.map((one) => one.readMs)),
      coldMs: median(rounds.map((one) => one.ms)),
      processMs: median(rounds.map((one) => one.processMs)),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[2] === 'cold') await readCold(process.argv[3] ?? '')
else {
  const asked = process.argv.slice(2).map(Number).filter(Boolean)
  const sizes = (asked.length > 0 ? asked : [10_000, 100_000]).map(benchSize)
  process.stdout.write(`${JSON.stringify({ bench: 'search', sizes, cold: await benchCold(10_000) })}\n`)
}
