import { wrap } from '../src/model/cells.ts'
import type { SessionState } from '../src/session/session.ts'
import { fill, line } from '../components/line.ts'
import { progressBar } from '../components/progress-bar.ts'
import { stepTree } from '../components/step-tree.ts'
import { sparkline } from '../components/sparkline.ts'
import type { Role } from '../components/theme.ts'
import { bytesWord, durationWord, leftWord } from '../components/words.ts'
import type { ScreenProps } from './routes.ts'

export type Job = SessionState['jobs']['jobs'][number]

const ROLES: Record<Job['state'], Role> = {
  queued: 'muted',
  running: 'accent',
  succeeded: 'ok',
  failed: 'error',
  cancelled: 'warn',
  interrupted: 'warn',
}

/** Time since it started, or the time it took. */
function elapsedWord(job: Job, now: number): string {
  if (job.startedAt === undefined) return ''
  const end = job.endedAt === undefined ? now : Date.parse(job.endedAt)
  return durationWord(Math.max(0, end - Date.parse(job.startedAt)))
}

/** Title, state, bar and time of a job in one line; the bar goes first where there is no room. */
export function jobHead(props: ScreenProps, job: Job, marks = ' '): string {
  const { width } = props
  const barWidth = width >= 100 ? 24 : width >= 70 ? 17 : 5
  const tail = 13 + barWidth + 1 + 8
  const bar = width >= 70 ? progressBar(job.percent, barWidth) : `${Math.floor(job.percent)}%`.padStart(4)
  return line(props.theme, width, [
    {
      text: `${marks}${job.title}`,
      width: Math.max(12, width - tail),
      role: marks.includes('>') ? 'strong' : 'plain',
    },
    { text: ` ${job.state}`, width: 13, role: ROLES[job.state] },
    { text: ` ${bar}`, width: barWidth + 1, role: ROLES[job.state] },
    { text: ` ${elapsedWord(job, props.state.view.now)}`, role: 'muted' },
  ])
}

/** Time that is left of a running step; nothing where it cannot be told or has passed. */
function leftOf(step: Job['steps'][number], now: number): { leftMs?: number } {
  const leftMs = step.state === 'running' && step.endsAt !== undefined ? Date.parse(step.endsAt) - now : 0
  return leftMs > 0 ? { leftMs } : {}
}

/** What a job does just now, in a word or two: the step it is in, and the time left of it. */
function doingWord(job: Job, now: number): string {
  const step = job.steps.find((one) => one.state === 'running')
  if (!step) return ''
  const { leftMs } = leftOf(step, now)
  return leftMs === undefined ? step.title : `${step.title}, ${leftWord(leftMs)} left`
}

/** A live job in one line of a full screen: title, state, percentage and what it does. */
export function jobRow(props: ScreenProps, job: Job, marks = ' '): string {
  const { width, theme, state } = props
  const titleWidth = Math.max(12, Math.floor(width * 0.34))
  const barWidth = width >= 70 ? 15 : 5
  const bar = width >= 70 ? progressBar(job.percent, barWidth) : `${Math.floor(job.percent)}%`.padStart(4)
  return line(theme, width, [
    { text: `${marks}${job.title}`, width: titleWidth, role: marks.includes('>') ? 'strong' : 'plain' },
    { text: ` ${job.state}`, width: 9, role: ROLES[job.state] },
    { text: job.state === 'running' ? ` ${bar}` : '', width: barWidth + 1, role: ROLES[job.state] },
    { text: ` ${doingWord(job, state.view.now)}`, role: 'muted' },
  ])
}

/** Memory of the process, the most it took, and how it went. */
function memoryLine({ theme, width }: ScreenProps, memory: NonNullable<Job['memory']>): string {
  const { recentBytes, peakBytes, samples, slopeBytes = 0 } = memory
  const slope = slopeBytes === 0 ? 'steady' : `${slopeBytes > 0 ? '+' : '-'}${bytesWord(Math.abs(slopeBytes))} a minute`
  const words = `   memory ${bytesWord(recentBytes.at(-1))}, most ${bytesWord(peakBytes)}`
  const more = samples === undefined ? '' : `, ${slope}, ${samples} samples`
  const trend = sparkline(recentBytes, Math.min(24, Math.max(0, width - words.length - more.length - 2)))
  return line(theme, width, [{ text: `${words}${more} ${trend}`, role: 'muted' }])
}

/** Why it failed and what to do; nothing for a job that went well. */
export function errorLines({ theme, width }: ScreenProps, job: Job): string[] {
  if (!job.error) return []
  const text = `${job.error.message} ${job.error.hint ?? ''}`.trim()
  return wrap(text, Math.max(1, width - 4)).map((one) => line(theme, width, [{ text: `   ${one}`, role: 'error' }]))
}

/** As many steps as fit, around the one that runs; the pane of a finished job shows where it stopped. */
function stepWindow(steps: Job['steps'], room: number): Job['steps'] {
  if (steps.length <= room) return steps
  const last = steps.findLastIndex((step) => step.state !== 'waiting')
  const running = steps.findIndex((step) => step.state === 'running' || step.state === 'failed')
  const at = running >= 0 ? running : last
  const top = Math.max(0, Math.min(at - Math.floor(room / 2), steps.length - room))
  return steps.slice(top, top + room)
}

/** Log lines a pane keeps room for when it has to leave steps out. */
const SOME_LOG = 2

/** A live pane: head, steps with counts and rate, result or error, the last lines of its log. */
export function jobPane(props: ScreenProps, job: Job, height: number, marks = ' '): string[] {
  const { theme, width } = props
  const path = job.result?.['path'] ?? job.result?.['bundle'] ?? job.result?.['out']
  const result = typeof path === 'string' ? [line(theme, width, [{ text: `   in ${path}`, role: 'ok' }])] : []
  const error = errorLines(props, job).slice(0, Math.max(1, height - 1))
  const told = 1 + result.length + error.length
  const memory = job.memory && height >= told + job.steps.length + 1 ? [memoryLine(props, job.memory)] : []
  const room = Math.max(0, height - told - memory.length)
  const logRoom = Math.min(job.log.length, Math.max(room - job.steps.length, room > 4 ? SOME_LOG : room > 2 ? 1 : 0))
  const { now } = props.state.view
  const shown = stepWindow(job.steps, room - logRoom).map((step) => ({ ...step, ...leftOf(step, now) }))
  const steps = stepTree(theme, width, shown)
  const log = logRoom > 0 ? job.log.slice(-logRoom).map((one) => logLine(props, one)) : []
  return fill(
    [jobHead(props, job, marks), ...steps, ...memory, ...result, ...error, ...log],
    width,
    Math.max(1, height),
  )
}

/** A line of a job's log with its time and level. */
export function logLine(props: ScreenProps, one: Job['log'][number]): string {
  const role = one.level === 'error' ? 'error' : one.level === 'warning' ? 'warn' : 'muted'
  return line(props.theme, props.width, [
    { text: `   ${one.at.slice(11, 19)} `, role: 'muted' },
    { text: `${one.level === 'info' ? '' : `${one.level}: `}${one.text}`, role },
  ])
}
