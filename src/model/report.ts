import type { Severity } from './errors.ts'

export type Level = 'error' | 'warning' | 'note'

export interface Finding {
  /** Rule name; for ARM rules the toolkit's name, e.g. `Parameters-Must-Be-Referenced`. */
  rule: string
  /** Stable id of the particular fault, e.g. `Parameters.Must.Be.Referenced`. */
  id?: string
  level: Level
  severity: Severity
  file: string
  /** 1-based. */
  line: number
  /** 1-based, in UTF-16 units. */
  column: number
  message: string
  /** JSON path such as `resources[0].properties.x`. */
  path?: string
}

export type ReportStatus = 'passed' | 'warning' | 'failed'

export interface Report {
  target: string
  files: string[]
  rules: { rule: string; state: 'run' | 'skipped'; reason?: string }[]
  findings: Finding[]
  /** 0 to 100 (score.ts). */
  score: number
  status: ReportStatus
  /** SHA-256 over the inputs and the rule-set version. */
  digest: string
  cached: boolean
}
