import { basename, join, resolve } from 'node:path'
import { JOB_PRIORITIES, type JobSnapshot } from '../jobs/job.ts'
import { EXIT, usage, type ExitCode } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { STAGES } from '../model/stages.ts'
import type { Command, CommandContext, CommandOption } from './command.ts'
import { followToEnd, resultExit } from './follow.ts'
import { answer, say } from './output.ts'
import { CHOICE_OPTIONS, ENV_OPTION, FORMAT_OPTION, runInput, WRITE_ANSWERS } from './run-input.ts'
import { streamTo } from './stream.ts'
import { TEMPLATE } from './template-argument.ts'
import { countOf, isSet, listOf, textOf, type Values } from './values.ts'
import { counted, plainText } from './words.ts'

const OUT: CommandOption = {
  flag: '--out',
  value: 'DIR',
  summary: 'folder to write to',
  completes: 'folder',
}
const FORCE: CommandOption = { flag: '--force', summary: 'overwrite what souk wrote there before' }
const DETACH: CommandOption = { flag: '--detach', summary: 'do not wait for the job; print its id' }
const PRIORITY: CommandOption = {
  flag: '--priority',
  value: 'WORD',
  summary: 'who goes first of the jobs that wait',
  choices: JOB_PRIORITIES,
  preset: 'normal',
}
const LEVEL: CommandOption = { flag: '--level', value: 'N', summary: 'how hard to compress, 0 to 9', preset: '6' }
const GENERATE_OPTIONS: readonly CommandOption[] = [
  ENV_OPTION,
  { ...OUT, summary: 'folder to write to; out when left out' },
  ...CHOICE_OPTIONS,
  FORMAT_OPTION,
  WRITE_ANSWERS,
  {
    flag: '--cache-ttl',
    value: 'DURATION',
    summary: 'how long what is generated is kept for a next time, such as 10m; 0 makes everything anew',
  },
  FORCE,
  DETACH,
  PRIORITY,
  {
    flag: '--without',
    value: 'ID',
    summary: 'leave out a middleware, as "souk pipeline show" lists them',
    isMany: true,
    isList: true,
  },
  { flag: '--diff', summary: 'show which lines middleware changed' },
]
const STAGE_OPTIONS: readonly CommandOption[] = [
  {
    flag: '--only',
    value: 'STAGE',
    summary: 'run one stage alone, on what the one before it left in the output folder',
    choices: STAGES,
  },
  {
    flag: '--publish',
    value: 'REGISTRY',
    summary: 'publish the template when all else went well',
    completes: 'registry',
  },
]

function levelOf(values: Values): number {
  const level = countOf(values, 'level') ?? 6
  if (level > 9) throw usage(`--level goes from 0 to 9, not "${level}".`)
  return level
}

/** Starts a job and follows it, or prints its id with --detach. */
async function startJob(
  context: CommandContext,
  job: { type: string; title: string; input: Record<string, unknown> },
  values: Values,
): Promise<ExitCode> {
  const jobs = await context.jobs()
  const priority = JOB_PRIORITIES.find((one) => one === textOf(values, 'priority'))
  const id = await jobs.start(job.type, job.title, job.input, priority)
  if (isSet(values, 'detach')) {
    answer(context, { job: { id } }, () => say(context, id))
    return EXIT.ok
  }
  const ended = await followToEnd(context, jobs, id)
  answer(context, { job: ended, result: ended.result ?? {} }, () => printResult(context, ended))
  return resultExit(ended)
}

/** What middleware found for one environment, in a line or two, and with --diff what it changed. */
function printMore(context: CommandContext, environment: Record<string, unknown>): void {
  const sections = environment['sections'] as Record<string, Record<string, unknown>> | undefined
  const cost = sections?.['finops-analysis']
  if (cost) {
    const carbon = cost['kgCo2'] === null ? 'carbon not told' : `${plainText(cost['kgCo2'])} kg CO2`
    say(context, `  a month: ${plainText(cost['monthly'])} ${plainText(cost['currency'])} fixed, ${carbon}`)
  }
  const controls = sections?.['compliance']?.['controls']
  if (Array.isArray(controls)) {
    const states = (controls as { state?: unknown }[]).map((one) => one.state)
    const count = (state: string): number => states.filter((one) => one === state).length
    say(context, `  controls: ${count('pass')} pass, ${count('fail')} fail, ${count('not-applicable')} not applicable`)
  }
  const { diff } = environment
  if (Array.isArray(diff)) for (const line of diff) say(context, harmless(plainText(line), 2000))
}

