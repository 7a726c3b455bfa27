import { openAudit, type Audit } from '../audit/late-audit.ts'
import type { Marketplace } from '../marketplace.ts'
import type { Emit } from '../model/events.ts'
import { problemOf } from '../model/problem.ts'
import type { EventHub } from '../system/event-hub.ts'
import type { System } from '../system/system.ts'

interface TrailParts {
  system: System
  folder: string
  hub: EventHub
  /** What the work is done for. */
  cause: string
}

/** The audit trail of this process, fed by its events. What cannot be written is told and ends nothing. */
export function openTrail({ system, folder, hub, cause }: TrailParts): Audit {
  const audit = openAudit({ system, folder, cause, report: (text) => hub.emit('warning', { text }) })
  audit.follow(hub.on)
  return audit
}

/** The trail for reading; the room is loaded when it is asked. */
export const trailOf = (folder: string): Marketplace['audit'] => ({
  read: async (query) => (await import('../audit/read-trail.ts')).readTrail(folder, query),
  verify: async () => (await import('../audit/read-trail.ts')).verifyTrail(folder),
})

/** Details that tell when a person looked at them, or was refused to. */
export const toldDetails =
  (details: Marketplace['details'], emit: Emit): Marketplace['details'] =>
  async (id, { isShown = false, ...flags } = {}) => {
    try {
      const found = await details(id, flags)
      const { registry, version } = found.listing
      if (isShown) emit('item.shown', { id: found.listing.id, registry, ...(version === undefined ? {} : { version }) })
      return found
    } catch (error) {
      const problem = problemOf(error)
      if (isShown && problem.policy !== undefined) emit('item.shown', { id, problem })
      throw error
    }
  }
