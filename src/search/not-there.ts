import { isMarketError, itemNotFound, itemUnreachable, itemVersion, itemWithdrawn } from '../model/errors.ts'
import type { Listing } from '../model/listing.ts'
import { makeQuery } from '../model/query.ts'
import type { Registry } from '../registries/registry.ts'
import type { Clock } from '../system/system.ts'
import type { AskFlags, Search } from './open-search.ts'
import { similar } from './similar.ts'

/** One registry that was asked for an item, and what came of it. */
export interface Asked {
  registry: Registry
  answer?: Awaited<ReturnType<Registry['item']>>
  error?: unknown
}

/** An item that no registry handed over, and who was asked for it. */
export interface Missing {
  id: string
  name: string
  version: string | undefined
  asked: Asked[]
  /** Set when the id names a registry. */
  registry: Registry | undefined
  flags: AskFlags
}

interface Parts {
  search: Search
  system: { clock: Clock }
}

/** How long registries are asked for what is like an item that is gone, ms. */
const SIMILAR_MS = 2000

/** Lets memory learn what the cache holds of every registry, under a text if one is given; nobody is asked. */
export async function recall(search: Search, text = ''): Promise<void> {
  try {
    const all = search.search(makeQuery({ text, limit: 1 }), { offline: true, lastOnly: true })
    for await (const _ of all);
  } catch {
    // Nothing is kept of any of them: then nothing is known.
  }
}

/** What can be had just now: rows of registries that answered. Those that take long are not waited for. */
async function available({ search, system }: Parts, { signal, ...flags }: AskFlags): Promise<Listing[]> {
  const deadline = system.clock.deadline(SIMILAR_MS, signal)
  let rows: Listing[] = []
  try {
    const query = makeQuery({ limit: 0, noMerge: true })
    for await (const catalog of search.search(query, { ...flags, signal: deadline }))
      rows = catalog.rows.flatMap((row) => (row.staleMs === undefined ? row.offers : []))
  } catch {
    signal?.throwIfAborted()
  }
  return rows
}

/**
 * Why an item was not found, as an error. One that its registry had and has no more is told as withdrawn, with others
 * like it that can be had; one whose registry did not answer never is.
 */
export async function notThere(parts: Parts, missing: Missing): Promise<unknown> {
  const { id, name, version, registry } = missing
  const failed = missing.asked.filter((one) => one.error !== undefined)
  if (registry && failed[0]) return failed[0].error
  await recall(parts.search)
  const exact = registry ? `${registry.entry.name}/${name}` : name
  let [former] = parts.search.find(exact)
  // The whole list may be newer than the withdrawal; what a question for its name would stand in with is older.
  if (!former) {
    await recall(parts.search, name)
    former = parts.search.find(exact)[0]
  }
  const known = former?.releases.map((one) => one.version) ?? []
  // What an older answer knows of it is no word on whether it is there.
  if (version !== undefined && former) return itemVersion(id, version, known)
  const silent = failed.find((one) => one.registry.entry.name === former?.registry)
  if (silent && isMarketError(silent.error)) return itemUnreachable(id, silent.registry.entry.name, silent.error)
  const others = await available(parts, missing.flags)
  const nearest = similar(former ?? { name }, others).map((one) => one.id)
  if (former && failed.length === 0) return itemWithdrawn(id, former.registry, nearest)
  const unreachable = failed.map((one) => one.registry.entry.name)
  return itemNotFound(id, nearest, unreachable)
}
