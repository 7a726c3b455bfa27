import type { Severity } from './errors.ts'
import type { Finding, ReportStatus, ScorePart } from './report.ts'

/** What one finding costs of its part, by severity (inventory S28.6). */
const SEVERITY_COST: Record<Severity, number> = { critical: 25, high: 10, medium: 3, low: 1, info: 0.1 }
/** Shares of the parts in the score, percent (C3). */
export const WEIGHTS: Readonly<Record<ScorePart, number>> = {
  security: 40,
  quality: 30,
  documentation: 20,
  metadata: 10,
}
/** Bounds of the status (C4); a gate is cleared from the lower one on. */
const PASS_FROM = 80
export const CLEAR_FROM = 60

export type Parts = Record<ScorePart, number>

const toTenth = (value: number): number => Math.round(value * 10) / 10

const partOf = ({ part, step }: Finding): ScorePart => part ?? (step === 'security' ? 'security' : 'quality')

/** What a finding costs of its part, in points of a hundred. */
const costOf = ({ points, severity }: Finding): number => points ?? SEVERITY_COST[severity]

/** Each part: 100 less the cost of every finding in it, floor 0. */
export function partsOf(findings: readonly Finding[]): Parts {
  const parts: Parts = { security: 100, quality: 100, documentation: 100, metadata: 100 }
  for (const finding of findings) parts[partOf(finding)] -= costOf(finding)
  const floored = Object.entries(parts).map(([part, left]) => [part, Math.max(0, toTenth(left))])
  return Object.fromEntries(floored) as Parts
}

/** The weighted sum of the parts, to a tenth. */
function totalOf(parts: Parts): number {
  const weights = Object.entries(WEIGHTS) as [ScorePart, number][]
  return toTenth(weights.reduce((sum, [part, weight]) => sum + (parts[part] * weight) / 100, 0))
}

export const scoreOf = (findings: readonly Finding[]): number => totalOf(partsOf(findings))

/**
 * passed from 80 with nothing critical or high; failed below 60 or with anything critical; else warning. The bounds
 * hold for the score and for security and quality by themselves: a good read-me makes up for no faulty template.
 */
export function statusOf(findings: readonly Finding[]): ReportStatus {
  const has = (severity: Severity): boolean => findings.some((finding) => finding.severity === severity)
  const parts = partsOf(findings)
  const least = Math.min(totalOf(parts), parts.security, parts.quality)
  if (least < CLEAR_FROM || has('critical')) return 'failed'
  if (least < PASS_FROM || has('high')) return 'warning'
  return 'passed'
}
