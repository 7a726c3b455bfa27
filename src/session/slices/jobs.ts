import type { JobSnapshot } from '../../jobs/job.ts'
import { patch, type Context } from '../context.ts'
import { JOB_EVERY_MS, openFeed } from '../feed.ts'
import { cursorIndex, firstRow, moveCursor, settleCursor, type ListCursor } from '../list-cursor.ts'

export interface JobsState {
  /** Newest first. */
  jobs: JobSnapshot[]
  cursor: ListCursor
  /** The user chose a job; until then the newest is under the cursor. */
  isTouched: boolean
  /** Lines the open log is scrolled up from its end; 0 follows. */
  logUp: number
  /** Which lines of a log are shown; all when empty. */
  logFilter: LogFilter
}

/** `warning` shows errors too. `step` is the id of a step. */
export interface LogFilter {
  level?: 'warning' | 'error'
  step?: string
}

/** The lines of a log that a filter lets through. */
export function shownLog(job: JobSnapshot, { level, step }: LogFilter): JobSnapshot['log'] {
  if (level === undefined && step === undefined) return job.log
  return job.log.filter(
    (line) =>
      (step === undefined || line.step === step) &&
      (level === undefined || line.level === 'error' || line.level === level),
  )
}

export const jobsState: JobsState = { jobs: [], cursor: firstRow, isTouched: false, logUp: 0, logFilter: {} }

const ids = (state: JobsState): string[] => state.jobs.map((job) => job.id)

export const chosenJob = (state: JobsState): JobSnapshot | undefined =>
  state.jobs[cursorIndex(ids(state), state.cursor)]
export const isLive = (job: JobSnapshot): boolean => job.state === 'running' || job.state === 'queued'
export const runningJobs = (state: JobsState): number => state.jobs.filter(isLive).length

const newestFirst = (a: JobSnapshot, b: JobSnapshot): number =>
  b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id)

/** A list read while news came in may be behind them: an end stays an end, and no percentage falls. */
function newer(was: JobSnapshot | undefined, job: JobSnapshot): JobSnapshot {
  if (!was || job.percent >= was.percent) return job
  return isLive(job) && !isLive(was) ? was : { ...job, percent: was.percent }
}

export interface JobsHooks {
  /** A job came to its end while the screens were open. */
  ended(job: JobSnapshot): void
}

/** Snapshots as they come, batched; the clock runs only while something does. */
function openBoard(context: Context, hooks: JobsHooks) {
  const state = (): JobsState => context.store.getState().jobs
  const set = (change: Partial<JobsState>): void => patch(context, 'jobs', change)
  const news = new Map<string, JobSnapshot>()
  let stopWatch: (() => void) | undefined
  let stopTick: (() => void) | undefined

  /** Elapsed times move once a second, only while something runs. */
  const tick = (): void => {
    const isRunning = runningJobs(state()) > 0
    if (isRunning && !stopTick) {
      stopTick = context.system.clock.every(1000, () => patch(context, 'view', { now: context.system.clock.now() }))
    } else if (!isRunning) {
      stopTick?.()
      stopTick = undefined
    }
  }
  const put = (fresh: readonly JobSnapshot[]): void => {
    const before = new Map(state().jobs.map((job) => [job.id, job]))
    const byId = new Map(before)
    for (const job of fresh) byId.set(job.id, newer(before.get(job.id), job))
    const jobs = [...byId.values()].toSorted(newestFirst)
    set({ jobs })
    set({ cursor: settleCursor(ids(state()), state().isTouched ? state().cursor : firstRow) })
    tick()
    for (const job of fresh) {
      const was = before.get(job.id)
      if (was && isLive(was) && !isLive(job)) hooks.ended(job)
    }
  }
  const everyMs = context.store.getState().view.isSlow ? JOB_EVERY_MS.slow : JOB_EVERY_MS.local
  const feed = openFeed<Map<string, JobSnapshot>>(context.system.clock, { everyMs }, (changed) => {
    const fresh = [...changed.values()]
    changed.clear()
    put(fresh)
  })
  return {
    put,
    watch(): void {
      stopWatch = context.marketplace.jobs.watch((job) => {
        const isNew = !state().jobs.some((one) => one.id === job.id)
        news.set(job.id, job)
        feed.push(news)
        // The first sight of a job and its end are never held back.
        if (isNew || !isLive(job)) feed.flush()
      })
    },
    close(): void {
      stopWatch?.()
      stopTick?.()
      feed.close()
    },
  }
}

export function jobActions(context: Context, hooks: JobsHooks) {
  const { put, watch, close } = openBoard(context, hooks)
  const state = (): JobsState => context.store.getState().jobs
  const set = (change: Partial<JobsState>): void => patch(context, 'jobs', change)
  const withJob = async (call: (job: JobSnapshot) => Promise<void>): Promise<void> => {
    const job = chosenJob(state())
    if (!job) return
    try {
      await call(job)
    } catch (error) {
      context.report(error)
    }
  }
  return {
    /** Reads what is there and follows what changes. */
    async open(): Promise<void> {
      watch()
      try {
        put(await context.marketplace.jobs.list())
      } catch (error) {
        context.report(error)
      }
    },
    move(delta: number): void {
      const { view } = context.store.getState()
      const move = { ids: ids(state()), height: view.listRows, jumps: view.isSlow }
      set({ isTouched: true, cursor: moveCursor(state().cursor, delta, move), logUp: 0, logFilter: {} })
    },
    /** Puts the cursor on a job, also on one that has not shown itself yet. */
    choose: (id: string) => set({ isTouched: true, cursor: { id, index: 0, line: 0 }, logUp: 0, logFilter: {} }),
    filterLog: (logFilter: LogFilter) => set({ logFilter, logUp: 0 }),
    scrollLog(delta: number, lines: number): void {
      const most = Math.max(0, lines - context.store.getState().view.listRows)
      set({ logUp: Math.max(0, Math.min(most, state().logUp + delta)) })
    },
    /** By id: another job may be under the cursor by the time a question is answered. */
    async cancel(id: string): Promise<void> {
      try {
        put([await context.marketplace.jobs.cancel(id)])
      } catch (error) {
        context.report(error)
      }
    },
    rerun: () =>
      withJob(async (job) => {
        const id = await context.marketplace.jobs.rerun(job.id)
        put([await context.marketplace.jobs.get(id)])
        set({ isTouched: true, cursor: { id, index: 0, line: 0 } })
      }),
    remove: () =>
      withJob(async (job) => {
        await context.marketplace.jobs.remove(job.id)
        set({ jobs: state().jobs.filter((one) => one.id !== job.id) })
        set({ cursor: settleCursor(ids(state()), state().cursor) })
      }),
    close,
  }
}
export type JobActions = ReturnType<typeof jobActions>
