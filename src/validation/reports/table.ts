import { cut, pad, wrap } from '../../model/cells.ts'
import type { Finding, Report } from '../../model/report.ts'
import { harmless } from '../../model/text.ts'

const LEVEL = 8

/** A report as lines of at most `width` cells (0 is no limit): each finding under its place, then the outcome. */
export function tableOf(report: Report, width: number): string[] {
  const ran = report.rules.filter((rule) => rule.state === 'run').length
  const counts = `${counted(report.findings.length, 'finding')}, ${counted(ran, 'rule')} run over ${counted(report.files.length, 'file')}`
  const outcome = `${harmless(report.target, 500)}: ${report.status}, score ${report.score}, ${counts}${report.cached ? ' (cached)' : ''}`
  return [...report.findings.flatMap((finding) => linesOf(finding, width)), ...fitted(outcome, width)]
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const fitted = (text: string, width: number): string[] => (width > 0 ? wrap(text, width) : [text])

function linesOf({ file, line, column, level, rule, message }: Finding, width: number): string[] {
  const heading = `${pad(level, LEVEL)}${file}:${line}:${column}  ${rule}`
  const body = fitted(message, width > 0 ? Math.max(1, width - LEVEL) : 0).map((text) => ' '.repeat(LEVEL) + text)
  return [heading, ...body].map((text) => (width > 0 ? cut(text, width) : text))
}
