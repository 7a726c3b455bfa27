import { resolve } from 'node:path'
import { EXIT, type ExitCode } from '../model/errors.ts'
import type { Report } from '../model/report.ts'
import type { Command, CommandContext, ReportFormat } from './command.ts'
import { printJson, printTable, say, withProgress } from './output.ts'
import { door } from './package.ts'
import { textOf } from './values.ts'
import { counted } from './words.ts'

const FORMATS = ['table', 'json', 'markdown', 'sarif'] as const

function printReport(context: CommandContext, report: Report): void {
  if (report.findings.length > 0)
    printTable(context, report.findings, [
      { title: 'LEVEL', of: (one) => one.level, give: 1 },
      { title: 'WHERE', of: (one) => `${one.file}:${one.line}:${one.column}`, give: 2, least: 12 },
      { title: 'RULE', of: (one) => one.rule, give: 3, least: 10 },
      { title: 'MESSAGE', of: (one) => one.message, give: 9, least: 20 },
    ])
  const run = report.rules.filter((rule) => rule.state === 'run').length
  say(
    context,
    `${report.target}: ${report.status}, score ${report.score}, ${counted(report.findings.length, 'finding')}, ${counted(run, 'rule')} run over ${counted(report.files.length, 'file')}`,
  )
}

async function print(context: CommandContext, reports: readonly Report[], format: ReportFormat): Promise<void> {
  const [only, second] = reports
  if (format === 'json') return printJson(context, second ? { reports, ...joined(reports) } : only)
  for (const report of reports) {
    if (format === 'table') printReport(context, report)
    else context.system.io.out.write(`${(await door(context, 'formatReport')(report, format)).trimEnd()}\n`)
  }
}

const RANK = ['passed', 'warning', 'failed'] as const

/** Several reports as one: all findings, the lowest score, the worst status. */
function joined(reports: readonly Report[]): Pick<Report, 'findings' | 'score' | 'status'> {
  return {
    findings: reports.flatMap((report) => report.findings),
    score: Math.min(...reports.map((report) => report.score)),
    status: RANK.findLast((status) => reports.some((report) => report.status === status)) ?? 'passed',
  }
}

export const validate: Command = {
  name: 'validate',
  summary: 'check templates against the rules',
  description:
    'Checks a file or a folder: structure, and the rules for the kind of template found. Every finding names file, line and column. Exit 0 when the status is passed or warning, 1 when it is failed (with --strict also for a warning).',
  examples: [
    { line: 'souk validate out/dev', text: 'all rules over a folder' },
    { line: 'souk validate main.json --rule Parameters-Must-Be-Referenced', text: 'one rule' },
    { line: 'souk validate . --format sarif > findings.sarif', text: 'for a code host' },
  ],
  arguments: [{ name: 'path', summary: 'a file or folder', isRequired: true, isMany: true, completes: 'file' }],
  options: [
    { flag: '--rule', value: 'NAME', summary: 'run this rule only' },
    { flag: '--format', value: 'FORMAT', summary: 'how to print the report', choices: FORMATS, preset: 'table' },
  ],
  exits: [EXIT.findings],
  seeAlso: ['run', 'generate'],
  module: 'validation',
  async run(context, paths, values): Promise<ExitCode> {
    const rule = textOf(values, 'rule')
    const format = context.global.json ? 'json' : ((textOf(values, 'format') ?? 'table') as ReportFormat)
    const reports: Report[] = []
    for (const path of paths)
      reports.push(
        await withProgress(context, `Validating ${path} ...`, async (tell) =>
          (await context.market()).validate({
            path: resolve(context.system.env.cwd, path),
            signal: context.signal,
            onProgress: (done, total, file) => tell(`Validating: ${done} of ${total}, ${file}`),
            ...(rule === undefined ? {} : { rule }),
          }),
        ),
      )
    await print(context, reports, format)
    const { status } = joined(reports)
    return status === 'failed' || (status === 'warning' && context.global.strict) ? EXIT.findings : EXIT.ok
  },
}
