import { sep } from 'node:path'
import type { Finding, Report, SuppressedFinding } from '../../model/report.ts'
import { fingerprintOf, placeFrom } from '../baseline.ts'
import { builtinRules, RULE_SET_VERSION } from '../rules/builtin.ts'

/** `security-severity` of code scanning, by severity: critical from 9, high from 7, medium from 4. */
const SECURITY_SEVERITY = { critical: '9.5', high: '8.0', medium: '5.0', low: '2.0', info: '0.0' } as const

/**
 * Reports as one SARIF 2.1.0 log with one run, as code scanning reads it: every result is located and carries a
 * fingerprint that outlives moved lines; what is suppressed says why; what passed is left out. Files below `folder`, an
 * absolute path, are named from it, so that a code host finds them.
 */
export function sarifOf(reports: readonly Report[], folder: string): string {
  const found = reports.flatMap(({ target, findings, suppressed = [] }) =>
    [...findings, ...suppressed].map((finding) => ({ finding, place: placeFrom(folder, target, finding.file) })),
  )
  const names = [...new Set(found.map(({ finding }) => finding.rule))]
  const counts = new Map<string, number>()
  const results = found.map(({ finding, place }) => {
    const fingerprint = fingerprintOf(finding, place)
    const count = (counts.get(fingerprint) ?? 0) + 1
    counts.set(fingerprint, count)
    return resultOf(finding, { names, uri: uriOf(place), fingerprint: `${fingerprint}:${count}` })
  })
  const rules = names.map((name) =>
    ruleOf(
      name,
      found.map(({ finding }) => finding),
    ),
  )
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'souk', version: RULE_SET_VERSION, rules } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  }
  return `${JSON.stringify(log, undefined, 2)}\n`
}

/** A place as an address: relative when it is, else of this machine. */
function uriOf(place: string): string {
  const uri = place.split('/').filter(Boolean).map(encodeURIComponent).join('/')
  return place.startsWith(sep) ? `file:///${uri}` : uri
}

function ruleOf(name: string, findings: readonly Finding[]): unknown {
  const own = findings.filter((finding) => finding.rule === name)
  const rule = builtinRules.find((one) => one.name === name)
  const severity = rule?.severity ?? own[0]?.severity ?? 'info'
  const text = rule?.summary ?? name
  const level = own.some((finding) => finding.level === 'error') ? 'error' : (own[0]?.level ?? 'note')
  return {
    id: name,
    name: name.replaceAll(/[-_]/g, ''),
    shortDescription: { text },
    fullDescription: { text },
    help: { text },
    defaultConfiguration: { level },
    properties: {
      'security-severity': SECURITY_SEVERITY[severity],
      tags: (rule?.step ?? own[0]?.step) === 'security' ? ['security', 'azure'] : ['azure'],
    },
  }
}

function resultOf(
  finding: Finding | SuppressedFinding,
  { names, uri, fingerprint }: { names: readonly string[]; uri: string; fingerprint: string },
): unknown {
  const { rule, level, message, line, column, id, severity, path, tool } = finding
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
        ...(path === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: path }] }),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint },
    ...('suppression' in finding ? suppressionOf(finding) : {}),
    properties: { severity, ...(id === undefined ? {} : { id }), ...(tool === undefined ? {} : { tool }) },
  }
}

function suppressionOf({ suppression }: SuppressedFinding): Record<string, unknown> {
  const { kind, reason } = suppression
  return {
    ...(kind === 'baseline' ? { baselineState: 'unchanged' } : {}),
    suppressions: [{ kind: kind === 'inline' ? 'inSource' : 'external', status: 'accepted', justification: reason }],
  }
}
