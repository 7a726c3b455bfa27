import type { Burst } from '../model/figures.ts'

/** Failures of one kind within this of each other belong together, ms. */
const WITHIN_MS = 60_000
/** So many of them are a burst: one is an accident and two may be. */
const LEAST = 3
/** Runs remembered of each kind. */
const KEPT = 10

/** Finds the runs of failures in what went wrong with one registry. */
export class BurstFinder {
  readonly #runs = new Map<Burst['type'], Burst[]>()

  note(type: Burst['type'], at: number): void {
    const runs = this.#runs.get(type) ?? []
    this.#runs.set(type, runs)
    const last = runs.at(-1)
    // Several processes write: a line may be a little older than the one before it.
    if (last && at - last.lastAt <= WITHIN_MS) {
      last.count++
      last.lastAt = Math.max(last.lastAt, at)
      last.firstAt = Math.min(last.firstAt, at)
      return
    }
    // A run that stayed too short to be told makes room for the next one.
    if (last && last.count < LEAST) runs.pop()
    runs.push({ type, count: 1, firstAt: at, lastAt: at })
    if (runs.length > KEPT) runs.shift()
  }

  /** Latest first. */
  found(): Burst[] {
    return [...this.#runs.values()]
      .flat()
      .filter((run) => run.count >= LEAST)
      .map((run) => ({ ...run }))
      .toSorted((a, b) => b.lastAt - a.lastAt)
  }
}
