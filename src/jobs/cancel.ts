import { jobCancelled } from '../model/errors.ts'
import type { System } from '../system/system.ts'
import type { JobSpec } from './job.ts'
import type { JobFolder } from './job-folder.ts'
import { livingOwner } from './job-folder.ts'
import { openJournal, openJournalReader } from './journal.ts'

/** Time a job has to end by itself, undoing its work, before it is killed, ms. Whole cancel: within a second. */
const GRACE_MS = 700
/** Time the kernel has to take a killed process away, ms. */
const GONE_MS = 250
const LOOK_EVERY_MS = 15

async function until(system: System, ms: number, isOver: () => boolean): Promise<boolean> {
  const endAt = system.clock.monotonic() + ms
  while (!isOver()) {
    if (system.clock.monotonic() >= endAt) return false
    await system.clock.sleep(LOOK_EVERY_MS)
  }
  return true
}

/** Asks the process of a job to end, and kills it with its children when it does not. True when it had to be killed. */
export async function stopOwner(system: System, folder: JobFolder): Promise<boolean> {
  const owner = livingOwner(folder, system.run)
  if (!owner) return false
  const isGone = (): boolean => system.run.alive(owner.pid) !== owner.mark
  system.run.signal(owner.pid, 'SIGTERM')
  const ended = await until(system, GRACE_MS, isGone)
  // A detached job leads a process group of its own, so its children go with it; otherwise there is no such group.
  const hadChildren = system.run.signal(-owner.pid, 'SIGKILL')
  if (ended) return false
  if (!hadChildren) system.run.signal(owner.pid, 'SIGKILL')
  await until(system, GONE_MS, isGone)
  return true
}

/** Closes the journal of a job that could not do it itself. */
export function writeCancelled(system: System, folder: JobFolder, spec: JobSpec): void {
  const reader = openJournalReader(folder.journal)
  if (reader.next().some((event) => event.type === 'finished')) return
  const journal = openJournal(folder.journal, system.clock)
  const ms = Math.max(0, system.clock.now() - Date.parse(spec.createdAt))
  journal.write({ type: 'finished', state: 'cancelled', ms, error: jobCancelled(`"${spec.title}"`).toJSON() })
  journal.close()
}
