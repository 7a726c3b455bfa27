import type { SessionState } from '../src/session/session.ts'
import { fill, line } from '../components/line.ts'
import { progressBar } from '../components/progress-bar.ts'
import { stepTree } from '../components/step-tree.ts'
import type { Role } from '../components/theme.ts'
import { durationWord } from '../components/words.ts'
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

/** Title, state, bar and time of a job in one line. */
export function jobHead(props: ScreenProps, job: Job, marks = ' '): string {
  return line(props.theme, props.width, [
    {
      text: `${marks}${job.title}`,
      width: Math.max(12, props.width - 48),
      role: marks.includes('>') ? 'strong' : 'plain',
    },
    { text: ` ${job.state}`, width: 13, role: ROLES[job.state] },
    { text: ` ${progressBar(job.percent, 24)}`, width: 26, role: ROLES[job.state] },
    { text: ` ${elapsedWord(job, props.state.view.now)}`, role: 'muted' },
  ])
}

/** A live pane: head, steps with counts and rate, result or error, the last lines of its log. */
export function jobPane(props: ScreenProps, job: Job, height: number, marks = ' '): string[] {
  const { theme, width } = props
  const steps = stepTree(theme, width, job.steps)
  const path = job.result?.['path'] ?? job.result?.['bundle'] ?? job.result?.['out']
  const result = typeof path === 'string' ? [line(theme, width, [{ text: `   in ${path}`, role: 'ok' }])] : []
  const error = job.error
    ? [line(theme, width, [{ text: `   ${job.error.message} ${job.error.hint ?? ''}`, role: 'error' }])]
    : []
  const room = height - 1 - steps.length - result.length - error.length
  const log = room > 0 ? job.log.slice(-room).map((one) => logLine(props, one)) : []
  return fill([jobHead(props, job, marks), ...steps, ...result, ...error, ...log], width, Math.max(1, height))
}

/** A line of a job's log with its time and level. */
export function logLine(props: ScreenProps, one: Job['log'][number]): string {
  const role = one.level === 'error' ? 'error' : one.level === 'warning' ? 'warn' : 'muted'
  return line(props.theme, props.width, [
    { text: `   ${one.at.slice(11, 19)} `, role: 'muted' },
    { text: `${one.level === 'info' ? '' : `${one.level}: `}${one.text}`, role },
  ])
}
