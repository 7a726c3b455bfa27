import { fill, line } from '../components/line.ts'
import { cursorIndex, topOf } from '../src/session/list-cursor.ts'
import { isLive } from '../src/session/slices/jobs.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import { errorLines, jobHead, jobPane, logLine, type Job } from './job-pane.ts'
import type { Drawn, ScreenProps } from './routes.ts'

const PANE_LINES = 12
/** Head, the running step and a line of log: less tells nothing. */
const LEAST_PANE = 3

const isPane = (job: Job, isChosen: boolean): boolean => isLive(job) || isChosen

/** Lines a job would like: live ones and the chosen one are panes, the rest one line each. */
function wantedLines(props: ScreenProps, job: Job, isChosen: boolean): number {
  if (!isPane(job, isChosen)) return 1
  const told = (job.result ? 1 : 0) + errorLines(props, job).length
  return Math.min(PANE_LINES, 1 + job.steps.length + told + Math.min(3, job.log.length))
}

/** Lines each job gets: what it would like where that fits, else the panes share the screen evenly. */
function shareLines(props: ScreenProps, chosen: number): number[] {
  const { height } = props
  const { jobs } = props.state.jobs
  const wanted = jobs.map((job, index) => wantedLines(props, job, index === chosen))
  const panes = wanted.filter((size) => size > 1).length
  if (panes === 0 || wanted.reduce((sum, size) => sum + size, 0) <= height) return wanted
  const share = Math.max(LEAST_PANE, Math.floor((height - Math.min(2, jobs.length - panes)) / panes))
  return wanted.map((size) => Math.min(size, share))
}

/** Jobs: a live pane each, several at once; finished ones as lines. */
export function jobsScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const { jobs, cursor } = state.jobs
  const chosen = cursorIndex(
    jobs.map((job) => job.id),
    cursor,
  )
  if (chosen < 0) {
    const none = line(theme, width, [{ text: ' No jobs yet. g on a template starts one; installs are jobs too.' }])
    return { lines: fill([none], width, height), listRows: height }
  }
  const sizes = shareLines(props, chosen)
  const lines: string[] = []
  for (let index = firstShown(sizes, chosen, height); index < jobs.length && lines.length < height; index++) {
    const job = jobs[index]
    if (!job) break
    const size = Math.min(sizes[index] ?? 1, height - lines.length)
    const marks = index === chosen ? '>' : ' '
    lines.push(...(size === 1 ? [jobHead(props, job, marks)] : jobPane(props, job, size, marks)))
  }
  return { lines: fill(lines, width, height), listRows: Math.max(1, Math.floor(height / 3)) }
}

/** The earliest job from which on the chosen one still fits. */
function firstShown(sizes: readonly number[], chosen: number, height: number): number {
  let first = chosen
  let used = sizes[chosen] ?? 1
  for (let index = chosen - 1; index >= 0; index--) {
    used += sizes[index] ?? 1
    if (used > height) break
    first = index
  }
  return first
}

/** The log of one job over the whole screen, following its end. */
export function logScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const job = state.jobs.jobs.find((one) => one.id === currentRoute(state).id)
  if (!job)
    return { lines: fill([line(theme, width, [{ text: ' This job is gone.' }])], width, height), listRows: height }
  const error = errorLines(props, job).slice(0, Math.floor(height / 2))
  const room = Math.max(1, height - 1 - error.length)
  const top = topOf(Math.max(0, job.log.length - 1 - state.jobs.logUp), { line: room - 1 }, job.log.length, room)
  const body = job.log.slice(top, top + room).map((one) => logLine(props, one))
  const none = [line(theme, width, [{ text: '   It wrote no log.', role: 'muted' }])]
  const log = job.log.length ? body : none
  return { lines: [jobHead(props, job), ...error, ...fill(log, width, room)], listRows: room }
}
