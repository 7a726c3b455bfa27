import type { MarketError } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { System } from '../system/system.ts'
import type { JobEventBody, JobSpec, JobType } from './job.ts'
import type { JobFolder } from './job-folder.ts'
import { openJournal } from './journal.ts'
import { errorOf, runSteps } from './runner.ts'

export interface Execution {
  system: System
  spec: JobSpec
  folder: JobFolder
  signal: AbortSignal
  emit: Emit
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
    await runSteps(steps, state.value, { clock: system.clock, signal, write })
    finish({ state: 'succeeded', result: type.result(state.value) })
    return undefined
  } catch (thrown) {
    const error = errorOf(thrown, spec.title, signal)
    finish({ state: signal.aborted ? 'cancelled' : 'failed', error: error.toJSON() })
    return error
  } finally {
    if (state) await type.close?.(state.value)
    journal.close()
  }
}
