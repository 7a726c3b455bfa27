import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf } from '../model/errors.ts'
import { redactAll } from '../model/secrets.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { System } from '../system/system.ts'
import { faultState } from './fault-state.ts'
import type { Health, Skipped } from './registry.ts'

/** What one call says about its registry. */
interface Outcome {
  ms: number
  error?: unknown
  items?: number
  skipped?: Skipped[]
  /** Age of the answer, ms. */
  ageMs?: number
}

/** Health of all registries of this installation. */
export interface HealthBook {
  /** The last known state; `disabled` for an entry the settings switch off. */
  of(entry: Pick<RegistryEntry, 'name' | 'enabled'>): Health
  /** A call that reached out and what came of it. */
  note(registry: string, outcome: Outcome): void
  /** An answer out of the cache: figures without a word on the state. */
  seen(registry: string, facts: { items: number; skipped: Skipped[]; ageMs: number }): void
  /** Writes what changed; never throws. */
  close(): Promise<void>
}

/** Where nothing is known of a registry yet, it is taken for as quick as this, ms. */
const UNKNOWN_MS = 500

/** The time a registry is likely to take, ms: as last measured; one that did not answer comes after all that did. */
export function expectedMsOf({ state, latencyMs = UNKNOWN_MS }: Health): number {
  return state === 'down' || state === 'degraded' ? Number.MAX_SAFE_INTEGER : latencyMs
}

const MAX_SKIPPED = 200

const isSame = (one: readonly Skipped[], other: readonly Skipped[]): boolean =>
  one.length === Math.min(other.length, MAX_SKIPPED) &&
  one.every(({ item, reason }, at) => item === other[at]?.item && reason === other[at].reason)

/** A success so short a time after the last one is no news to write down, ms: folders are looked over at every search. */
const NEWS_AFTER_MS = 60_000

const isRecent = ({ lastSuccessAt }: Health, now: number): boolean =>
  lastSuccessAt !== undefined && Math.abs(now - lastSuccessAt) < NEWS_AFTER_MS

/** One failure after a success is a stumble, the second in a row means down. Who keeps us out is neither. */
function stateAfter({ state }: Health, error: unknown): Health['state'] {
  if (error === undefined) return 'up'
  if (faultState(error) === 'unauthorised') return 'unauthorised'
  return state === 'up' ? 'degraded' : 'down'
}

function readBook(file: string): Map<string, Health> {
  try {
    const book = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Health>
    const known = Object.entries(book).filter(
      ([, one]) => typeof one === 'object' && one !== null && Array.isArray(one.skipped),
    )
    return new Map(known)
  } catch {
    return new Map()
  }
}

/** Opens the book; the last known state is there from the start. An unreadable file is an empty book. */
export function openHealth({ system, file }: { system: System; file: string }): HealthBook {
  let book: Map<string, Health> | undefined
  const changed = new Set<string>()
  const all = (): Map<string, Health> => (book ??= readBook(file))
  const known = (registry: string): Health => all().get(registry) ?? { state: 'unknown', skipped: [] }
  const put = (registry: string, health: Health): void => {
    all().set(registry, { ...health, skipped: health.skipped.slice(0, MAX_SKIPPED) })
    changed.add(registry)
  }
  return {
    of: (entry) => ({ ...known(entry.name), ...(entry.enabled ? {} : { state: 'disabled' as const }) }),
    note(registry, { ms, error, items, skipped, ageMs }) {
      const former = known(registry)
      const now = system.clock.now()
      const state = stateAfter(former, error)
      const since = state === former.state ? former.since : now
      const isKnown = isRecent(former, now) && error === undefined && isSame(former.skipped, skipped ?? former.skipped)
      const hadNews = !isKnown || state !== former.state || (items !== undefined && items !== former.items)
      const wasChanged = changed.has(registry)
      put(registry, {
        ...former,
        state,
        latencyMs: Math.round(ms),
        ...(since === undefined ? {} : { since }),
        ...(error === undefined ? { lastSuccessAt: now } : { lastError: reasonOf(error), lastErrorAt: now }),
        ...(items === undefined ? {} : { items }),
        ...(ageMs === undefined ? {} : { ageMs }),
        skipped: skipped ?? former.skipped,
      })
      if (!hadNews && !wasChanged) changed.delete(registry)
    },
    seen(registry, { items, skipped, ageMs }) {
      const former = known(registry)
      const wasChanged = changed.has(registry)
      const isKnown = former.items === items && isSame(former.skipped, skipped)
      put(registry, { ...former, items, skipped, ageMs })
      // Only its age is new: that alone is not worth writing the book anew after every search.
      if (isKnown && !wasChanged) changed.delete(registry)
    },
    async close() {
      if (changed.size === 0) return
      // Another process may have written since: only what this one learned goes over what is there now.
      const next = readBook(file)
      for (const registry of changed) next.set(registry, known(registry))
      const written = `${file}.${system.env.pid}`
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
        writeFileSync(written, JSON.stringify(redactAll(Object.fromEntries(next))), { mode: 0o600 })
        renameSync(written, file)
        changed.clear()
      } catch (error) {
        rmSync(written, { force: true })
        system.log.warn(`the health of registries could not be written: ${reasonOf(error)}`)
      }
    },
  }
}
