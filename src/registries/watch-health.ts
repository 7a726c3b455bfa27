import type { Clock } from '../system/system.ts'
import type { Health } from './registry.ts'

/** A registry whose state is another one now. */
export interface HealthChange {
  registry: string
  from: Health['state']
  to: Health['state']
  /** ms since 1970 */
  at: number
  latencyMs?: number
  /** Why it is not up. */
  reason?: string
}

/** What health is watched with. */
export interface HealthWatch {
  clock: Clock
  everyMs: number
  survey(flags: { refresh: boolean; isPoll: boolean; signal: AbortSignal }): Promise<unknown>
  status(): { entry: { name: string }; health: Health }[]
}

/**
 * Asks every enabled registry at each interval, past the cache and past an open breaker, and tells after every round what
 * changed since the one before, if anything. A registry has `http.timeout.health` to answer. A round that takes longer than the interval is not begun
 * twice. The returned function stops it and gives up the round under way.
 */
export function watchHealth(watch: HealthWatch, call: (changes: HealthChange[]) => void): () => void {
  const { clock } = watch
  const ended = new AbortController()
  const states = (): Map<string, Health> => new Map(watch.status().map(({ entry, health }) => [entry.name, health]))
  let known = states()
  let isAsking = false
  const round = async (): Promise<void> => {
    // A registry that fails is a state, never a throw; being stopped is one.
    await watch.survey({ refresh: true, isPoll: true, signal: ended.signal }).catch(() => {})
    if (ended.signal.aborted) return
    const now = states()
    const former = known
    known = now
    const at = clock.now()
    call([...now].flatMap(([registry, health]) => changeOf(registry, former.get(registry), { health, at })))
  }
  const stop = clock.every(watch.everyMs, () => {
    if (isAsking) return
    isAsking = true
    void round().finally(() => (isAsking = false))
  })
  return () => {
    stop()
    ended.abort()
  }
}

function changeOf(
  registry: string,
  before: Health | undefined,
  { health, at }: { health: Health; at: number },
): HealthChange[] {
  const from = before?.state ?? 'unknown'
  if (health.state === from) return []
  const isWell = health.state === 'up'
  return [
    {
      registry,
      from,
      to: health.state,
      at,
      ...(health.latencyMs === undefined ? {} : { latencyMs: health.latencyMs }),
      ...(isWell || health.lastError === undefined ? {} : { reason: health.lastError }),
    },
  ]
}
