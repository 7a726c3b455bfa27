import type { Cache, Cached } from '../cache/cache.ts'
import { hasTrouble, type Source } from '../model/catalog.ts'
import { isMarketError } from '../model/errors.ts'
import { fingerprint } from '../model/fingerprint.ts'
import type { Intel, ToldIntel } from '../model/intel.ts'
import type { Listing } from '../model/listing.ts'
import { makeQuery } from '../model/query.ts'
import { intelOf } from '../search/intel.ts'
import type { Lookup } from '../search/lookup.ts'
import type { AskFlags, Search } from '../search/open-search.ts'
import type { Registry } from '../registries/registry.ts'
import type { System } from '../system/system.ts'

export interface IntelParts {
  system: System
  cache: Cache
  search: Search
  lookup: Pick<Lookup, 'details'>
  registries: readonly Registry[]
  /** How long an account is kept in which not every registry had a say, ms. */
  partialMs: number
}

/** Accounts span registries, so they stand under none of them. */
const OWNER = 'all'

/**
 * What the registries say of an item and its field, kept under `cache.ttl.marketIntel`. The goods around it are listed
 * without a word of what is asked for: the name of an item goes only where `details` sends it.
 */
export async function marketIntel(parts: IntelParts, id: string, flags: AskFlags = {}): Promise<ToldIntel> {
  const { cache } = parts
  const names = parts.registries.filter((one) => one.entry.enabled).map(({ entry }) => [entry.name, entry.url])
  const key = fingerprint(JSON.stringify([id, names]))
  const kept = await cache.get<Intel>('marketIntel', OWNER, key)
  if (kept && (flags.offline || (kept.isFresh && !flags.refresh)))
    return { ...kept.value, cached: true, state: kept.isFresh ? 'cached' : 'stale', ageMs: kept.ageMs }
  try {
    const intel = await ask(parts, id, flags)
    const isWhole = !intel.sources.some(hasTrouble)
    // An older account in which everybody had a say is better than one made of older answers.
    if (!isWhole && kept) return older(cache, kept, intel.sources)
    // Those who have the item did not answer: what is told is what they said before.
    const own = intel.sources.filter(({ registry }) => intel.offers.some((one) => one.registry === registry))
    if (own.length > 0 && own.every(hasTrouble))
      return { ...intel, cached: false, state: 'stale', ageMs: Math.max(...own.map((one) => one.ageMs ?? 0)) }
    if (!flags.offline) {
      await cache.put('marketIntel', OWNER, key, intel, isWhole ? {} : { ttlMs: parts.partialMs })
    }
    return { ...intel, cached: false, state: 'fresh', ageMs: 0 }
  } catch (error) {
    flags.signal?.throwIfAborted()
    // An item that is gone has no market; of one that nobody can ask about just now, the older account is told.
    if (!kept || (isMarketError(error) && ['item.notFound', 'item.withdrawn'].includes(error.code))) throw error
    return older(cache, kept)
  }
}

function older(cache: Cache, { value, ageMs }: Cached<Intel>, sources = value.sources): ToldIntel {
  cache.noteStale('marketIntel', OWNER)
  return { ...value, sources, cached: true, state: 'stale', ageMs }
}

async function ask({ system, search, lookup }: IntelParts, id: string, flags: AskFlags): Promise<Intel> {
  const { listing, offers, sources: asked } = await lookup.details(id, flags)
  let goods: Listing[] = []
  let listed: Source[] = []
  for await (const { rows, sources } of search.search(makeQuery({ limit: 0 }), { ...flags, lastOnly: true })) {
    goods = rows.flatMap((row) => row.offers)
    listed = sources
  }
  const own = [listing, ...offers]
  // In the order of the first, with the words of the last: a search tells fewer versions than a look at the item.
  const all = [...own, ...goods.filter((one) => isSame(one, listing)), ...own]
  const byId = new Map(all.map((one) => [one.id, one]))
  const [lead = listing, ...rest] = byId.values()
  const field = new Map([...goods, ...own].map((one) => [one.id, one]))
  // What went wrong when the item itself was asked for is told before how many goods there are.
  const sources = new Map([...asked, ...listed, ...asked.filter(hasTrouble)].map((one) => [one.registry, one]))
  return {
    ...intelOf([lead, ...rest], [...field.values()]),
    askedAt: new Date(system.clock.now()).toISOString(),
    sources: [...sources.values()].filter((one) => one.state !== 'disabled'),
  }
}

const isSame = (one: Listing, lead: Listing): boolean => one.name === lead.name && one.kind === lead.kind
