import { isMarketError, jobFailed, machineProblem, reasonOf } from '../model/errors.ts'
import type { StepContext } from '../jobs/job.ts'
import type { Draft } from '../model/draft.ts'
import type { StageId } from '../model/stages.ts'
import type { Clock } from '../system/system.ts'

/**
 * A piece of one stage. It changes the draft and calls `next` for those after it; one that does not call `next` ends
 * the stage there and may answer why.
 */
export interface Middleware {
  id: string
  stage: StageId
  /** Lower comes first; equal ones in the order they were added. */
  priority: number
  /** Condition under which it works, in the words of condition.ts; settings may say another. */
  when?: string
  /** The work of the stage itself, which cannot be left out. */
  isFixed?: boolean
  /** Why this draft is left alone, or undefined to work on it. */
  skip?(draft: Draft): string | undefined
  process(draft: Draft, next: () => Promise<void>, context: StepContext): Promise<string | void>
}

/** What one middleware did for one environment. `ms` is its own time, without that of those after it. */
export interface Trace {
  stage: StageId
  middleware: string
  env: string
  state: 'done' | 'skipped' | 'ended'
  reason?: string
  ms: number
}

/** The middleware of one stage, in the order it runs. */
export function ofStage(list: readonly Middleware[], stage: StageId): Middleware[] {
  return list.filter((one) => one.stage === stage).toSorted((a, b) => a.priority - b.priority)
}

/** All of a stage as one function that tells `trace` of each. An error names the middleware it came from. */
export function compose(list: readonly Middleware[], { clock, trace }: { clock: Clock; trace: Trace[] }): Composed {
  const dispatch = async (index: number, draft: Draft, context: StepContext): Promise<void> => {
    const one = list[index]
    if (!one) return
    context.signal.throwIfAborted()
    const about: Trace = { stage: one.stage, middleware: one.id, env: draft.env, state: 'done', ms: 0 }
    trace.push(about)
    const skipped = one.skip?.(draft)
    if (skipped !== undefined) {
      Object.assign(about, { state: 'skipped', reason: skipped })
      context.log(`${one.id} skipped for ${draft.env}: ${skipped}`)
      return dispatch(index + 1, draft, context)
    }
    let calls = 0
    let othersMs = 0
    const next = async (): Promise<void> => {
      calls += 1
      if (calls > 1) throw jobFailed(`Middleware "${one.id}"`, 'it called next() twice')
      const from = clock.monotonic()
      await dispatch(index + 1, draft, context)
      othersMs = clock.monotonic() - from
    }
    const began = clock.monotonic()
    const reason = await blamed(one, () => one.process(draft, next, context))
    about.ms = Math.max(0, Math.round(clock.monotonic() - began - othersMs))
    if (calls === 0 && index + 1 < list.length) {
      const why = reason ?? 'it gave no reason'
      Object.assign(about, { state: 'ended', reason: why })
      context.log(`${one.id} ended the ${one.stage} stage for ${draft.env}: ${why}`, 'warning')
      draft.notes.push(`The ${one.stage} stage was ended by ${one.id}: ${why}.`)
    }
  }
  return (draft, context) => dispatch(0, draft, context)
}
type Composed = (draft: Draft, context: StepContext) => Promise<void>

async function blamed(one: Middleware, call: () => Promise<string | void>): Promise<string | void> {
  try {
    return await call()
  } catch (error) {
    if (isMarketError(error) || (error instanceof Error && error.name === 'AbortError')) throw error
    throw machineProblem(error) ?? jobFailed(`Middleware "${one.id}" (${one.stage})`, reasonOf(error), error)
  }
}
