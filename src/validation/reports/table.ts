import { cut, pad } from '../../model/cells.ts'
import type { Finding, Report } from '../../model/report.ts'

const PLACE = 10
const LEVEL = 8

/** A report as lines of at most `width` cells: two lines a finding under its file, then the outcome. */
export function tableOf(report: Report, width: number): string[] {
  const lines: string[] = []
  for (const [file, findings] of Map.groupBy(report.findings, (finding) => finding.file)) {
    lines.push(file, ...findings.flatMap(linesOf), '')
  }
  const counts = `${report.findings.length} findings in ${report.files.length} files`
  lines.push(`${report.status}: score ${report.score} of 100, ${counts}${report.cached ? ' (cached)' : ''}`)
  return lines.map((line) => cut(line, width))
}

function linesOf({ line, column, level, rule, message }: Finding): string[] {
  return [`${pad(`  ${line}:${column}`, PLACE)} ${pad(level, LEVEL)} ${rule}`, `    ${message}`]
}
