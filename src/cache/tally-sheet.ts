import type { TtlClass } from './cache.ts'
import type { Figures, Tally } from './entry-store.ts'

/** Hit figures collected in memory; the store adds them up over processes. */
export class TallySheet {
  #figures = new Map<string, Figures>()
  #evicted = 0
  #dropped = 0
  #pending = 0

  /** Things counted since last taken. */
  get pending(): number {
    return this.#pending
  }

  count(what: keyof Figures, ttl: TtlClass, registry: string): void {
    const name = `${ttl}:${registry}`
    const figures = this.#figures.get(name) ?? { hits: 0, misses: 0, stale: 0 }
    figures[what]++
    this.#figures.set(name, figures)
    this.#pending++
  }

  lost(evicted: number, dropped: number): void {
    this.#evicted += evicted
    this.#dropped += dropped
    this.#pending += evicted + dropped
  }

  take(): Tally {
    const tally = { figures: this.#figures, evicted: this.#evicted, dropped: this.#dropped }
    this.#figures = new Map()
    this.#evicted = 0
    this.#dropped = 0
    this.#pending = 0
    return tally
  }
}
