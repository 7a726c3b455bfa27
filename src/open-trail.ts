import { openAudit, type Audit } from './audit/late-audit.ts'
import type { Marketplace } from './marketplace.ts'
import type { Emit } from './model/events.ts'
import { problemOf } from './model/problem.ts'
import type { System } from './system/system.ts'

interface TrailParts {
  system: System
  folder: string
  emit: Emit
}

/** The audit trail of this process. What cannot be written is told and ends nothing. */
export const openTrail = ({ system, folder, emit }: TrailParts, cause = 'library'): Audit =>
  openAudit({
    system,
    folder,
    cause,
    report: (text) => emit('warning', { text }),
  })

/** The trail for reading; the room is loaded when it is asked. */
export const trailOf = (folder: string): Marketplace['audit'] => ({
  read: async (query) => (await import('./audit/read-trail.ts')).readTrail(folder, query),
  verify: async () => (await import('./audit/read-trail.ts')).verifyTrail(folder),
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
