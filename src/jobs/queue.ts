import type { Board } from './board.ts'
import type { System } from '../system/system.ts'
import { JOB_PRIORITIES, type JobSnapshot } from './job.ts'

/** How often a waiting job looks whether it is its turn, ms. */
const TURN_EVERY_MS = 200

/** How many jobs of each class may run at once; `jobs` where a class has no number of its own. */
export interface JobLimits {
  jobs: number
  validation?: number
  downloads?: number
}
type JobClass = keyof JobLimits

/** What a kind of job mostly waits for decides whom it waits behind. */
const CLASSES: Readonly<Record<string, JobClass>> = {
  validate: 'validation',
  install: 'downloads',
  update: 'downloads',
  uninstall: 'downloads',
}
const classOf = (type: string): JobClass => (Object.hasOwn(CLASSES, type) ? (CLASSES[type] ?? 'jobs') : 'jobs')

/** Who has waited so long goes as if it were one priority higher, ms: else a low one could wait for ever. */
const AGE_MS = 120_000

type Turn = Pick<JobSnapshot, 'id' | 'type' | 'priority' | 'createdAt'>

/** 0 goes first. */
function rankOf({ priority = 'normal', createdAt }: Turn, now: number): number {
  const waitedMs = Math.max(0, now - Date.parse(createdAt))
  return Math.max(0, JOB_PRIORITIES.indexOf(priority) - Math.floor(waitedMs / AGE_MS))
}

/** Whether one that waits goes before another: by rank, then the older one. */
function goesFirst(a: Turn, b: Turn, now: number): boolean {
  const [rank, other] = [rankOf(a, now), rankOf(b, now)]
  return rank === other ? a.id < b.id : rank < other
}

const memoryOf = (jobs: readonly JobSnapshot[]): number =>
  jobs.filter((job) => job.state === 'running').reduce((sum, job) => sum + (job.memory?.recentBytes.at(-1) ?? 0), 0)

/**
 * Waits until fewer than the limit of its class are ahead. There is no queue file and no master: every waiting process
 * counts, in the jobs folder, the live jobs of its class that run or go before its own. A process that dies simply
 * stops counting, so nothing can be left locked. While running jobs take more memory than is allowed, none begins.
 */
export async function waitTurn(mine: Turn, limits: JobLimits, tools: WaitTools): Promise<void> {
  const own = classOf(mine.type)
  const limit = limits[own] ?? limits.jobs
  for (;;) {
    tools.signal.throwIfAborted()
    const all = tools.board.unfinished()
    const now = tools.system.clock.now()
    const ahead = all
      .filter((job) => job.id !== mine.id && classOf(job.type) === own)
      .filter((job) => job.state === 'running' || (job.state === 'queued' && goesFirst(job, mine, now)))
    // Where nothing runs nothing can become free either.
    const isHeld = memoryOf(all) > (tools.holdFromBytes ?? Number.POSITIVE_INFINITY)
    if (ahead.length < Math.max(1, limit) && !isHeld) return
    await tools.system.clock.sleep(TURN_EVERY_MS, tools.signal)
  }
}

interface WaitTools {
  board: Pick<Board, 'unfinished'>
  system: System
  signal: AbortSignal
  /** Memory of all running jobs together above which no further one begins. */
  holdFromBytes?: number | undefined
}
