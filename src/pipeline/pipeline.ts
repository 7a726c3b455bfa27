import { isMarketError, jobFailed, machineProblem, reasonOf } from '../model/errors.ts'
import type { StepContext } from '../jobs/job.ts'
import type { Draft } from '../model/draft.ts'

/** The stages of a run, in order. */
export const STAGES = ['generate', 'enrich', 'validate', 'package'] as const
export type StageId = (typeof STAGES)[number]

/**
 * A piece of one stage. It changes the draft and calls `next` for those after it; one that does not call `next` ends
 * the stage there and may answer why.
 */
export interface Middleware {
  id: string
  stage: StageId
  /** Lower comes first; equal ones in the order they were added. */
  priority: number
  /** Why this draft is left alone, or undefined to work on it. */
  skip?(draft: Draft): string | undefined
  process(draft: Draft, next: () => Promise<void>, context: StepContext): Promise<string | void>
}

/** The middleware of one stage, in the order it runs. */
export function ofStage(list: readonly Middleware[], stage: StageId): Middleware[] {
  return list.filter((one) => one.stage === stage).toSorted((a, b) => a.priority - b.priority)
}

/** All of a stage as one function. An error names the middleware it came from. */
export function compose(list: readonly Middleware[]): (draft: Draft, context: StepContext) => Promise<void> {
  const dispatch = async (index: number, draft: Draft, context: StepContext): Promise<void> => {
    const one = list[index]
    if (!one) return
    context.signal.throwIfAborted()
    const skipped = one.skip?.(draft)
    if (skipped !== undefined) {
      context.log(`${one.id} skipped for ${draft.env}: ${skipped}`)
      return dispatch(index + 1, draft, context)
    }
    let calls = 0
    const next = async (): Promise<void> => {
      calls += 1
      if (calls > 1) throw jobFailed(`Middleware "${one.id}"`, 'it called next() twice')
      await dispatch(index + 1, draft, context)
    }
    const reason = await blamed(one, () => one.process(draft, next, context))
    if (calls === 0 && index + 1 < list.length) {
      const why = reason ?? 'it gave no reason'
      context.log(`${one.id} ended the ${one.stage} stage for ${draft.env}: ${why}`, 'warning')
      draft.notes.push(`The ${one.stage} stage was ended by ${one.id}: ${why}.`)
    }
  }
  return (draft, context) => dispatch(0, draft, context)
}

async function blamed(one: Middleware, call: () => Promise<string | void>): Promise<string | void> {
  try {
    return await call()
  } catch (error) {
    if (isMarketError(error) || (error instanceof Error && error.name === 'AbortError')) throw error
    throw machineProblem(error) ?? jobFailed(`Middleware "${one.id}" (${one.stage})`, reasonOf(error), error)
  }
}
