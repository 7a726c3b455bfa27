import { cut, pad, wrap } from '../../model/cells.ts'
import type { Finding, Report } from '../../model/report.ts'
import { harmless } from '../../model/text.ts'

const LEVEL = 8

/** A report as lines of at most `width` cells (0 is no limit): each finding under its place, then the outcome. */
export function tableOf(report: Report, width: number): string[] {
  const ran = report.rules.filter((rule) => rule.state === 'run').length
  const counts = `${counted(report.findings.length, 'finding')}, ${counted(ran, 'rule')} run over ${counted(report.files.length, 'file')}`
  const outcome = `${harmless(report.target, 500)}: ${report.status}, score ${report.score}, ${counts}${report.cached ? ' (cached)' : ''}`
  const more = moreOf(report).flatMap((text) => fitted(text, width))
  return [...report.findings.flatMap((finding) => linesOf(finding, width)), ...fitted(outcome, width), ...more]
}

/** What else is worth a line: what does not count, rules that did not run to their end, and what the toolkit said. */
function moreOf({ suppressed = [], apiVersions, rules, armTtk }: Report): string[] {
  const kinds = [...Map.groupBy(suppressed, ({ suppression }) => suppression.kind)]
  const isJudged = rules.some(({ rule, state }) => state === 'run' && rule.startsWith('apiVersions'))
  return [
    ...(kinds.length
      ? [`${suppressed.length} suppressed (${kinds.map(([kind, all]) => `${all.length} ${kind}`).join(', ')})`]
      : []),
    ...(armTtk ? [toolkitLine(armTtk)] : []),
    ...(isJudged && apiVersions !== undefined ? [`API versions are known up to ${apiVersions}`] : []),
  ]
}

function toolkitLine({ state, reason, tests, agreement }: NonNullable<Report['armTtk']>): string {
  if (state !== 'run') return `arm-ttk: ${state}${reason === undefined ? '' : ` (${reason})`}`
  const { same, onlyOurs, onlyTheirs } = agreement
  const apart = [
    ...onlyOurs.map(({ rule }) => `${rule} fails here only`),
    ...onlyTheirs.map(({ rule }) => `${rule} fails there only`),
  ]
  const rest = apart.length > 5 ? ` and ${apart.length - 5} more` : ''
  const words = apart.length ? `; ${apart.slice(0, 5).join(', ')}${rest}` : ''
  return `arm-ttk: ${counted(tests, 'result')}, agrees on ${same} of ${same + apart.length}${words}`
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const fitted = (text: string, width: number): string[] => (width > 0 ? wrap(text, width) : [text])

function linesOf({ file, line, column, level, rule, message, tool }: Finding, width: number): string[] {
  const heading = `${pad(level, LEVEL)}${file}:${line}:${column}  ${rule}${tool === undefined ? '' : ` (${tool})`}`
  const body = fitted(message, width > 0 ? Math.max(1, width - LEVEL) : 0).map((text) => ' '.repeat(LEVEL) + text)
  return [heading, ...body].map((text) => (width > 0 ? cut(text, width) : text))
}
