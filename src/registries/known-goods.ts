import type { Cache } from '../cache/cache.ts'
import type { Listing } from '../model/listing.ts'
import type { Clock } from '../system/system.ts'

/** Where the goods of one registry are kept. */
export interface KnownPlace {
  cache: Cache
  clock: Clock
  registry: string
  key: string
}

/** Most goods kept; those learned first go first. */
const MOST_KEPT = 5000
/**
 * How long new goods wait for more before they are written: someone who types asks many questions in a row, and each time
 * the whole list is written anew. They stand in for an answer only where none is kept, ms.
 */
const GATHER_MS = 30_000

/**
 * Every listing that searches of one registry brought, so that a question never asked before has an answer while the
 * registry has none. What is learned counts at once and is written later, many answers together; a killed process
 * loses what it had not written.
 */
export class KnownGoods {
  readonly #place: KnownPlace
  readonly #learned = new Map<string, Listing>()
  #learnedAt = 0
  #cancel: (() => void) | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(place: KnownPlace) {
    this.#place = place
  }

  /** All that is known, newest knowledge of each name, and how long ago the last of it came, ms. */
  async read(): Promise<{ listings: Listing[]; ageMs: number } | undefined> {
    await this.#writing
    const { cache, clock, registry, key } = this.#place
    const kept = await cache.peek<Listing[]>('catalog', registry, key)
    if (this.#learned.size === 0) return kept && { listings: kept.value, ageMs: kept.ageMs }
    const all = new Map([...(kept?.value ?? []).map((one) => [one.name, one] as const), ...this.#learned])
    return { listings: [...all.values()].slice(-MOST_KEPT), ageMs: Math.max(0, clock.now() - this.#learnedAt) }
  }

  learn(listings: readonly Listing[]): void {
    if (listings.length === 0) return
    for (const one of listings) this.#learned.set(one.name, one)
    this.#learnedAt = this.#place.clock.now()
    this.#cancel ??= this.#place.clock.after(GATHER_MS, () => void this.write())
  }

  /** Writes what is not written yet. */
  async write(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const { cache, registry, key } = this.#place
    const written = [...this.#learned]
    const all = written.length > 0 ? await this.read() : undefined
    if (!all) return
    this.#writing = cache.put('catalog', registry, key, all.listings)
    await this.#writing
    // What was learned meanwhile waits for the next time.
    for (const [name, one] of written) if (this.#learned.get(name) === one) this.#learned.delete(name)
  }
}
