import type { EventName, Events, Problem } from '../model/events.ts'
import { reasonOf } from '../model/errors.ts'
import type { System } from '../system/system.ts'
import type { AuditFact } from './entry.ts'
import type { Trail } from './trail.ts'

export interface AuditOptions {
  system: System
  /** Folder of the trail. */
  folder: string
  /** The command, or the screens, that this process does the work of. */
  cause: string
  /** Told when a line could not be written; the work goes on. */
  report(text: string): void
}

/** The audit trail as the engine holds it. Nothing of it is loaded before there is something to write. */
export interface Audit {
  /** Writes a line; what is recorded before the room is loaded is written right after. */
  record(fact: AuditFact): void
  /** Loads the room, so that every line after this stands before the run goes on. */
  ready(): Promise<void>
  /** Subscribes to the events that leave a line. */
  follow(on: <N extends EventName>(name: N, call: (payload: Events[N]) => void) => () => void): void
  /** Waits for what is still to be written. */
  close(): Promise<void>
}

/** A look at an item changes nothing: its line is flushed to the disk once the item is shown, after so long, ms. */
const LATER_MS = 100

/** The audit trail of one process. */
export function openAudit(options: AuditOptions): Audit {
  const { system, folder, cause } = options
  let trail: Trail | undefined
  let loading: Promise<void> | undefined
  const ready = (): Promise<void> =>
    (loading ??= import('./trail.ts').then(({ Trail: Opened }) => {
      trail = new Opened({ folder, user: system.env.user })
    }))
  const write = (fact: AuditFact, at: number): void => {
    try {
      trail?.append({ fact, at, cause })
    } catch (error) {
      options.report(`The audit trail in ${folder} could not be written: ${reasonOf(error)}.`)
    }
  }
  let waiting = Promise.resolve()
  const put = (fact: AuditFact, at: number): void => {
    if (trail) write(fact, at)
    else waiting = waiting.then(ready).then(() => write(fact, at))
  }
  const later: { fact: AuditFact; at: number }[] = []
  const putLater = (): void => later.splice(0).forEach(({ fact, at }) => put(fact, at))
  const record = (fact: AuditFact): void => {
    // Lines stand in the order in which things happened.
    putLater()
    put(fact, system.clock.now())
  }
  const recordLater = (fact: AuditFact): void => {
    if (later.push({ fact, at: system.clock.now() }) === 1) system.clock.after(LATER_MS, putLater)
  }
  return {
    record,
    ready,
    follow: (on) => followEvents(on, record, recordLater),
    async close() {
      putLater()
      await waiting
      trail?.close()
    },
  }
}

/** The events that leave a line; a look at an item leaves it a little later. */
function followEvents(
  on: Parameters<Audit['follow']>[0],
  record: (fact: AuditFact) => void,
  recordLater: (fact: AuditFact) => void,
): void {
  on('install.changed', ({ action, ...what }) =>
    record({ ...placed(what), action: ACTIONS[action] ?? action, outcome: 'ok' }),
  )
  on('install.undone', ({ action, ...what }) =>
    record({
      ...placed(what),
      action: ACTIONS[action] ?? action,
      outcome: 'noted',
      reason: 'It was taken back: a later step failed.',
    }),
  )
  on('install.failed', ({ action, items, registry, problem }) => {
    for (const item of items) record({ action: ACTIONS[action] ?? action, item, registry, ...endOf(problem) })
  })
  on('item.shown', ({ problem, ...what }) => recordLater({ action: 'show', ...placed(what), ...endOf(problem) }))
  on('publish.ended', ({ problem, ...what }) => record({ action: 'publish', ...what, ...endOf(problem) }))
  on('deploy.ended', ({ target, env, with: program, problem }) =>
    record({ action: `deploy.${program}`, item: `${target} ${env}`, ...endOf(problem) }),
  )
  on('plugin.changed', ({ change, name, version, problem }) =>
    record({ action: `plugin.${change}`, item: name, version, ...endOf(problem) }),
  )
  on('settings.changed', ({ change, name, problem }) =>
    record({ action: `settings.${change}`, item: name, ...endOf(problem) }),
  )
}

/** Words of a plan and of a job, as the trail has them. */
const ACTIONS: Readonly<Record<string, string>> = { add: 'install', uninstall: 'remove' }

const placed = ({ id, version, registry }: { id: string; version?: string; registry?: string }) => ({
  item: id,
  version,
  registry,
})

function endOf(problem: Problem | undefined): Pick<AuditFact, 'outcome' | 'policy' | 'reason'> {
  if (!problem) return { outcome: 'ok' }
  const { code, message, policy } = problem
  if (policy !== undefined) return { outcome: 'refused', policy, reason: message }
  return { outcome: code === 'job.cancelled' ? 'cancelled' : 'failed', reason: message }
}
