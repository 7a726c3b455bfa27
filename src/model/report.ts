import type { Severity } from './errors.ts'

export type Level = 'error' | 'warning' | 'note'

/** The steps that look at files, in the order of the flow; score and status follow them (inventory S27.3 to S27.7). */
export const SCANNERS = ['structure', 'security', 'quality', 'dependencies'] as const
export type Scanner = (typeof SCANNERS)[number]

/** The parts of the score (C3). */
export type ScorePart = 'security' | 'quality' | 'documentation' | 'metadata'

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
  /** The step it is from; `quality` when absent. */
  step?: Scanner
  /** The part of the score it costs, where its step does not say it: `security` costs security, the others quality. */
  part?: ScorePart
  /** What it costs of its part, where that is not the cost of its severity. */
  points?: number
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

/** What one step of a validation came to. */
export interface StepReport {
  step: Scanner | 'score' | 'status'
  state: 'run' | 'skipped'
  /** Why it was skipped. */
  reason?: string
  /** Rules that ran, and what they found that counts. */
  rules?: number
  findings?: number
  /** What was found by kind, such as `secrets`. */
  sections?: Record<string, number>
  score?: number
  status?: ReportStatus
  /** When it began and ended, ms from the start of the validation; only when a trace was asked for. */
  startMs?: number
  endMs?: number
}

/** A bar that goods must clear: reached, missed, or not looked at (with the reason). */
export interface Gate {
  gate: 'security' | 'code quality' | 'performance' | 'compatibility' | 'documentation' | 'licence' | 'overall'
  state: 'passed' | 'failed' | 'skipped'
  /** Why, in words. */
  reason: string
}

/** The same findings judged by the rules of one version of the host. */
export interface HostVerdict {
  version: number
  status: ReportStatus
  score: number
  findings: number
}

export interface Report {
  target: string
  files: string[]
  rules: { rule: string; state: 'run' | 'skipped'; reason?: string }[]
  findings: Finding[]
  /** 0 to 100, to a tenth: the weighted sum of the parts (score.ts). */
  score: number
  /** Each 0 to 100. */
  parts: Record<ScorePart, number>
  status: ReportStatus
  steps: StepReport[]
  gates: Gate[]
  /** A verdict for each version of the host that was asked for. */
  hosts?: HostVerdict[]
  /** SHA-256 over the inputs: of the file itself when there is one only. */
  digest: string
  cached: boolean
  /** What was found and does not count. */
  suppressed?: SuppressedFinding[]
  /** The day up to which the API versions are known that were judged by, such as 2026-02-13. */
  apiVersions?: string
  armTtk?: ToolkitRun
}
