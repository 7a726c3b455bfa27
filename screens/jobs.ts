import { fill, line } from '../components/line.ts'
import { cursorIndex, topOf } from '../src/session/list-cursor.ts'
import { isLive } from '../src/session/slices/jobs.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import { jobHead, jobPane, logLine, type Job } from './job-pane.ts'
import type { Drawn, ScreenProps } from './routes.ts'

const PANE_LINES = 10

/** Lines a job takes: live ones and the chosen one are panes, the rest one line each. */
const linesOf = (job: Job, isChosen: boolean): number =>
  isLive(job) || isChosen ? Math.min(PANE_LINES, 3 + job.steps.length + Math.min(3, job.log.length)) : 1

/** Jobs: a live pane each, several at once; finished ones below as lines. */
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
  const lines: string[] = []
  for (let index = firstShown(jobs, chosen, height); index < jobs.length && lines.length < height; index++) {
    const job = jobs[index]
    if (!job) break
    const isChosen = index === chosen
    const size = Math.min(linesOf(job, isChosen), height - lines.length)
    const marks = isChosen ? '>' : ' '
    lines.push(...(size === 1 ? [jobHead(props, job, marks)] : jobPane(props, job, size, marks)))
  }
  return { lines: fill(lines, width, height), listRows: Math.max(1, Math.floor(height / 3)) }
}

/** The earliest job from which on the chosen one still fits. */
function firstShown(jobs: readonly Job[], chosen: number, height: number): number {
  let first = chosen
  let used = jobs[chosen] ? linesOf(jobs[chosen], true) : 0
  for (let index = chosen - 1; index >= 0; index--) {
    const job = jobs[index]
    if (!job) break
    used += linesOf(job, false)
    if (used > height) break
    first = index
  }
  return first
}

/** The log of one job over the whole screen, following its end. */
export function logScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const job = state.jobs.jobs.find((one) => one.id === currentRoute(state).id)
  const room = Math.max(1, height - 1)
  if (!job)
    return { lines: fill([line(theme, width, [{ text: ' This job is gone.' }])], width, height), listRows: room }
  const top = topOf(Math.max(0, job.log.length - 1 - state.jobs.logUp), room - 1, job.log.length, room)
  const body = job.log.slice(top, top + room).map((one) => logLine(props, one))
  return { lines: [jobHead(props, job), ...fill(body, width, room)], listRows: room }
}
