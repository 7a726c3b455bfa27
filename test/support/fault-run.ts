import { createServer } from 'node:http'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { stringify } from 'yaml'
import { defaultSettings } from '../../src/config/defaults.ts'
import type { Marketplace } from '../../src/marketplace.ts'
import type { Catalog, Source } from '../../src/model/catalog.ts'
import { isMarketError } from '../../src/model/errors.ts'
import { makeQuery } from '../../src/model/query.ts'
import type { RegistryEntry } from '../../src/model/registry-entry.ts'
import { openMarketplace } from '../../src/engine/open-marketplace.ts'
import type { Certificates } from './faults/certificates.ts'
import { MOST_BYTES } from './faults/content.ts'
import { type FaultMode, page, SOUND } from './faults/mode.ts'
import { type FaultRegistry, openFaultRegistry } from './fault-registry.ts'
import { testSystem } from './test-system.ts'

/** The credentials of the bad registry; must appear nowhere. */
export const SECRET = 'planted-secret-4711'
const GOOD = ['good-rest/rest-thing', 'good-folder/folder-thing']

/** What one search beside a bad registry brought. */
export interface FaultRun {
  /** How the bad one stood in the first catalog with the rows of both good ones, and the ms until then. */
  badAtGoodRows: Source['state'] | undefined
  goodRowsMs: number
  allMs: number
  catalogs: Catalog[]
  bad: Source | undefined
  /** `registry/name` of all offers of the last catalog. */
  ids: string[]
  leaked: readonly string[]
  /** How often the bad one was sent its credentials. */
  authorized: number
  /** What the other questions brought: the answers, and the errors as they are told. */
  asides: unknown[]
  /** By how much more this process held at its largest, bytes. */
  growth: number
  /** What a search ended with that was aborted while the bad one was still silent. */
  aborted: unknown
}

async function openGoodRest(): Promise<{ url: string; close(): void }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(page([{ ...SOUND, name: 'rest-thing', description: 'True' }])))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

const entry = (
  part: Pick<RegistryEntry, 'name' | 'url' | 'protocol'> & Partial<RegistryEntry>,
  at: number,
): RegistryEntry => ({
  type: 'community',
  enabled: true,
  priority: at,
  options: {},
  ...part,
})

/** The engine itself in a home of its own, with the bad registry between two good ones. */
async function openMarket(home: string, mode: FaultMode, urls: { bad: string; good: string }): Promise<Marketplace> {
  const folder = join(home, 'goods', 'folder-thing')
  for (const path of [folder, join(home, 'builtin')]) mkdirSync(path, { recursive: true })
  writeFileSync(
    join(folder, 'souk.yaml'),
    stringify({ id: 'folder-thing', version: '1.0.0', kind: 'plugin', name: 'folder-thing', description: 'A thing.' }),
  )
  const settings = defaultSettings()
  Object.assign(settings.http, { retryBaseMs: 1, maxBodyBytes: MOST_BYTES })
  const own = { timeoutMs: mode.timeoutMs ?? 10_000, credentials: { type: 'token', token: SECRET } as const }
  settings.registries = [
    entry({ name: 'good-folder', protocol: 'folder', url: join(home, 'goods') }, 1),
    entry({ name: 'bad', protocol: 'rest', url: urls.bad, ...own }, 2),
    entry({ name: 'good-rest', protocol: 'rest', url: urls.good }, 3),
  ]
  return openMarketplace({
    system: testSystem({ env: { SOUK_HOME: home, HOME: home } }),
    loaded: { settings, problems: [], origins: {} },
    program: { name: 'souk', version: '0.0.0' },
    goods: join(home, 'builtin'),
    environment: {},
  })
}

// Controls but line breaks, halves of characters, and what has no width or turns the direction.
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\p{Surrogate}\u{E0000}-\u{E0FFF}]/u

/**
 * Where text that no terminal should get is, or the secret, in anything; names of members count. What several
 * catalogs share is looked at once.
 */
