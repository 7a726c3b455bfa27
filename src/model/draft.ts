import type { Manifest } from './manifest.ts'
import type { Report } from './report.ts'

/** One generated file. Paths are relative, with forward slashes. */
export interface DraftFile {
  path: string
  content: string | Uint8Array
}

/** A manifest plus its files on the way through the pipeline, for one environment. */
export interface Draft {
  manifest: Manifest
  env: string
  /** Checked parameters, defaults filled in. */
  parameters: Record<string, unknown>
  files: DraftFile[]
  report?: Report
  /** Absolute path and SHA-256 of the package, once packed. */
  bundle?: { path: string; sha256: string; bytes: number; entries: number }
  /** Notes for the report, e.g. how names were mapped or which tier was raised. */
  notes: string[]
  /** What middleware changed, in words, with its id. */
  changes: { by: string; text: string }[]
  /** What middleware adds to the report: lines for people, data for programs. */
  sections: ReportSection[]
}

/** A part of the report that is no finding: figures, controls, what was added. `data` is plain JSON. */
interface ReportSection {
  /** Of the middleware that wrote it. */
  id: string
  title: string
  lines: string[]
  data: unknown
}
