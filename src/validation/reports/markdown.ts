import type { Finding, Report, ScorePart, SuppressedFinding } from '../../model/report.ts'
import { WEIGHTS } from '../../model/score.ts'

/** A report as Markdown: the outcome, then a table of findings for each file. */
export function markdownOf(report: Report): string {
  const ran = report.rules.filter((rule) => rule.state === 'run').length
  const lines = [
    `# Validation of ${cell(report.target)}`,
    '',
    `**${report.status}**, score ${report.score} of 100, ${report.findings.length} findings from ${ran} rules.`,
    '',
    '| Part | Weight | Points |',
    '|---|---|---|',
    ...Object.entries(report.parts).map(([part, left]) => `| ${part} | ${WEIGHTS[part as ScorePart]} % | ${left} |`),
  ]
  for (const [file, findings] of Map.groupBy(report.findings, (finding) => finding.file)) {
    lines.push('', `## ${cell(file)}`, '', '| Place | Level | Severity | Rule | Finding |', '|---|---|---|---|---|')
    lines.push(...findings.map(row))
  }
  const { suppressed = [] } = report
  if (suppressed.length) {
    lines.push('', '## Suppressed', '', '| Place | Rule | Finding | Why | Until |', '|---|---|---|---|---|')
    lines.push(...suppressed.map(suppressedRow))
  }
  return `${lines.join('\n')}\n`
}

function suppressedRow({ file, line, column, rule, message, suppression }: SuppressedFinding): string {
  const { reason, until = '' } = suppression
  return `| ${cell(file)}:${line}:${column} | ${cell(rule)} | ${cell(message)} | ${cell(reason)} | ${cell(until)} |`
}

function row({ line, column, level, severity, rule, message }: Finding): string {
  return `| ${line}:${column} | ${level} | ${severity} | ${cell(rule)} | ${cell(message)} |`
}

/** Text that cannot break out of a table cell or make markup. */
const cell = (text: string): string => text.replaceAll(/[\\|`*_<>[\]]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ')
