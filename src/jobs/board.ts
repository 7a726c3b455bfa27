import type { System } from '../system/system.ts'
import type { JobSnapshot, JobSpec } from './job.ts'
import { hasOwner, jobFolder, listJobIds, livingOwner, readJobSpec } from './job-folder.ts'
import { openJournalReader } from './journal.ts'
import type { JournalReader } from './journal.ts'
import { emptyFold, foldEvent, isFinished } from './snapshot.ts'
import type { Fold } from './snapshot.ts'

/** A job that was written but whose process has not shown itself counts as queued for this long, ms. */
const UNCLAIMED_MS = 10_000

/** All jobs of a folder, folded as their journals grow: no line is read twice. */
export interface Board {
  /** The job as it stands now, or undefined when there is none of that id. */
  look(id: string): JobSnapshot | undefined
  /** All jobs, newest first. */
  all(): JobSnapshot[]
  /** Those that run or wait, newest first. Nothing is read of a job whose process is gone, so it costs little. */
  unfinished(): JobSnapshot[]
}

interface Entry {
  spec: JobSpec
  reader: JournalReader
  fold: Fold
}

/** A journal says what was; whether "running" still holds is asked of the process itself. */
function withLife(entry: Entry, root: string, system: System): JobSnapshot {
  const { snapshot } = entry.fold
  const torn = entry.reader.torn + (entry.reader.isOpenEnded ? 1 : 0)
  if (isFinished(snapshot)) return { ...snapshot, torn }
  const folder = jobFolder(root, entry.spec.id)
  if (livingOwner(folder, system.run)) return { ...snapshot, torn: entry.reader.torn }
  // The owner may have written its last line and gone between our reading and our asking.
  advance(entry)
  if (isFinished(entry.fold.snapshot)) return { ...entry.fold.snapshot, torn }
  const isFresh = system.clock.now() - Date.parse(entry.spec.createdAt) < UNCLAIMED_MS
  if (!hasOwner(folder) && isFresh) return { ...snapshot, torn }
  return { ...entry.fold.snapshot, state: 'interrupted', torn }
}

function advance(entry: Entry): void {
  for (const event of entry.reader.next()) entry.fold = foldEvent(entry.fold, event)
}

export function openBoard(root: string, system: System): Board {
  const entries = new Map<string, Entry>()
  const look = (id: string): JobSnapshot | undefined => {
    let entry = entries.get(id)
    if (!entry) {
      const spec = readJobSpec(root, id)
      if (!spec) return undefined
      entry = { spec, reader: openJournalReader(jobFolder(root, id).journal), fold: emptyFold(spec) }
      entries.set(id, entry)
    }
    if (!isFinished(entry.fold.snapshot)) advance(entry)
    return withLife(entry, root, system)
  }
  /** Whether a job may still run or wait: its process lives, or has yet to come up. */
  const mayLive = (id: string): boolean => {
    const entry = entries.get(id)
    if (entry && isFinished(entry.fold.snapshot)) return false
    const folder = jobFolder(root, id)
    return livingOwner(folder, system.run) !== undefined || !hasOwner(folder)
  }
  return {
    look,
    unfinished: () =>
      listJobIds(root)
        .toReversed()
        .filter(mayLive)
        .flatMap((id) => look(id) ?? [])
        .filter((job) => !isFinished(job)),
    all() {
      const ids = listJobIds(root)
      const present = new Set(ids)
      for (const id of entries.keys()) if (!present.has(id)) entries.delete(id)
      return ids.toReversed().flatMap((id) => look(id) ?? [])
    },
  }
}
