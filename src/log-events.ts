import type { EventName, Events } from './model/events.ts'
import type { EventHub } from './system/event-hub.ts'
import type { LogLevel } from './system/json-log.ts'
import type { Log } from './system/system.ts'

const FAULTS = new Set(['failed', 'unauthorised', 'slow'])

/** How much an event matters to who reads a log. */
function levelOf(name: EventName, payload: unknown): LogLevel {
  if (name === 'warning' || name === 'error.told') return 'warn'
  if (name === 'registry.settled') return FAULTS.has((payload as Events[typeof name]).state) ? 'warn' : 'info'
  if (name === 'http.request' || name.startsWith('cache.') || name === 'registry.asked') return 'debug'
  return 'info'
}

/** Every event of the run becomes a line of the log; its module is the first part of its name. */
export function logEvents(hub: Pick<EventHub, 'onAny'>, log: Log): void {
  hub.onAny((name, payload) => {
    const { text, ...facts } = payload as Record<string, unknown>
    const [module] = name.split('.', 1)
    const words = name === 'job.event' ? `job ${(payload as Events[typeof name]).type}` : name
    log[levelOf(name, payload)](typeof text === 'string' ? text : words, { ...facts, module })
  })
}
