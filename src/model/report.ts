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
  /** JSON path such as `resources[0].properties.x`, from the root of the file on. */
  path?: string
  /** Who found it, when that was another program such as `arm-ttk`. */
  tool?: string
}

/** Why a finding does not count. */
export interface Suppression {
  /** In the file itself, in a policy file, or known from before (a baseline). */
  kind: 'inline' | 'policy' | 'baseline'
  reason: string
  /** The last day on which it counts, such as 2027-01-31. */
  until?: string
}

/** A finding that does not count, and why. */
export interface SuppressedFinding extends Finding {
  suppression: Suppression
}

/** How the Azure toolkit, when it was asked, saw the same files. */
export interface ToolkitRun {
  state: 'run' | 'skipped' | 'timeout' | 'failed'
  /** Why it did not run to its end. */
  reason?: string
  /** Test results it gave. */
  tests: number
  /** Verdicts of it and of our rules side by side, a rule and a file each. */
  agreement: { same: number; onlyOurs: Disagreement[]; onlyTheirs: Disagreement[] }
}

interface Disagreement {
  rule: string
  file: string
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
  /** SHA-256 over the inputs: of the file itself when there is one only. */
  digest: string
  cached: boolean
  /** What was found and does not count. */
  suppressed?: SuppressedFinding[]
  /** The day up to which the API versions are known that were judged by, such as 2026-02-13. */
  apiVersions?: string
  armTtk?: ToolkitRun
}
