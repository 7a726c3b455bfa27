import { bytesText } from '../model/bytes-text.ts'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pLimit from 'p-limit'
import type { Marketplace, ValidateRequest } from '../marketplace.ts'
import { EXIT, fileProblem, isMarketError, reasonOf, usage, type ExitCode, type MarketError } from '../model/errors.ts'
import { BUILTIN } from '../model/registry-entry.ts'
import { SCANNERS, type Report } from '../model/report.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext, ReportFormat } from './command.ts'
import { outputWidth, printJson, printTable, say, warn, withProgress } from './output.ts'
import { door } from './package.ts'
import { isSet, listOf, pairsOf, textOf, type Values } from './values.ts'
import { oneTarget, printWatched } from './watch-validation.ts'
import { counted } from './words.ts'

const FORMATS = ['table', 'json', 'markdown', 'sarif', 'junit'] as const
const LEVELS = ['error', 'warning', 'note'] as const
/** Versions of the host there are rules for. */
const HOSTS = [1, 2] as const

/** What became of one target: its report, or why there is none. */
type Outcome = { target: string; report: Report } | { target: string; error: MarketError }

/** The place of a target: a path when there is something, else an installed item or a built-in template of that id. */
async function placeOf(market: Marketplace, given: string, cwd: string): Promise<string> {
  const path = resolve(cwd, given)
  if (existsSync(path)) return path
  const installed = (await market.installed()).find((one) => one.id === given || one.name === given)
  if (installed) return installed.path
  const goods = market.registries.status().find(({ entry }) => entry.name === BUILTIN)?.entry.url
  const id = given.replace(/^builtin\//, '')
  const builtin = goods !== undefined && /^[\w-]+$/.test(id) ? join(goods, id) : path
  return existsSync(builtin) ? builtin : path
}

/** What the flags ask of every validation. */
function askedOf(values: Values): Omit<ValidateRequest, 'path'> {
  const text = (flag: string, member: string): Record<string, string> => {
    const value = textOf(values, flag)
    return value === undefined ? {} : { [member]: value }
  }
  return {
    ...text('rule', 'rule'),
    ...text('policy', 'policy'),
    ...text('baseline', 'baseline'),
    ...text('arm-ttk', 'armTtk'),
    ...text('import-sarif', 'importSarif'),
    ...stepsOf(values),
    ...hostsOf(values),
    ...(isSet(values, 'trace') ? { isTraced: true, isFresh: true } : {}),
    ...(isSet(values, 'canonical') ? { isCanonical: true } : {}),
    ...(isSet(values, 'no-cache') ? { isFresh: true } : {}),
    ...(isSet(values, 'no-suppressions') ? { isStrict: true } : {}),
  }
}

const stepsOf = (values: Values): Pick<ValidateRequest, 'only'> => {
  const only = SCANNERS.filter((step) => listOf(values, 'only').includes(step))
  return only.length ? { only } : {}
}

function hostsOf(values: Values): Pick<ValidateRequest, 'hostVersions'> {
  const asked = listOf(values, 'host-version')
  if (!asked.length) return {}
  return { hostVersions: HOSTS.filter((version) => asked.includes(String(version))) }
}

/** How many targets are worked on at once: with the toolkit as many as it may have processes. */
function atOnce({ loaded }: Marketplace, { armTtk }: Omit<ValidateRequest, 'path'>): number {
  const { concurrency, validation } = loaded.settings
  const hasToolkit = (armTtk ?? validation.armTtk) !== 'none'
  return hasToolkit ? Math.max(concurrency.validation, concurrency.processes) : concurrency.validation
}

/** Warns once when this process has come to use more memory than the settings say. */
function memoryWatch(context: CommandContext, { loaded }: Marketplace): () => void {
  const { warnBytes } = loaded.settings.memory
  let hasWarned = false
  return () => {
    const { rssBytes } = context.system.measure.usage()
    if (hasWarned || rssBytes <= warnBytes) return
    hasWarned = true
    warn(
      context,
      `The validation uses ${bytesText(rssBytes)} of memory, more than memory.warnBytes (${bytesText(warnBytes)}).`,
    )
  }
}

/** So many targets at least are worth threads. */
const MANY = 4

/** Validates some targets at a time; answers in their order. One that cannot be read stops no other. */
async function validateAll(
  context: CommandContext,
  targets: readonly string[],
  asked: Omit<ValidateRequest, 'path'>,
): Promise<Outcome[]> {
  const market = await context.market()
  const { cwd } = context.system.env
  const limit = pLimit(atOnce(market, asked))
  const isOneOfMany = targets.length >= MANY
  const watched = memoryWatch(context, market)
  const one = async (target: string, tell: (text: string) => void): Promise<Outcome> => {
    context.signal.throwIfAborted()
    const path = await placeOf(market, target, cwd)
    const onProgress = (done: number, total: number, file: string): void =>
      tell(`Validating ${target}: ${done} of ${total}, ${file}`)
    try {
      const isOwn = path === resolve(cwd, target)
      // What the goods of others say about their own findings counts for nothing.
      const how = { ...asked, ...(isOwn ? {} : { isStrict: true }), isOneOfMany }
      const report = await market.validate({ ...how, path, signal: context.signal, onProgress })
      watched()
      return { target, report: isOwn ? report : { ...report, target } }
    } catch (error) {
      const isWrongLine = isMarketError(error) && /^(?:usage|config)\./.test(error.code)
      if (!isMarketError(error) || isWrongLine || targets.length === 1) throw error
      return { target, error }
    }
  }
  return withProgress(context, 'Validating ...', (tell) =>
    Promise.all(targets.map((target) => limit(one, target, tell))),
  )
}

const RANK = ['passed', 'warning', 'failed'] as const

/** Several reports as one: all findings, the lowest score, the worst status. A target without a report failed. */
function joined(outcomes: readonly Outcome[]): Pick<Report, 'findings' | 'score' | 'status'> {
  const reports = outcomes.flatMap((one) => ('report' in one ? [one.report] : []))
  const isShort = reports.length < outcomes.length
  return {
    findings: reports.flatMap((report) => report.findings),
    score: isShort ? 0 : Math.min(...reports.map((report) => report.score)),
    status: isShort
      ? 'failed'
      : (RANK.findLast((status) => reports.some((report) => report.status === status)) ?? 'passed'),
  }
}

/** One row a target and a line that adds them up. */
function printSummary(context: CommandContext, outcomes: readonly Outcome[]): void {
  const rows = outcomes.map((one) => {
    if ('error' in one) return { target: one.target, status: 'no report', score: '', findings: '' }
    const { status, score, findings } = one.report
    return { target: one.target, status, score: String(score), findings: String(findings.length) }
  })
  say(context)
  printTable(context, rows, [
    { title: 'TARGET', of: (row) => harmless(row.target, 500), give: 1, least: 12 },
    { title: 'STATUS', of: (row) => row.status },
    { title: 'SCORE', of: (row) => row.score, align: 'right' },
    { title: 'FINDINGS', of: (row) => row.findings, align: 'right' },
  ])
  const counts = [...Map.groupBy(rows, (row) => row.status)].map(([status, all]) => `${all.length} ${status}`)
  say(context, `${counted(outcomes.length, 'target')}: ${counts.join(', ')}`)
}

/** The reports in one format, as text. */
async function wordsOf(
  context: CommandContext,
  outcomes: readonly Outcome[],
  { format, width }: { format: ReportFormat; width: number },
): Promise<string> {
  const reports = outcomes.flatMap((one) => ('report' in one ? [one.report] : []))
  if (format !== 'json') return door(context, 'formatReports')(reports, format, width)
  if (outcomes.length === 1) return `${JSON.stringify(reports[0], undefined, 2)}\n`
  const errors = outcomes.flatMap((one) => ('error' in one ? [{ target: one.target, ...one.error.toJSON() }] : []))
  return `${JSON.stringify({ reports, errors, ...joined(outcomes) }, undefined, 2)}\n`
}

async function print(context: CommandContext, outcomes: readonly Outcome[], format: ReportFormat): Promise<void> {
  const text = await wordsOf(context, outcomes, { format, width: outputWidth(context) })
  if (format === 'json') return printJson(context, JSON.parse(text))
  if (text.trim() !== '') context.system.io.out.write(`${text.trimEnd()}\n`)
  for (const one of outcomes) if ('error' in one) warn(context, one.error.message)
  if (format === 'table' && outcomes.length > 1) printSummary(context, outcomes)
}

/** Where `--report FORMAT=FILE` wants which format. */
function filesOf(values: Values, cwd: string): { format: ReportFormat; path: string }[] {
  return pairsOf(values, 'report').map(([format, file]) => {
    const known = FORMATS.find((one) => one === format)
    if (!known)
      throw usage(`--report does not know the format "${harmless(format, 40)}".`, `It takes ${FORMATS.join(', ')}.`)
    return { format: known, path: resolve(cwd, file) }
  })
}

async function writeReports(
  context: CommandContext,
  outcomes: readonly Outcome[],
  files: readonly { format: ReportFormat; path: string }[],
): Promise<void> {
  for (const { format, path } of files) {
    const text = await wordsOf(context, outcomes, { format, width: 0 })
    await writeFile(path, text).catch((error: unknown) => {
      throw fileProblem(path, `the report cannot be written (${reasonOf(error)})`, error)
    })
  }
}

/** Whether the findings are bad enough to fail: by the status, or by the level that was named. */
function isBad(context: CommandContext, outcomes: readonly Outcome[], failOn: string | undefined): boolean {
  const { status, findings } = joined(outcomes)
  if (outcomes.some((one) => 'error' in one)) return true
  if (failOn === 'never') return false
  if (failOn === undefined) return status === 'failed' || (status === 'warning' && context.global.strict)
  const counting = LEVELS.slice(0, LEVELS.findIndex((level) => level === failOn) + 1)
  return findings.some(({ level }) => counting.includes(level))
}

export const validate: Command = {
  name: 'validate',
  needsNoSettings: true,
  summary: 'check templates against the rules',
  description:
    'Checks files, folders, packages (ZIP) or items by id, installed or built in: structure, and the rules for the kind of template found. Every finding names file, line and column. Several targets get a report each and a table at the end. Exit 0 when the status is passed or warning, 1 when it is failed (with --strict also for a warning) or as --fail-on says.',
  examples: [
    { line: 'souk validate out/dev', text: 'all rules over a folder' },
    { line: 'souk validate out/dev out/qa app.zip', text: 'several, with a summary' },
    { line: 'souk validate main.json --rule Parameters-Must-Be-Referenced', text: 'one rule' },
    {
      line: 'souk validate . --report sarif=findings.sarif --report junit=tests.xml',
      text: 'for a code host and a build',
    },
    { line: 'souk validate . --only security --trace', text: 'secrets and insecure settings, step by step' },
    { line: 'souk validate . --baseline known.json --fail-on error', text: 'fail on new errors only' },
  ],
  arguments: [
    {
      name: 'path',
      summary: 'a file, folder, ZIP or the id of an item',
      isRequired: true,
      isMany: true,
      completes: 'file',
    },
  ],
  options: [
    { flag: '--rule', value: 'NAME', summary: 'run this rule only' },
    {
      flag: '--only',
      value: 'STEP',
      summary: 'run the rules of these steps only',
      isMany: true,
      isList: true,
      choices: SCANNERS,
    },
    { flag: '--trace', summary: 'tell the steps: when each began and ended, and what it found' },
    {
      flag: '--host-version',
      value: 'VERSION',
      summary: 'judge by the rules of these versions of the host: 1 has the rules of the toolkit, 2 all',
      isMany: true,
      isList: true,
      choices: HOSTS.map(String),
    },
    {
      flag: '--import-sarif',
      value: 'FILE',
      summary: 'count the findings of another scanner too, from its SARIF log',
      completes: 'file',
    },
    {
      flag: '--canonical',
      summary:
        'a kept report counts when only white space or the order of members changed; lines may then be those of before',
    },
    {
      flag: '--policy',
      value: 'FILE',
      summary: 'severities, rules off, suppressions, allow-lists; else souk.validation.yaml beside the target',
      completes: 'file',
    },
    { flag: '--no-suppressions', summary: 'count everything that is found, whatever files and policies say' },
    { flag: '--baseline', value: 'FILE', summary: 'leave out findings that are known from before', completes: 'file' },
    {
      flag: '--write-baseline',
      value: 'FILE',
      summary: 'write all findings down as known, and exit 0',
      completes: 'file',
    },
    {
      flag: '--fail-on',
      value: 'LEVEL',
      summary: 'exit 1 from this level on, instead of by the status',
      choices: [...LEVELS, 'never'],
    },
    {
      flag: '--watch',
      summary: 'validate again whenever a file changes, and print what came and went; Ctrl-C ends it',
    },
    { flag: '--no-cache', summary: 'inspect anew also what did not change' },
    {
      flag: '--arm-ttk',
      value: 'PATH',
      summary: 'run the Azure toolkit in this folder too, and compare',
      completes: 'folder',
    },
    { flag: '--report', value: 'FORMAT=FILE', summary: 'write the report to a file as well', isMany: true },
    { flag: '--format', value: 'FORMAT', summary: 'how to print the report', choices: FORMATS, preset: 'table' },
  ],
  exits: [EXIT.findings],
  seeAlso: ['run', 'generate', 'api-versions'],
  module: 'validation',
  async run(context, targets, values): Promise<ExitCode> {
    const format = context.global.json ? 'json' : ((textOf(values, 'format') ?? 'table') as ReportFormat)
    const { cwd } = context.system.env
    const files = filesOf(values, cwd)
    if (targets.length > 1 && textOf(values, 'import-sarif') !== undefined)
      throw usage('--import-sarif takes one target: a log says nothing of which it is about.')
    if (isSet(values, 'watch')) {
      const market = await context.market()
      const path = await placeOf(market, oneTarget(targets, values), cwd)
      return printWatched(context, market.watchValidation({ ...askedOf(values), path, signal: context.signal }))
    }
    const outcomes = await validateAll(context, targets, askedOf(values))
    await writeReports(context, outcomes, files)
    const baseline = textOf(values, 'write-baseline')
    await print(context, outcomes, format)
    if (baseline === undefined) return isBad(context, outcomes, textOf(values, 'fail-on')) ? EXIT.findings : EXIT.ok
    const reports = outcomes.flatMap((one) => ('report' in one ? [one.report] : []))
    const count = await door(context, 'writeBaseline')(reports, resolve(cwd, baseline))
    warn(
      context,
      `${counted(count, 'finding')} written to ${baseline}; --baseline ${baseline} leaves them out from now on.`,
    )
    return outcomes.some((one) => 'error' in one) ? EXIT.findings : EXIT.ok
  },
}
