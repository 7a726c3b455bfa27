import { join } from 'node:path'
import type { JobSpec, JobType, Step, StepContext } from '../jobs/job.ts'
import { itemFailedRules, usage } from '../model/errors.ts'
import { arrange } from './arrange.ts'
import { builtinMiddleware } from './builtin-middleware.ts'
import { keptDraft, restoreDraft } from './kept-draft.ts'
import { openRun } from './open-run.ts'
import { closeStaging, openStaging, place, stagingOf, writeFiles } from './output-folder.ts'
import { undoPlacing } from './leftovers.ts'
import { STAGES } from '../model/stages.ts'
import { compose, ofStage } from './pipeline.ts'
import type { StageId } from '../model/stages.ts'
import { parseRunInput } from './run-input.ts'
import { resultOf } from './run-result.ts'
import type { RunState, RunTools } from './run-state.ts'

const TITLES: Record<StageId, string> = {
  generate: 'Generate',
  enrich: 'Enrich',
  validate: 'Validate',
  package: 'Package',
  publish: 'Publish',
}

/** The main job: a template, generated, described, checked and packed for each environment asked for. */
export const runJobType = (tools: RunTools): JobType<RunState> => stagesJob('run', STAGES, tools)

/** The first half of it: the files alone, neither checked nor packed. */
export const generateJobType = (tools: RunTools): JobType<RunState> =>
  stagesJob('generate', ['generate', 'enrich'], tools)

/** The stages of this very run: one alone, or all of its kind, the last only when a registry was named. */
function stagesOf(run: Pick<RunState, 'only' | 'publish'>, stages: readonly StageId[]): StageId[] {
  if (run.only !== undefined) {
    if (run.only === 'publish' && run.publish === undefined) throw usage('--only publish needs --publish REGISTRY.')
    return [run.only]
  }
  return stages.filter((stage) => stage !== 'publish' || run.publish !== undefined)
}

function stagesJob(type: string, all: readonly StageId[], tools: RunTools): JobType<RunState> {
  return {
    type,
    open: (input, spec) => openRun(input, spec, { tools, stages: all }),
    steps: (run) => {
      const list = arrange(
        [...builtinMiddleware(run, tools), ...(tools.middleware ?? [])],
        tools.adjustments,
        run.without,
      )
      const stages = stagesOf(run, all)
      return stages.map((stage): Step<RunState> => {
        const work = compose(ofStage(list, stage), { clock: tools.system.clock, trace: run.trace })
        const isFirst = stage === stages[0]
        const ends = { isLast: stage === stages.findLast((one) => one !== 'publish') }
        return {
          id: stage,
          title: TITLES[stage],
          async run(state, context) {
            if (isFirst) begin(state, stage, tools)
            await onEach(state, context, work)
            if (stage === 'generate' && state.before) noteBefore(state, state.before)
            if (stage === 'validate') keepFailed(state)
            context.signal.throwIfAborted()
            if (ends.isLast) finish(state, stage)
          },
          ...(isFirst ? { undo: async (state: RunState) => closeStaging(state.target, state.newFolders) } : {}),
        }
      })
    },
    result: resultOf,
    sweep(spec: JobSpec) {
      const out = spec.input['out']
      if (typeof out !== 'string') return
      const input = parseRunInput({ template: 'x', envs: ['x'], out }, tools.system)
      undoPlacing(input.out, stagingOf(input.out, spec.id))
    },
  }
}

/** A stage that runs alone goes on from the files that the one before left in the output folder. */
function begin(state: RunState, stage: StageId, tools: RunTools): void {
  state.newFolders = openStaging(state.target, tools.system)
  if (stage === 'generate' || stage === 'publish') return
  for (const draft of state.drafts) restoreDraft(state, draft, stage)
  if (state.before) noteBefore(state, state.before)
}

async function onEach(
  state: RunState,
  context: StepContext,
  work: (draft: RunState['drafts'][number], context: StepContext) => Promise<void>,
): Promise<void> {
  for (const [index, draft] of state.drafts.entries()) {
    await work(draft, context)
    context.progress(index + 1, state.drafts.length, 'environments')
  }
}

/** The text of every file, before anything was added to it. */
function noteBefore(state: RunState, before: NonNullable<RunState['before']>): void {
  for (const { env, files } of state.drafts) {
    before.set(env, new Map(files.map(({ path, content }) => [path, Buffer.from(content).toString('utf8')])))
  }
}

/** When a report failed, files and reports are put in place for reading, and the run ends there. */
function keepFailed(state: RunState): void {
  const failed = state.drafts.filter((draft) => draft.report?.status === 'failed')
  if (failed.length === 0) return
  state.placed = place(state.target, state.isForced)
  const { id } = state.template.manifest
  throw itemFailedRules(
    id,
    failed.map(({ env, report }) => ({ env, score: report?.score ?? 0, findings: report?.findings.length ?? 0 })),
    state.target.out,
  )
}

/** The files of a run that was not packed are written at its end; with what a next stage alone needs beside them. */
function finish(state: RunState, last: StageId): void {
  if (last === 'generate' || last === 'enrich')
    for (const draft of state.drafts) writeFiles(join(state.target.staging, draft.env), draft.files)
  if (state.only !== undefined && last !== 'package' && last !== 'publish')
    for (const draft of state.drafts) writeFiles(join(state.target.staging, draft.env), [keptDraft(state, draft)])
  state.placed = place(state.target, state.isForced)
  closeStaging(state.target, [])
}
