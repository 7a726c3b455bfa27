import { isMarketError, jobCancelled, jobFailed, machineProblem, reasonOf } from '../model/errors.ts'
import type { MarketError } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Clock } from '../system/system.ts'
import type { JobEventBody, Step, StepContext } from './job.ts'

/** Shortest time between two progress events of a step, ms: four a second. */
const PROGRESS_EVERY_MS = 250

export interface RunnerTools {
  clock: Clock
  signal: AbortSignal
  write(body: JobEventBody): void
}

/** Lets a progress event through at most every `PROGRESS_EVERY_MS`; what was held back goes out in time or at the end. */
function openThrottle(clock: Clock, write: (body: JobEventBody) => void): StepThrottle {
  let lastAt = Number.NEGATIVE_INFINITY
  let held: JobEventBody | undefined
  let stop: (() => void) | undefined
  const flush = (): void => {
    stop?.()
    stop = undefined
    if (!held) return
    lastAt = clock.monotonic()
    write(held)
    held = undefined
  }
  return {
    push(body) {
      held = body
      const waitMs = lastAt + PROGRESS_EVERY_MS - clock.monotonic()
      if (waitMs <= 0) flush()
      else stop ??= clock.after(waitMs, flush)
    },
    flush,
  }
}
interface StepThrottle {
  push(body: JobEventBody): void
  flush(): void
}

async function runStep<S>(step: Step<S>, state: S, tools: RunnerTools): Promise<void> {
  const { clock, signal, write } = tools
  const skipped = step.skip?.(state)
  if (skipped !== undefined) return write({ type: 'step', step: step.id, state: 'skipped', reason: harmless(skipped) })
  const began = clock.monotonic()
  const throttle = openThrottle(clock, write)
  const context: StepContext = {
    signal,
    progress(done, total, unit) {
      throttle.push({ type: 'progress', step: step.id, done, unit, ...(total === undefined ? {} : { total }) })
    },
    log: (text, level = 'info') => write({ type: 'log', level, step: step.id, text: harmless(text, 2000) }),
  }
  const end = (stepState: 'done' | 'failed', reason?: string): void => {
    throttle.flush()
    const ms = Math.round(clock.monotonic() - began)
    write({ type: 'step', step: step.id, state: stepState, ms, ...(reason === undefined ? {} : { reason }) })
  }
  write({ type: 'step', step: step.id, state: 'running' })
  try {
    await step.run(state, context)
    signal.throwIfAborted()
    end('done')
  } catch (error) {
    end('failed', signal.aborted ? 'cancelled' : harmless(reasonOf(error), 500))
    throw error
  }
}

/** Undoes in reverse order. An undo that fails is logged and the others still run. */
async function undoSteps<S>(steps: readonly Step<S>[], state: S, write: RunnerTools['write']): Promise<void> {
  for (const step of steps.toReversed()) {
    if (!step.undo) continue
    try {
      await step.undo(state)
      write({ type: 'step', step: step.id, state: 'undone' })
    } catch (error) {
      const text = `Undoing "${step.title}" failed: ${harmless(reasonOf(error), 500)}`
      write({ type: 'log', level: 'error', step: step.id, text })
    }
  }
}

/** Whatever was thrown, as an error a user can read. */
export function errorOf(error: unknown, title: string, signal: AbortSignal): MarketError {
  if (signal.aborted) return jobCancelled(`"${title}"`)
  if (isMarketError(error)) return error
  return machineProblem(error) ?? jobFailed(`"${title}"`, harmless(reasonOf(error), 500), error)
}

/**
 * Runs steps in order. When one throws or the signal aborts, the steps begun so far are undone in reverse (the
 * failing one too: it may have half its work on disk) and the error is thrown on.
 */
export async function runSteps<S>(steps: readonly Step<S>[], state: S, tools: RunnerTools): Promise<void> {
  const begun: Step<S>[] = []
  try {
    for (const step of steps) {
      tools.signal.throwIfAborted()
      begun.push(step)
      await runStep(step, state, tools)
    }
  } catch (error) {
    await undoSteps(begun, state, tools.write)
    throw error
  }
}
