import type { WatchedValidation } from '../marketplace.ts'
import { EXIT, usage, type ExitCode } from '../model/errors.ts'
import type { Finding } from '../model/report.ts'
import { harmless } from '../model/text.ts'
import type { CommandContext } from './command.ts'
import { printJsonLine, say, warn } from './output.ts'
import { isSet, listOf, textOf, type Values } from './values.ts'
import { counted, durationText } from './words.ts'

/** Flags whose work is done once, at the end. */
const ENDING = ['report', 'write-baseline', 'fail-on', 'trace'] as const

/** The one target that a watch takes. Throws `usage` for more, and for flags about one report. */
export function oneTarget([target = '', ...more]: readonly string[], values: Values): string {
  if (more.length > 0) throw usage('--watch takes one target: a file or a folder.')
  // The format has a preset, which is no wish.
  const isFormatted = textOf(values, 'format') !== 'table'
  const other = isFormatted ? 'format' : ENDING.find((flag) => isSet(values, flag) || listOf(values, flag).length > 0)
  if (other !== undefined) throw usage(`--watch prints changes until Ctrl-C; --${other} is for one report.`)
  return target
}

/** Prints what came and what went after every change, until Ctrl-C. With --json a line of JSON each time. */
export async function printWatched(context: CommandContext, seen: AsyncIterable<WatchedValidation>): Promise<ExitCode> {
  for await (const one of seen) {
    if (one.error) {
      if (context.global.json) printJsonLine(context, { at: timeOf(context), error: one.error.toJSON() })
      else warn(context, one.error.message)
    } else printOne(context, one)
  }
  return EXIT.ok
}

type Seen = Extract<WatchedValidation, { report: unknown }>

const timeOf = ({ system }: CommandContext): string => new Date(system.clock.now()).toISOString()

function printOne(context: CommandContext, { report, came, went, tookMs }: Seen): void {
  const { status, score, findings } = report
  if (context.global.json) {
    const counts = { status, score, findings: findings.length }
    return printJsonLine(context, { at: timeOf(context), ...counts, came, went, tookMs: Math.round(tookMs) })
  }
  for (const finding of went) say(context, `- ${lineOf(finding)}`)
  for (const finding of came) say(context, `+ ${lineOf(finding)}`)
  const words = `${came.length} came, ${went.length} went, ${counted(findings.length, 'finding')} now`
  say(context, `${timeOf(context).slice(11, 19)} ${status}, score ${score}: ${words} (${durationText(tookMs)})`)
}

const lineOf = ({ level, file, line, column, rule, message }: Finding): string =>
  harmless(`${level} ${file}:${line}:${column} ${rule}: ${message}`, 700)
