import { readFile, stat, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseDuration } from '../model/duration.ts'
import { fileProblem, reasonOf, usage } from '../model/errors.ts'
import { OUTSIDE } from '../model/limits.ts'
import type { RunAnswers } from '../model/run-answers.ts'
import type { CommandContext, CommandOption } from './command.ts'
import { readParameters } from './parameters-file.ts'
import type { StreamInput } from './stream.ts'
import { templateOf } from './template-argument.ts'
import { isSet, listOf, pairsOf, textOf, type Values } from './values.ts'

const TIER_MODES = ['effective', 'requested']
const FORMATS = ['arm', 'pulumi', 'both']
const ENVIRONMENTS = ['dev', 'qa', 'staging', 'prod']

export const ENV_OPTION: CommandOption = {
  flag: '--env',
  value: 'NAME',
  summary: `environments, such as ${ENVIRONMENTS.join(', ')}`,
  isMany: true,
  isList: true,
}

/** What is answered of a template itself, wherever its files go. */
export const CHOICE_OPTIONS: readonly CommandOption[] = [
  {
    flag: '--answers',
    value: 'FILE',
    summary: 'all of these from a YAML or JSON file; flags go over it',
    completes: 'file',
  },
  { flag: '--param', value: 'KEY=VALUE', summary: 'a parameter of the template', isMany: true },
  {
    flag: '--params',
    value: 'FILE',
    summary: 'parameters from a JSON or YAML file; --param goes over them',
    completes: 'file',
  },
  {
    flag: '--feature',
    value: 'NAME=on|off',
    summary: 'turn a feature of the template on or off for this run, such as cosmos_db=on',
    isMany: true,
  },
  {
    flag: '--tiers',
    value: 'WORD',
    summary:
      'effective (the default) raises tiers that cannot do what is used of them, requested generates them as asked',
    choices: TIER_MODES,
  },
  { flag: '--seed', value: 'TEXT', summary: 'where generated names come from; the same seed gives the same bytes' },
]
export const FORMAT_OPTION: CommandOption = {
  flag: '--format',
  value: 'WORD',
  summary: 'what is written; arm when left out',
  choices: FORMATS,
}
export const WRITE_ANSWERS: CommandOption = {
  flag: '--write-answers',
  value: 'FILE',
  summary: 'write what is answered here to a file for --answers',
  completes: 'file',
}

async function textIn(path: string, what: string): Promise<string> {
  try {
    if ((await stat(path)).size > OUTSIDE.yamlBytes) throw new Error('it is too large')
    return await readFile(path, 'utf8')
  } catch (error) {
    throw fileProblem(path, `${what} cannot be read (${reasonOf(error)})`, error)
  }
}

/** What is answered: by the file of `--answers`, and over it by flags. Parameters and features go over one by one. */
export async function answersOf({ system }: Pick<CommandContext, 'system'>, values: Values): Promise<RunAnswers> {
  const { cwd } = system.env
  const given = textOf(values, 'answers')
  const file = given === undefined ? undefined : resolve(cwd, given)
  const { readAnswers } = await import('../model/run-answers.ts')
  const told = file === undefined ? {} : readAnswers(file, await textIn(file, 'the answers'))
  const params = textOf(values, 'params')
  const fromFile = params === undefined ? {} : await readParameters(resolve(cwd, params))
  const env = listOf(values, 'env')
  const flags = {
    ...(env.length > 0 ? { env: [...new Set(env)] } : {}),
    ...textsOf(values, ['out', 'format', 'tiers', 'seed']),
  }
  return {
    ...told,
    ...flags,
    features: { ...told.features, ...featuresOf(values) },
    parameters: { ...told.parameters, ...fromFile, ...Object.fromEntries(pairsOf(values, 'param')) },
  }
}

const textsOf = (values: Values, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = textOf(values, name)
      return value === undefined ? [] : [[name, value]]
    }),
  )

const SWITCH: Readonly<Record<string, boolean>> = { on: true, true: true, off: false, false: false }

/** `--feature cosmos_db=on`, by name. */
const featuresOf = (values: Values): Record<string, boolean> =>
  Object.fromEntries(
    pairsOf(values, 'feature').map(([name, word]) => {
      const isOn = Object.hasOwn(SWITCH, word) ? SWITCH[word] : undefined
      if (isOn === undefined) throw usage(`--feature ${name} is on or off, not "${word}".`)
      return [name, isOn]
    }),
  )

/** The members of the input of a run that answers give, but for environments and folder. */
export const choicesOf = ({ features, tiers, format, seed, parameters }: RunAnswers): Record<string, unknown> => ({
  parameters: parameters ?? {},
  features: features ?? {},
  ...(tiers === undefined ? {} : { tiers }),
  ...(format === undefined ? {} : { format }),
  ...(seed === undefined ? {} : { seed }),
})

/** Inputs of a `run` or `generate` job from the command line. Paths are absolute: the job runs elsewhere. */
export async function runInput(
  context: CommandContext,
  given: string,
  values: Values,
): Promise<StreamInput & Record<string, unknown>> {
  const { cwd } = context.system.env
  const answers = await answersOf(context, values)
  const cacheTtlMs = ttlOf(values)
  const { features = {}, parameters = {}, env = ['dev'], out = 'out' } = answers
  await writeAnswers(context, given, values, { ...answers, env, out })
  return {
    template: templateOf(context, given),
    envs: env,
    out: resolve(cwd, out),
    force: isSet(values, 'force'),
    ...choicesOf(answers),
    features,
    parameters,
    tiers: (answers.tiers ?? 'effective') as StreamInput['tiers'],
    format: answers.format ?? 'arm',
    ...stagesInput(values),
    ...(cacheTtlMs === undefined ? {} : { cacheTtlMs }),
  }
}

async function writeAnswers(
  context: CommandContext,
  template: string,
  values: Values,
  answers: RunAnswers,
): Promise<void> {
  const file = textOf(values, 'write-answers')
  if (file === undefined) return
  const path = resolve(context.system.env.cwd, file)
  const { answersText } = await import('../model/run-answers.ts')
  try {
    await writeFile(path, answersText(template, answers), { flag: isSet(values, 'force') ? 'w' : 'wx' })
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST'
    throw fileProblem(path, isThere ? 'it is there already; --force writes over it' : reasonOf(error), error)
  }
}

/** Which stages and middleware take part. */
function stagesInput(values: Values): Record<string, unknown> {
  const only = textOf(values, 'only')
  const publish = textOf(values, 'publish')
  const without = listOf(values, 'without')
  return {
    ...(isSet(values, 'diff') ? { diff: true } : {}),
    ...(without.length > 0 ? { without } : {}),
    ...(only === undefined ? {} : { only }),
    ...(publish === undefined ? {} : { publish }),
  }
}

function ttlOf(values: Values): number | undefined {
  const text = textOf(values, 'cache-ttl')
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms === undefined) throw usage(`--cache-ttl needs a duration such as 500, 10m or 24h, not "${text}".`)
  return ms
}
