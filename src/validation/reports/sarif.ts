import { relative, sep } from 'node:path'
import type { Finding, Report } from '../../model/report.ts'
import { builtinRules } from '../rules/builtin.ts'

/** `security-severity` of code scanning, by severity: critical from 9, high from 7, medium from 4. */
const SECURITY_SEVERITY = { critical: '9.5', high: '8.0', medium: '5.0', low: '2.0', info: '0.0' } as const

/**
 * Reports as one SARIF 2.1.0 log with one run, as code scanning reads it: every result is located, what passed is left
 * out. Files below `folder`, an absolute path, are named from it, so that a code host finds them.
 */
export function sarifOf(reports: readonly Report[], folder: string): string {
  const findings = reports.flatMap((report) => report.findings)
  const names = [...new Set(findings.map((finding) => finding.rule))]
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'souk', rules: names.map((name) => ruleOf(name, findings)) } },
        columnKind: 'utf16CodeUnits',
        results: reports.flatMap(({ target, findings }) =>
          findings.map((finding) => resultOf(finding, names, uriOf(target, finding.file, folder))),
        ),
      },
    ],
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}

/** Where a file is: its target when that is the file itself, else below it. */
function uriOf(target: string, file: string, folder: string): string {
  const from = relative(folder, target)
  const base = from.startsWith('..') || !target.startsWith(sep) ? target : from
  const parts = base.split(sep).filter((part) => part !== '')
  if (parts.at(-1) !== file) parts.push(...file.split('/'))
  const uri = parts.map(encodeURIComponent).join('/')
  return base.startsWith(sep) ? `file:///${uri}` : uri
}

function ruleOf(name: string, findings: readonly Finding[]): unknown {
  const severity = findings.find((finding) => finding.rule === name)?.severity ?? 'info'
  const text = builtinRules.find((rule) => rule.name === name)?.summary ?? name
  return { id: name, shortDescription: { text }, properties: { 'security-severity': SECURITY_SEVERITY[severity] } }
}

function resultOf(finding: Finding, names: readonly string[], uri: string): unknown {
  const { rule, level, message, line, column, id, severity } = finding
  return {
    ruleId: rule,
    ruleIndex: names.indexOf(rule),
    level,
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    properties: { severity, ...(id === undefined ? {} : { id }) },
  }
}
