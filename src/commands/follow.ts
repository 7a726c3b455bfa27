import { bytesText } from '../model/bytes-text.ts'
import type { JobEvent, Jobs, JobSnapshot } from '../jobs/job.ts'
import { cut } from '../model/cells.ts'
import { EXIT, jobCancelled, jobEnded, jobInterrupted } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { CommandContext } from './command.ts'
import { mayDraw } from './output.ts'
import { durationText } from './words.ts'

const LINE_EVERY_MS = 1000

/** Writes what happens: step lines for good, progress in passing. */
interface Pen {
  step(text: string): void
  progress(text: string): void
  end(): void
}

/** On a terminal: step lines stay, the progress line is drawn over. */
function terminalPen(context: CommandContext): Pen {
  const { err } = context.system.io
  const clear = '\r\u001b[2K'
  return {
    step: (text) => err.write(`${clear}${text}\n`),
    progress: (text) => err.write(`${clear}${cut(text, Math.max(10, err.columns - 1))}`),
    end: () => err.write(clear),
  }
}

/** In a pipe: plain lines, at most one a second; steps that fall into one second share a line, none is lost. */
function plainPen(context: CommandContext): Pen {
  const { clock, io } = context.system
  let steps: string[] = []
  let progress = ''
  let lastAt = Number.NEGATIVE_INFINITY
  let stop: (() => void) | undefined
  const flush = (): void => {
    stop = undefined
    const text = [...steps, ...(progress ? [progress] : [])].join('; ')
    steps = []
    progress = ''
    if (!text) return
    lastAt = clock.monotonic()
    io.err.write(`${text}\n`)
  }
  const soon = (): void => {
    const wait = lastAt + LINE_EVERY_MS - clock.monotonic()
    if (wait <= 0) flush()
    else stop ??= clock.after(wait, flush)
  }
  return {
    step(text) {
      steps.push(text)
      progress = ''
      soon()
    },
    progress(text) {
      progress = text
      soon()
    },
    end() {
      stop?.()
      progress = ''
      flush()
    },
  }
}

const silentPen: Pen = { step: () => {}, progress: () => {}, end: () => {} }

/** Words for journal events; undefined for those a reader need not see. */
export function eventLine(event: JobEvent, titles: ReadonlyMap<string, string>): string | undefined {
  const title = (step: string): string => harmless(titles.get(step) ?? step, 80)
  if (event.type === 'queued') return `waiting: ${harmless(event.title, 120)}`
  if (event.type === 'log') return event.level === 'info' ? undefined : `${event.level}: ${harmless(event.text, 400)}`
  if (event.type === 'progress') {
    const isBytes = event.unit === 'bytes'
    const figure = (count: number): string => (isBytes ? bytesText(count) : String(count))
    const unit = isBytes ? '' : ` ${harmless(event.unit, 40)}`
    return `${title(event.step)}: ${figure(event.done)}${event.total === undefined ? '' : ` of ${figure(event.total)}`}${unit}`
  }
  if (event.type !== 'step') return undefined
  const reason = event.reason ? ` (${harmless(event.reason, 200)})` : ''
  const time = event.ms === undefined ? '' : ` ${durationText(event.ms)}`
  return event.state === 'running' ? `${title(event.step)} ...` : `${title(event.step)}: ${event.state}${reason}${time}`
}

/**
 * Follows a job to its end and answers its last snapshot. Ctrl-C cancels the job (exit 5); a hang-up does not. Throws
 * the job's own error when it failed. Warnings that were `said` already are not said again.
 */
export async function followToEnd(
  context: CommandContext,
  jobs: Pick<Jobs, 'cancel' | 'follow' | 'get'>,
  id: string,
  said: readonly string[] = [],
): Promise<JobSnapshot> {
  const pen = context.global.quiet
    ? silentPen
    : mayDraw(context, context.system.io.err)
      ? terminalPen(context)
      : plainPen(context)
  const titles = new Map<string, string>()
  let failure: Record<string, unknown> | undefined
  try {
    for await (const event of jobs.follow(id, context.signal)) {
      if (event.type === 'started') for (const step of event.steps) titles.set(step.id, step.title)
      if (event.type === 'finished') failure = event.error
      if (event.type === 'log' && said.includes(event.text)) continue
      const line = eventLine(event, titles)
      if (line === undefined) continue
      const isPassing = event.type === 'progress' || (event.type === 'step' && event.state === 'running')
      if (isPassing) pen.progress(line)
      else pen.step(line)
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
  } finally {
    pen.end()
  }
  if (context.signal.aborted) {
    // The job may have ended in the very moment of the key press; then it was not cancelled.
    const job = await jobs.cancel(id)
    if (job.state !== 'succeeded') throw jobCancelled(job.title)
  }
  const job = await jobs.get(id)
  if (job.state === 'cancelled') throw jobCancelled(job.title)
  if (job.state === 'interrupted') throw jobInterrupted(job.title, id)
  if (job.state === 'failed') throw jobEnded(job.title, failure ?? job.error)
  return job
}

/** Exit code of a job that ended well but whose result may say that findings failed. */
export const resultExit = (job: JobSnapshot): typeof EXIT.ok | typeof EXIT.findings =>
  job.result?.['status'] === 'failed' ? EXIT.findings : EXIT.ok
