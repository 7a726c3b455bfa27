import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pLimit from 'p-limit'
import type { Marketplace } from '../marketplace.ts'
import { EXIT, isMarketError, type ExitCode, type MarketError } from '../model/errors.ts'
import type { Report } from '../model/report.ts'
import { harmless } from '../model/text.ts'
import type { Command, CommandContext, ReportFormat } from './command.ts'
import { outputWidth, printJson, printTable, say, warn, withProgress } from './output.ts'
import { door } from './package.ts'
import { isSet, textOf } from './values.ts'
import { counted } from './words.ts'

const FORMATS = ['table', 'json', 'markdown', 'sarif'] as const

/** What became of one target: its report, or why there is none. */
type Outcome = { target: string; report: Report } | { target: string; error: MarketError }

/** The place of a target: a path when there is something, else an installed item or a built-in template of that id. */
async function placeOf(market: Marketplace, given: string, cwd: string): Promise<string> {
  const path = resolve(cwd, given)
  if (existsSync(path)) return path
  const installed = (await market.installed()).find((one) => one.id === given || one.name === given)
  if (installed) return installed.path
  const goods = market.registries.status().find(({ entry }) => entry.name === 'builtin')?.entry.url
  const id = given.replace(/^builtin\//, '')
  const builtin = goods !== undefined && /^[\w-]+$/.test(id) ? join(goods, id) : path
  return existsSync(builtin) ? builtin : path
}

/** Validates some targets at a time; answers in their order. One that cannot be read stops no other. */
async function validateAll(
  context: CommandContext,
  targets: readonly string[],
  { rule, isCanonical }: { rule: string | undefined; isCanonical: boolean },
): Promise<Outcome[]> {
  const market = await context.market()
  const { cwd } = context.system.env
  const limit = pLimit(market.loaded.settings.concurrency.validation)
  const one = async (target: string, tell: (text: string) => void): Promise<Outcome> => {
    context.signal.throwIfAborted()
    const path = await placeOf(market, target, cwd)
    const onProgress = (done: number, total: number, file: string): void =>
      tell(`Validating ${target}: ${done} of ${total}, ${file}`)
    try {
      const report = await market.validate({
        path,
        signal: context.signal,
        onProgress,
        ...(rule === undefined ? {} : { rule }),
        ...(isCanonical ? { isCanonical } : {}),
      })
      return { target, report: path === resolve(cwd, target) ? report : { ...report, target } }
    } catch (error) {
      if (!isMarketError(error) || error.code === 'usage.wrong' || targets.length === 1) throw error
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

async function print(context: CommandContext, outcomes: readonly Outcome[], format: ReportFormat): Promise<void> {
  const reports = outcomes.flatMap((one) => ('report' in one ? [one.report] : []))
  if (format === 'json') {
    if (outcomes.length === 1) return printJson(context, reports[0])
    const errors = outcomes.flatMap((one) => ('error' in one ? [{ target: one.target, ...one.error.toJSON() }] : []))
    return printJson(context, { reports, errors, ...joined(outcomes) })
  }
  const text = await door(context, 'formatReports')(reports, format, outputWidth(context))
  if (text.trim() !== '') context.system.io.out.write(`${text.trimEnd()}\n`)
  for (const one of outcomes) if ('error' in one) warn(context, one.error.message)
  if (format === 'table' && outcomes.length > 1) printSummary(context, outcomes)
}

export const validate: Command = {
  name: 'validate',
  needsNoSettings: true,
  summary: 'check templates against the rules',
  description:
    'Checks files, folders, packages (ZIP) or items by id, installed or built in: structure, and the rules for the kind of template found. Every finding names file, line and column. Several targets get a report each and a table at the end. Exit 0 when the status is passed or warning, 1 when it is failed (with --strict also for a warning).',
  examples: [
    { line: 'souk validate out/dev', text: 'all rules over a folder' },
    { line: 'souk validate out/dev out/qa app.zip', text: 'several, with a summary' },
    { line: 'souk validate main.json --rule Parameters-Must-Be-Referenced', text: 'one rule' },
    { line: 'souk validate . --format sarif > findings.sarif', text: 'for a code host' },
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
      flag: '--canonical',
      summary:
        'a kept report counts when only white space or the order of members changed; lines may then be those of before',
    },
    { flag: '--format', value: 'FORMAT', summary: 'how to print the report', choices: FORMATS, preset: 'table' },
  ],
  exits: [EXIT.findings],
  seeAlso: ['run', 'generate'],
  module: 'validation',
  async run(context, targets, values): Promise<ExitCode> {
    const format = context.global.json ? 'json' : ((textOf(values, 'format') ?? 'table') as ReportFormat)
    const outcomes = await validateAll(context, targets, {
      rule: textOf(values, 'rule'),
      isCanonical: isSet(values, 'canonical'),
    })
    await print(context, outcomes, format)
    const { status } = joined(outcomes)
    return status === 'failed' || (status === 'warning' && context.global.strict) ? EXIT.findings : EXIT.ok
  },
}
