import type { StepContext } from '../jobs/job.ts'
import { arrange } from './arrange.ts'
import { builtinMiddleware } from './builtin-middleware.ts'
import { readRun } from './open-run.ts'
import { compose, ofStage } from './pipeline.ts'
import type { RunState, RunTools } from './run-state.ts'

/**
 * Generates and enriches a template in memory, in the bytes a run would write to its output folder. Nothing is
 * validated, packed, kept or written. Throws what the run would throw.
 */
export async function previewRun(
  given: Record<string, unknown>,
  tools: RunTools,
  signal: AbortSignal,
): Promise<RunState> {
  const { run } = await readRun({ out: '.', ...given }, 'preview', tools)
  const { keep: _, ...others } = tools
  const list = arrange([...builtinMiddleware(run, others), ...(tools.middleware ?? [])], tools.adjustments, run.without)
  const quiet: StepContext = { signal, progress: () => {}, log: () => {} }
  for (const stage of ['generate', 'enrich'] as const) {
    const work = compose(ofStage(list, stage), { clock: tools.system.clock, trace: run.trace })
    for (const draft of run.drafts) {
      // A template takes some tenths of a second, during which nothing else is drawn or typed.
      await tools.system.clock.turn()
      signal.throwIfAborted()
      await work(draft, quiet)
    }
  }
  return run
}