export function unprintable(value: unknown, where = '', seen = new Set<object>()): string[] {
  if (typeof value === 'string') {
    const isBad = UNPRINTABLE.test(value) || value.includes(SECRET)
    return isBad ? [`${where}: ${JSON.stringify(value.slice(0, 80))}`] : []
  }
  if (typeof value !== 'object' || value === null || seen.has(value)) return []
  seen.add(value)
  return Object.entries(value).flatMap(([name, one]) => [
    ...unprintable(name, `${where}, a member`, seen),
    ...unprintable(one, `${where}.${name}`, seen),
  ])
}

/** What this process holds, bytes. Not its resident size, which hides in what was once let go of. */
export const held = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** What is garbage already must not hide what comes. */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
}

const idsOf = (catalog: Catalog | undefined): string[] =>
  (catalog?.rows ?? []).flatMap((row) => row.offers.map((offer) => offer.id))
const badOf = (catalog: Catalog | undefined): Source | undefined =>
  catalog?.sources.find((source) => source.registry === 'bad')
const hasGood = (catalog: Catalog): boolean => {
  const ids = new Set(idsOf(catalog))
  return GOOD.every((id) => ids.has(id))
}

/** Asks something else while the bad one says nothing, and gives up once the good rows are there. */
async function abortOne(market: Marketplace, registry: FaultRegistry): Promise<unknown> {
  registry.shut()
  const control = new AbortController()
  try {
    for await (const catalog of market.search(makeQuery({ text: 'thing', limit: 0 }), {
      signal: control.signal,
      refresh: true,
    }))
      if (hasGood(catalog)) control.abort(new DOMException('enough', 'AbortError'))
    return 'it went on to its end'
  } catch (error) {
    return error
  } finally {
    registry.open()
  }
}

const told = (error: unknown): unknown =>
  isMarketError(error)
    ? { code: error.code, message: error.message, hint: error.hint }
    : { code: 'none', message: String(error) }

/** Asks everything else a person may ask with this registry in the settings. */
async function askAside(market: Marketplace): Promise<unknown[]> {
  const asked = [
    market.details('bad/sound'),
    market.details('sound'),
    market.categories(),
    market.registries.test('bad'),
    market.registries.survey(),
  ]
  const settled = await Promise.allSettled<unknown>(asked)
  return [
    ...settled.map((one) => (one.status === 'fulfilled' ? one.value : told(one.reason))),
    market.registries.status().map((one) => one.health),
    market.suggest('so'),
    market.peek(makeQuery({ text: 'a' })),
  ]
}

/** Searches once beside a registry of this mode; it may go wrong only once both good ones were seen. */
export async function runFault(
  mode: FaultMode,
  certificates: Certificates | undefined,
  signal?: AbortSignal,
): Promise<FaultRun> {
  const home = mkdtempSync(join(tmpdir(), 'souk-fault-'))
  const registry = await openFaultRegistry(mode, certificates)
  const good = await openGoodRest()
  const market = await openMarket(home, mode, { bad: registry.url, good: good.url })
  try {
    if (mode.maxGrowth !== undefined) collectGarbage()
    const before = held()
    let largest = before
    const watch = setInterval(() => (largest = Math.max(largest, held())), 10)
    const started = performance.now()
    const catalogs: Catalog[] = []
    let badAtGoodRows: Source['state'] | undefined
    let goodRowsMs = Number.NaN
    for await (const catalog of market.search(makeQuery({ limit: 0, noMerge: true }), signal ? { signal } : {})) {
      catalogs.push(catalog)
      if (badAtGoodRows !== undefined || !hasGood(catalog)) continue
      badAtGoodRows = badOf(catalog)?.state
      goodRowsMs = performance.now() - started
      registry.open()
    }
    const allMs = performance.now() - started
    clearInterval(watch)
    largest = Math.max(largest, held())
    const asides = await askAside(market)
    const aborted = mode.door === 'closed' ? undefined : await abortOne(market, registry)
    const last = catalogs.at(-1)
    return {
      badAtGoodRows,
      goodRowsMs,
      allMs,
      catalogs,
      aborted,
      asides,
      bad: badOf(last),
      ids: idsOf(last),
      leaked: registry.leaked,
      authorized: registry.authorized(),
      growth: largest - before,
    }
  } finally {
    await market.close()
    await registry.close()
    good.close()
    rmSync(home, { recursive: true, force: true })
  }
}
