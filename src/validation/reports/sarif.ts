import type { Finding, Report } from '../../model/report.ts'
import { builtinRules } from '../rules/builtin.ts'

/** `security-severity` of code scanning, by severity: critical from 9, high from 7, medium from 4. */
const SECURITY_SEVERITY = { critical: '9.5', high: '8.0', medium: '5.0', low: '2.0', info: '0.0' } as const

/** A report as SARIF 2.1.0, as code scanning reads it: every result is located, what passed is left out. */
export function sarifOf(report: Report): string {
  const names = [...new Set(report.findings.map((finding) => finding.rule))]
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'souk', rules: names.map((name) => ruleOf(name, report)) } },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => resultOf(finding, names)),
      },
    ],
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}

function ruleOf(name: string, report: Report): unknown {
  const severity = report.findings.find((finding) => finding.rule === name)?.severity ?? 'info'
  const text = builtinRules.find((rule) => rule.name === name)?.summary ?? name
  return { id: name, shortDescription: { text }, properties: { 'security-severity': SECURITY_SEVERITY[severity] } }
}

function resultOf(finding: Finding, names: readonly string[]): unknown {
  const { rule, level, message, file, line, column, id, severity } = finding
  return {
    ruleId: rule,
    ruleIndex: names.indexOf(rule),
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/') },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    properties: { severity, ...(id === undefined ? {} : { id }) },
  }
}
