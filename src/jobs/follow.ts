import type { System } from '../system/system.ts'
import type { Board } from './board.ts'
import type { JobEvent, JobSnapshot } from './job.ts'
import { jobFolder, listJobIds } from './job-folder.ts'
import { openJournalReader } from './journal.ts'
import { isFinished } from './snapshot.ts'
import { openWake, watchFolder } from './wake.ts'

/** How often a follower looks although nothing rang, ms. */
const POLL_MS = 500

/** What the followers of a jobs folder share. */
export interface Desk {
  root: string
  system: System
  board: Board
}

/** All events of a job from the first one on, then live ones; ends after `finished`, or when its process is gone. */
export async function* followJob(desk: Desk, id: string, signal?: AbortSignal): AsyncIterable<JobEvent> {
  const folder = jobFolder(desk.root, id)
  const reader = openJournalReader(folder.journal)
  const wake = openWake(folder.path, desk.system.clock, POLL_MS)
  try {
    for (;;) {
      if (signal?.aborted) return
      // Asked before reading: what a process wrote before it went is then surely read.
      const isOver = isOverNow(desk.board.look(id))
      for (const event of reader.next()) {
        yield event
        if (event.type === 'finished') return
      }
      if (isOver) return
      await wake.next(signal)
    }
  } finally {
    wake.close()
  }
}

const isOverNow = (job: JobSnapshot | undefined): boolean => !job || isFinished(job)

/**
 * Calls back with each job that changed. One watch on the whole folder; while a job runs, or where nothing can be
 * watched, a slow poll for what the watch misses. With no job at work no timer runs.
 */
export function watchJobs(desk: Desk, call: (job: JobSnapshot) => void): () => void {
  const seen = new Map<string, JobSnapshot>()
  let stopPoll: (() => void) | undefined
  const tell = (id: string): void => {
    const job = desk.board.look(id)
    if (!job || isSame(seen.get(id), job)) return
    seen.set(id, job)
    call(job)
  }
  const isAtWork = (id: string): boolean => {
    const known = seen.get(id)
    return !known || !isFinished(known)
  }
  const pace = (): void => {
    if (!watched.isOpen() || listJobIds(desk.root).some(isAtWork)) {
      stopPoll ??= desk.system.clock.every(POLL_MS, sweep)
    } else {
      stopPoll?.()
      stopPoll = undefined
    }
  }
  const sweep = (): void => {
    for (const id of listJobIds(desk.root)) if (isAtWork(id)) tell(id)
    pace()
  }
  const changed = (name: string | undefined): void => {
    if (name === undefined) return sweep()
    tell(name.split(/[\\/]/)[0] ?? '')
    if (!stopPoll) pace()
  }
  const watched = watchFolder(desk.root, changed, true)
  sweep()
  return () => {
    watched.close()
    stopPoll?.()
  }
}

/** Folding makes a new object for every event, so unchanged members mean an unchanged job. */
const isSame = (a: JobSnapshot | undefined, b: JobSnapshot): boolean =>
  a !== undefined &&
  a.state === b.state &&
  a.steps === b.steps &&
  a.log === b.log &&
  a.memory === b.memory &&
  a.endedAt === b.endedAt &&
  a.torn === b.torn
