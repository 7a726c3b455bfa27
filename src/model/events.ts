/** The typed event map. Rooms of work emit through the function they are handed; `--events FILE` writes each as a JSON line. */
export interface Events {
  'search.started': { text: string; registries: string[] }
  'registry.asked': { registry: string; call: string }
  'registry.settled': { registry: string; call: string; state: string; items: number; ms: number; reason?: string }
  'cache.hit': { namespace: string; key: string; ageMs: number; stale: boolean }
  'cache.miss': { namespace: string; key: string }
  'cache.evicted': { entries: number; bytes: number }
  'http.request': {
    registry: string
    method: string
    url: string
    status?: number
    ms: number
    bytes: number
    attempt: number
  }
  'install.changed': { id: string; action: string; version?: string }
  'job.event': { job: string; type: string }
  warning: { text: string }
}
export type EventName = keyof Events
export type Emit = <N extends EventName>(name: N, payload: Events[N]) => void
