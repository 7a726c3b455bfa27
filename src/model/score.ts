import type { Severity } from './errors.ts'
import type { Finding, ReportStatus } from './report.ts'

/** Cost of one finding by severity, and the bounds of the status (inventory C4). */
const SEVERITY_COST: Record<Severity, number> = { critical: 25, high: 10, medium: 3, low: 1, info: 0 }
const PASS_FROM = 80
const WARN_FROM = 60

/** 100 less the cost of every finding, floor 0. */
export function scoreOf(findings: readonly Finding[]): number {
  return Math.max(
    0,
    findings.reduce((left, finding) => left - SEVERITY_COST[finding.severity], 100),
  )
}

/** passed from 80 with nothing critical or high; failed below 60 or with anything critical; else warning. */
export function statusOf(score: number, findings: readonly Finding[]): ReportStatus {
  const has = (severity: Severity): boolean => findings.some((finding) => finding.severity === severity)
  if (score < WARN_FROM || has('critical')) return 'failed'
  if (score < PASS_FROM || has('high')) return 'warning'
  return 'passed'
}
