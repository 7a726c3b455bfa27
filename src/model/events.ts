import type { FailureType } from './failure-type.ts'

/** An error as an event tells it. `policy` names the rule of ours that refused. */
export interface Problem {
  code: string
  message: string
  policy?: string
}

/** The typed event map. Rooms of work emit through the function they are handed; `--events FILE` writes each as a JSON line. */
export interface Events {
  'search.started': { text: string; registries: string[] }
  'registry.asked': { registry: string; call: string }
  'registry.settled': {
    registry: string
    call: string
    state: string
    items: number
    ms: number
    reason?: string
    code?: string
    type?: FailureType
  }
  'cache.hit': { namespace: string; key: string; ageMs: number; stale: boolean }
  'cache.miss': { namespace: string; key: string }
  /** The details of a row one rested on were fetched before they were asked for. */
  'item.prefetched': { id: string }
  /** What was kept of one item was dropped, because the item was installed, updated, removed or published. */
  'cache.invalidated': { registry: string; item: string; entries: number }
  'cache.evicted': { entries: number; bytes: number }
  'http.request': {
    registry: string
    /** What the request was for: a search, a download and so on. */
    kind: string
    method: string
    url: string
    status?: number
    /** Whoever asked gave it up before an answer came: that says nothing of the registry. */
    isDropped?: boolean
    ms: number
    bytes: number
    attempt: number
  }
  /** The certificate of a registry, seen when a connection was made anyway; `endsAt` in ms since 1970. */
  'http.certificate': { registry: string; endsAt: number }
  /** The store holds it now, or holds it no more. */
  'install.changed': { id: string; action: string; version?: string; registry?: string }
  /** What was changed is as it was before: a later step failed. */
  'install.undone': { id: string; action: string; version?: string; registry?: string }
  'install.failed': { action: string; items: string[]; registry?: string; problem: Problem }
  /** Somebody looked at one item, or was refused to. */
  'item.shown': { id: string; version?: string; registry?: string; problem?: Problem }
  'publish.ended': { item: string; version?: string; registry: string; problem?: Problem }
  'settings.changed': { change: string; name?: string; problem?: Problem }
  /** A plugin is trusted from now on, or no more. */
  'plugin.changed': { change: 'trust' | 'untrust'; name: string; version?: string; problem?: Problem }
  /** Commands that deploy an environment were run; `with` is the program they are for. */
  'deploy.ended': { target: string; env: string; with: string; problem?: Problem }
  'job.event': { job: string; type: string }
  /** A job that ran in this very process ended. `asked` and `failed` count what it was to work on. */
  'job.ended': {
    job: string
    kind: string
    state: string
    asked: number
    failed: number
    code?: string
    type?: FailureType
  }
  'validation.done': { status: string }
  /** An error the user was shown, and the command that ended with it. */
  'error.told': { code: string; type?: FailureType; command?: string }
  warning: { text: string }
}
export type EventName = keyof Events
export type Emit = <N extends EventName>(name: N, payload: Events[N]) => void
