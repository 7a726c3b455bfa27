import { fill, line } from '../components/line.ts'
import { cursorIndex, topOf } from '../src/session/list-cursor.ts'
import { isLive, shownLog } from '../src/session/slices/jobs.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import { errorLines, jobHead, jobPane, jobRow, logLine, type Job } from './job-pane.ts'
import type { Drawn, ScreenProps } from './routes.ts'

const PANE_LINES = 12
/** Head, the running step and a line of log: less tells nothing. */
const LEAST_PANE = 3

const isPane = (job: Job, isChosen: boolean): boolean => isLive(job) || isChosen

/** Lines a job would like: live ones and the chosen one are panes, the rest one line each. */
function wantedLines(props: ScreenProps, job: Job, isChosen: boolean): number {
  if (!isPane(job, isChosen)) return 1
  const told = (job.result ? 1 : 0) + (job.memory ? 1 : 0) + errorLines(props, job).length
  return Math.min(PANE_LINES, 1 + job.steps.length + told + Math.min(3, job.log.length))
}

/** Of a full screen the pane of the chosen job takes at most this part. */
const CHOSEN_PART = 0.5

/** Lines each job gets: what it would like where all fit, else an even share, else one and the chosen job a pane. */
function shareLines(props: ScreenProps, chosen: number): { sizes: number[]; isCrowded: boolean } {
  const { jobs } = props.state.jobs
  const wanted = jobs.map((job, index) => wantedLines(props, job, index === chosen))
  const panes = wanted.filter((size) => size > 1).length
  const fits = wanted.reduce((sum, size) => sum + size, 0) <= props.height
  if (fits || panes <= 1) return { sizes: wanted, isCrowded: false }
  const share = Math.floor((props.height - Math.min(2, jobs.length - panes)) / panes)
  if (share >= LEAST_PANE) return { sizes: wanted.map((size) => Math.min(size, share)), isCrowded: false }
  const most = Math.max(LEAST_PANE, Math.floor(props.height * CHOSEN_PART))
  return { sizes: wanted.map((size, index) => (index === chosen ? Math.min(size, most) : 1)), isCrowded: true }
}

/** How many there are of each kind, above the rows of a full screen. */
function countLine({ theme, width, state }: ScreenProps): string {
  const { jobs } = state.jobs
  const count = (name: Job['state']): number => jobs.filter((job) => job.state === name).length
  const words = (['running', 'queued', 'failed', 'interrupted'] as const).flatMap((name) =>
    count(name) > 0 ? [`${count(name)} ${name}`] : [],
  )
  return line(theme, width, [{ text: ` ${jobs.length} jobs: ${words.join(', ')}`, role: 'muted' }])
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
  const { sizes, isCrowded } = shareLines(props, chosen)
  const lines: string[] = isCrowded ? [countLine(props)] : []
  for (let index = firstShown(sizes, chosen, height - lines.length); index < jobs.length; index++) {
    const job = jobs[index]
    if (!job || lines.length >= height) break
    const size = Math.min(sizes[index] ?? 1, height - lines.length)
    const marks = index === chosen ? '>' : ' '
    if (size > 1) lines.push(...jobPane(props, job, size, marks))
    else lines.push(isLive(job) && isCrowded ? jobRow(props, job, marks) : jobHead(props, job, marks))
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

/** Which lines of the log are shown, where not all are. */
function filterLine({ theme, width, state }: ScreenProps, job: Job): string[] {
  const { level, step } = state.jobs.logFilter
  if (level === undefined && step === undefined) return []
  const title = job.steps.find((one) => one.id === step)?.title ?? step
  const what = step === undefined ? (level === 'error' ? 'errors' : 'warnings and errors') : `the step ${title}`
  return [
    line(theme, width, [
      {
        text: `   only ${what}: ${shownLog(job, state.jobs.logFilter).length} of ${job.log.length} lines`,
        role: 'accent',
      },
    ]),
  ]
}

/** The log of one job over the whole screen, following its end. */
export function logScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const job = state.jobs.jobs.find((one) => one.id === currentRoute(state).id)
  if (!job)
    return { lines: fill([line(theme, width, [{ text: ' This job is gone.' }])], width, height), listRows: height }
  const error = errorLines(props, job).slice(0, Math.floor(height / 2))
  const { logUp, logFilter } = state.jobs
  const filter = filterLine(props, job)
  const room = Math.max(1, height - 1 - error.length - filter.length)
  const lines = shownLog(job, logFilter)
  const top = topOf(Math.max(0, lines.length - 1 - logUp), { line: room - 1 }, lines.length, room)
  const body = lines.slice(top, top + room).map((one) => logLine(props, one))
  const nothing = job.log.length ? '   No line of its log is of this kind.' : '   It wrote no log.'
  const none = [line(theme, width, [{ text: nothing, role: 'muted' }])]
  const log = lines.length ? body : none
  return { lines: [jobHead(props, job), ...filter, ...error, ...fill(log, width, room)], listRows: room }
}
