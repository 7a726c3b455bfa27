import type { MarketError } from '../model/errors.ts'
import { failureOf } from '../model/failure-type.ts'
import type { Emit } from '../model/events.ts'
import type { System } from '../system/system.ts'
import type { JobEventBody, JobSpec, JobType } from './job.ts'
import type { JobFolder } from './job-folder.ts'
import { openJournal } from './journal.ts'
import { memoryTrend } from './memory-trend.ts'
import { errorOf, runSteps } from './runner.ts'

export interface Execution {
  system: System
  spec: JobSpec
  folder: JobFolder
  signal: AbortSignal
  emit: Emit
  /** Memory from which the job says so in its log, bytes. */
  warnBytes?: number | undefined
}

/** Runs a job in this process and writes every turn of it to its journal. Answers the error it ended with, if any. */
export async function executeJob<S>(type: JobType<S>, run: Execution): Promise<MarketError | undefined> {
  const { system, spec, signal } = run
  const journal = openJournal(run.folder.journal, system.clock)
  const write = (body: JobEventBody): void => {
    journal.write(body)
    run.emit('job.event', { job: spec.id, type: body.type })
  }
  const began = system.clock.monotonic()
  const finish = (body: Omit<JobEventBody & { type: 'finished' }, 'type' | 'ms'>): void =>
    write({ ...body, type: 'finished', ms: Math.round(system.clock.monotonic() - began) })
  let state: { value: S } | undefined
  let stopSamples: (() => void) | undefined
  try {
    signal.throwIfAborted()
    state = { value: await type.open(spec.input, spec) }
    const steps = type.steps(state.value)
    const pid = system.env.pid
    write({
      type: 'started',
      pid,
      mark: system.run.alive(pid) ?? '',
      steps: steps.map(({ id, title }) => ({ id, title })),
    })
    stopSamples = sampleMemory(run, write)
    await runSteps(steps, state.value, { clock: system.clock, signal, write })
    const result = type.result(state.value)
    finish({ state: 'succeeded', result })
    tellEnd(run, 'succeeded', result)
    return undefined
  } catch (thrown) {
    const error = errorOf(thrown, spec.title, signal)
    const ended = signal.aborted ? 'cancelled' : 'failed'
    finish({ state: ended, error: error.toJSON() })
    tellEnd(run, ended, {}, error)
    return error
  } finally {
    stopSamples?.()
    if (state) await type.close?.(state.value)
    journal.close()
  }
}

/** How often the memory of a job is looked at, ms, and how much of a change, in parts of the last, is told. */
const SAMPLE_EVERY_MS = 1000
const TOLD_CHANGE = 0.02
const mib = (bytes: number): number => Math.round(bytes / 2 ** 20)

/** Tells the memory of this process now and then: a job that stays as it is writes nothing. */
function sampleMemory({ system, warnBytes }: Execution, write: (body: JobEventBody) => void): () => void {
  const trendAt = memoryTrend()
  const warnings = new Set<string>()
  const warnOnce = (about: string, text: string): void => {
    if (!warnings.has(about)) write({ type: 'log', level: 'warning', text })
    warnings.add(about)
  }
  let last = 0
  let wasRising = false
  return system.clock.every(SAMPLE_EVERY_MS, () => {
    const { rssBytes } = system.measure.usage()
    const { samples, slopeBytes, isRising, keepsRising } = trendAt(system.clock.monotonic(), rssBytes)
    if (warnBytes !== undefined && rssBytes > warnBytes) {
      const limit = `the setting jobs.warnBytes is ${mib(warnBytes)} MiB`
      warnOnce('much', `This job takes ${mib(rssBytes)} MiB of memory; ${limit}.`)
    }
    if (keepsRising) {
      const rise = `by ${mib(slopeBytes)} MiB a minute, now ${mib(rssBytes)} MiB`
      warnOnce('rising', `The memory of this job has kept rising for a minute: ${rise}.`)
    }
    if (Math.abs(rssBytes - last) <= last * TOLD_CHANGE && isRising === wasRising) return
    last = rssBytes
    wasRising = isRising
    write({ type: 'memory', rssBytes, samples, slopeBytes })
  })
}

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0)

/** Tells how a job of this process ended: how many items it was asked for, and how many of them failed. */
function tellEnd({ spec, emit }: Execution, state: string, result: Record<string, unknown>, error?: MarketError): void {
  const asked = Math.max(1, lengthOf(spec.input['ids']))
  const failed = error ? asked : Math.min(asked, lengthOf(result['failed']))
  emit('job.ended', { job: spec.id, kind: spec.type, state, asked, failed, ...(error ? failureOf(error) : {}) })
}
