import { join } from 'node:path'
import type { JobSpec, JobType, Step } from '../jobs/job.ts'
import type { Draft } from '../model/draft.ts'
import { itemFailedRules } from '../model/errors.ts'
import { builtinMiddleware, zipName } from './builtin-middleware.ts'
import { environmentOf } from './generators/environments.ts'
import { loadPatterns } from '../model/pattern.ts'
import { checkParameters } from './generators/parameters.ts'
import { loadTemplate } from './generators/template-folder.ts'
import { clearLeftovers, undoPlacing } from './leftovers.ts'
import { checkFolder, checkOutput, closeStaging, openStaging, place, stagingOf, writeFiles } from './output-folder.ts'
import { STAGES, compose, ofStage } from './pipeline.ts'
import type { StageId } from './pipeline.ts'
import { parseRunInput, templateFolder } from './run-input.ts'
import type { RunState, RunTools } from './run-state.ts'

const TITLES: Record<StageId, string> = {
  generate: 'Generate',
  enrich: 'Enrich',
  validate: 'Validate',
  package: 'Package',
}

/** The main job: a template, generated, described, checked and packed for each environment asked for. */
export const runJobType = (tools: RunTools): JobType<RunState> => stagesJob('run', STAGES, tools)

/** The first half of it: the files alone, neither checked nor packed. */
export const generateJobType = (tools: RunTools): JobType<RunState> =>
  stagesJob('generate', ['generate', 'enrich'], tools)

function stagesJob(type: string, stages: readonly StageId[], tools: RunTools): JobType<RunState> {
  return {
    type,
    open: (input, spec) => openRun(input, spec, { tools, stages }),
    steps: (run) => {
      const middleware = [...builtinMiddleware(run, tools), ...(tools.middleware ?? [])]
      return stages.map((stage): Step<RunState> => {
        const work = compose(ofStage(middleware, stage))
        const isFirst = stage === stages[0]
        return {
          id: stage,
          title: TITLES[stage],
          async run(state, context) {
            if (isFirst) state.newFolders = openStaging(state.target, tools.system)
            for (const [index, draft] of state.drafts.entries()) {
              await work(draft, context)
              context.progress(index + 1, state.drafts.length, 'environments')
            }
            if (stage === 'validate') keepFailed(state)
            context.signal.throwIfAborted()
            if (stage === stages.at(-1)) finish(state, stage)
          },
          ...(isFirst ? { undo: async (state: RunState) => closeStaging(state.target, state.newFolders) } : {}),
        }
      })
    },
    result: resultOf,
    sweep(spec) {
      const out = spec.input['out']
      if (typeof out !== 'string') return
      const input = parseRunInput({ template: 'x', envs: ['x'], out }, tools.system)
      undoPlacing(input.out, stagingOf(input.out, spec.id))
    },
  }
}

async function openRun(
  given: Record<string, unknown>,
  spec: JobSpec,
  facts: { tools: RunTools; stages: readonly StageId[] },
): Promise<RunState> {
  const input = parseRunInput(given, facts.tools.system)
  const template = loadTemplate(await templateFolder(input.template, facts.tools))
  const { manifest, environments } = template
  for (const env of input.envs) environmentOf(environments, env, manifest.id)
  await loadPatterns()
  const parameters = checkParameters(manifest, input.parameters)
  const zips = facts.stages.includes('package')
    ? input.envs.map((env) => zipName(manifest.id, env, manifest.version))
    : []
  checkFolder(input.out)
  clearLeftovers(input.out, facts.tools.system)
  // A rerun is asked to make the same output again, so the former one is no obstacle.
  const names = [...input.envs, ...zips]
  const isOurs = (name: string): boolean =>
    Object.hasOwn(environments.environments, name) ||
    name.startsWith('.souk-') ||
    (name.startsWith(`${manifest.id}-`) && name.endsWith('.zip'))
  const isForced = input.force || spec.rerunOf !== undefined
  checkOutput(input.out, { names, isOurs }, isForced)
  const drafts = input.envs.map((env): Draft => {
    return { manifest, env, parameters: structuredClone(parameters), files: [], notes: [] }
  })
  return {
    template,
    drafts,
    seed: input.seed,
    level: input.level,
    cacheTtlMs: input.cacheTtlMs,
    target: { out: input.out, staging: stagingOf(input.out, spec.id) },
    made: new Map(),
    cached: new Set(),
    isForced,
    newFolders: [],
    placed: [],
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

function finish(state: RunState, last: StageId): void {
  if (last === 'enrich')
    for (const draft of state.drafts) writeFiles(join(state.target.staging, draft.env), draft.files)
  state.placed = place(state.target, state.isForced)
  closeStaging(state.target, [])
}

function resultOf(state: RunState): Record<string, unknown> {
  const { manifest } = state.template
  return {
    template: manifest.id,
    version: manifest.version,
    out: state.target.out,
    files: state.placed,
    environments: state.drafts.map(({ env, report, bundle, notes }) => ({
      env,
      notes,
      cached: state.cached.has(env),
      ...(report ? { status: report.status, score: report.score, findings: report.findings.length } : {}),
      ...(bundle ? { bundle } : {}),
    })),
  }
}