/** Environments a line each, then whatever else the job tells. */
function printResult(context: CommandContext, job: JobSnapshot): void {
  const { environments, files, packages, trace: _trace, published, ...rest } = job.result ?? {}
  if (Array.isArray(packages))
    for (const one of packages as Record<string, unknown>[])
      say(context, `${plainText(one['env'])}: ${plainText(one['path'])}, ${counted(Number(one['entries']), 'file')}`)
  if (Array.isArray(environments))
    for (const one of environments as Record<string, unknown>[]) {
      const facts = [one['status'], one['score'] === undefined ? undefined : `score ${plainText(one['score'])}`]
      const bundle = one['bundle'] as { path?: unknown; bytes?: unknown } | undefined
      if (one['cached'] === true) facts.push('cache hit')
      if (typeof bundle?.path === 'string') facts.push(bundle.path)
      say(context, `${plainText(one['env'])}: ${facts.filter(Boolean).map(plainText).join(', ') || 'done'}`)
      printMore(context, one)
    }
  if (Array.isArray(files)) say(context, `files: ${files.length}`)
  for (const [name, value] of Object.entries(rest)) {
    if (!(Array.isArray(value) && value.length === 0)) say(context, `${name}: ${plainText(value)}`)
  }
  const { registry, url } = (published ?? {}) as Record<string, unknown>
  if (published) say(context, `published: ${[registry, url].filter(Boolean).map(plainText).join(' ')}`)
  if (!job.result) say(context, `${job.title}: done`)
}

export const run: Command = {
  name: 'run',
  summary: 'generate, validate and package a template',
  description:
    'Makes a template for one or several environments (dev when none is named), checks what was made, and packs each environment into a ZIP. It runs as a job: Ctrl-C cancels it, closing the terminal does not. DIR/ENV holds the files and the report, DIR/TEMPLATE-ENV-VERSION.zip the package; the same inputs give the same bytes.',
  examples: [
    { line: 'souk run azure-event-driven --env dev --out out', text: 'one environment' },
    { line: 'souk run ai-governance-hub --env dev --diff', text: 'and show what was added to the template' },
    { line: 'souk run azure-event-driven --only validate --out out', text: 'one stage, on what is in the folder' },
    {
      line: 'souk run azure-event-driven --env dev,prod --param location=westus2 --detach',
      text: 'two, in the background',
    },
  ],
  arguments: [TEMPLATE],
  options: [...GENERATE_OPTIONS, ...STAGE_OPTIONS, LEVEL],
  exits: [EXIT.findings],
  seeAlso: ['generate', 'validate', 'package', 'jobs', 'pipeline'],
  module: 'pipeline',
  run: async (context, [template = ''], values) => {
    const input = { ...(await runInput(context, template, values)), level: levelOf(values) }
    return startJob(context, { type: 'run', title: `Run ${template}`, input }, values)
  },
}

export const generate: Command = {
  name: 'generate',
  summary: 'generate a template without validating or packing it',
  description: 'The first stage of run alone: writes the files of each environment to DIR/ENV.',
  examples: [
    { line: 'souk generate azure-event-driven --env qa --out out', text: 'files only' },
    { line: 'souk generate data-mesh-domain --params many.json --stream --out -', text: 'of any size, as it is made' },
  ],
  arguments: [TEMPLATE],
  options: [
    ...GENERATE_OPTIONS,
    {
      flag: '--stream',
      summary: 'write mainTemplate.json as its resources are made, in constant memory; --out - for standard output',
    },
  ],
  seeAlso: ['run', 'validate', 'package'],
  module: 'pipeline',
  run: async (context, [template = ''], values) => {
    const input = await runInput(context, template, values)
    if (isSet(values, 'stream')) return streamTo(context, input, textOf(values, 'out') === '-')
    if (textOf(values, 'out') === '-') throw usage('--out - needs --stream.')
    return startJob(context, { type: 'generate', title: `Generate ${template}`, input }, values)
  },
}

export const packageCommand: Command = {
  name: 'package',
  summary: 'pack a folder into a ZIP with a manifest of digests',
  description:
    'Packs a folder into a ZIP whose bytes depend on nothing but the files, with a manifest holding the SHA-256 of each. With --env a package is made for each environment: of the folder of that name, or of all files but the parameters of the other environments. A folder called verify or list is packed as ./verify or ./list.',
  examples: [
    { line: 'souk package out/dev --out app.zip', text: 'pack one environment' },
    { line: 'souk package out --env dev,qa,staging,prod --out packages', text: 'one for each' },
    { line: 'souk package verify out/app-dev-1.0.0.zip', text: 'check every digest' },
  ],
  arguments: [{ name: 'dir', summary: 'the folder to pack', isRequired: true, completes: 'folder' }],
  options: [
    { ...OUT, value: 'PATH', summary: 'the ZIP to write, or the folder to write it to', preset: '.' },
    { ...ENV_OPTION, summary: 'a package for each, with the parameters of that environment only' },
    LEVEL,
    DETACH,
    PRIORITY,
  ],
  seeAlso: ['run', 'validate'],
  module: 'pipeline',
  run: (context, [dir = ''], values) => {
    const { cwd } = context.system.env
    const path = resolve(cwd, dir)
    const out = resolve(cwd, textOf(values, 'out') ?? '.')
    const envs = listOf(values, 'env')
    if (envs.length > 0 && out.endsWith('.zip')) throw usage('--out is a folder when --env names environments.')
    const into = out.endsWith('.zip') || envs.length > 0 ? out : join(out, `${basename(path)}.zip`)
    const input = { path, into, level: levelOf(values), ...(envs.length > 0 ? { envs } : {}) }
    return startJob(context, { type: 'package', title: `Package ${dir}`, input }, values)
  },
}
