import type { JobSpec } from '../jobs/job.ts'
import type { Draft } from '../model/draft.ts'
import { parameterInvalid, usage } from '../model/errors.ts'
import { loadPatterns } from '../model/pattern.ts'
import { zipName } from './builtin-middleware.ts'
import { openAnswers, type Answers } from './generators/answers.ts'
import { environmentOf } from './generators/environments.ts'
import { aliasNotes, checkParameters } from './generators/parameters.ts'
import { sharedAddresses } from './generators/network.ts'
import { loadTemplate } from './generators/template-folder.ts'
import { clearLeftovers } from './leftovers.ts'
import { checkFolder, checkOutput, stagingOf } from './output-folder.ts'
import type { StageId } from '../model/stages.ts'
import { parseRunInput, templateFolder, type RunInput } from './run-input.ts'
import type { RunState, RunTools } from './run-state.ts'

/** Entries the run will make in OUT. A stage alone, but for the last ones, works on folders that are there. */
function namesOf(input: RunInput, template: { id: string; version: string }, stages: readonly StageId[]): string[] {
  const zips = input.envs.map((env) => zipName(template.id, env, template.version))
  if (input.only === 'publish') return []
  if (input.only === 'package') return zips
  if (input.only === 'enrich' || input.only === 'validate') return []
  return [...input.envs, ...(stages.includes('package') && input.only === undefined ? zips : [])]
}

/** What a run is asked, checked, and its drafts: all that can be told without a look at its output folder. */
export async function readRun(
  given: Record<string, unknown>,
  job: string,
  tools: RunTools,
): Promise<{ input: RunInput; run: RunState }> {
  const input = parseRunInput(given, tools.system)
  if (input.publish !== undefined && !tools.publish) throw usage('Nothing can be published from here.')
  if (input.publish !== undefined) tools.checkRegistry?.(input.publish)
  const template = loadTemplate(await templateFolder(input.template, tools))
  const { manifest, environments } = template
  for (const env of input.envs) environmentOf(environments, env, manifest.id)
  if (input.format !== 'arm' && !template.files.some(({ format }) => format === 'pulumi')) {
    throw usage(`${manifest.id} has no Pulumi project.`, 'Leave --format out, or take --format arm.')
  }
  await loadPatterns()
  const parameters = checkParameters(manifest, input.parameters)
  const { seed, features, tiers: tierMode } = input
  const answers = input.envs.map((env) => openAnswers(template, { env, parameters, seed, features, tierMode }))
  checkAddresses(answers)
  const drafts = input.envs.map((env): Draft => {
    const notes = aliasNotes(manifest, input.parameters)
    return { manifest, env, parameters: structuredClone(parameters), files: [], notes, changes: [], sections: [] }
  })
  const target = { out: input.out, staging: stagingOf(input.out, job) }
  return { input, run: { ...runOf(input), template, drafts, job, target, isForced: input.force } }
}

/** Checks all that a run is asked before its first step, and answers where it stands. */
export async function openRun(
  given: Record<string, unknown>,
  spec: JobSpec,
  facts: { tools: RunTools; stages: readonly StageId[] },
): Promise<RunState> {
  const { input, run } = await readRun(given, spec.id, facts.tools)
  const { manifest, environments } = run.template
  checkFolder(input.out)
  clearLeftovers(input.out, facts.tools.system)
  const names = namesOf(input, manifest, facts.stages)
  const isOurs = (name: string): boolean =>
    Object.hasOwn(environments.environments, name) ||
    name.startsWith('.souk-') ||
    (name.startsWith(`${manifest.id}-`) && name.endsWith('.zip'))
  // A rerun is asked to make the same output again, so the former one is no obstacle.
  const isForced = input.force || spec.rerunOf !== undefined
  checkOutput(input.out, { names, isOurs }, isForced)
  return { ...run, isForced: isForced || input.only === 'enrich' || input.only === 'validate' }
}

/** Several environments of one run cannot all have the one range that was asked for. */
function checkAddresses(answers: readonly Answers[]): void {
  const ranges = answers.flatMap(({ env, environment }) => {
    const cidr = environment.settings['vnetCidr']
    return typeof cidr === 'string' ? [[env, cidr]] : []
  })
  const clash = sharedAddresses(Object.fromEntries(ranges) as Record<string, string>)
  if (clash !== undefined)
    throw parameterInvalid([`Parameter "vnetCidr": ${clash}; give it for one environment at a time.`])
}

type Begun = 'template' | 'drafts' | 'job' | 'target' | 'isForced'

const runOf = ({
  seed,
  features,
  tiers,
  format,
  level,
  cacheTtlMs,
  publish,
  only,
  without,
  diff,
}: RunInput): Omit<RunState, Begun> => ({
  seed,
  features,
  tierMode: tiers,
  format,
  level,
  cacheTtlMs,
  publish,
  only,
  without,
  ...(diff ? { before: new Map<string, Map<string, string>>() } : {}),
  trace: [],
  made: new Map(),
  cached: new Set(),
  newFolders: [],
  placed: [],
})
