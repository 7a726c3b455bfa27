import type { Report } from '../../model/report.ts'

/** A report as indented JSON, findings first. */
export function jsonOf(report: Report): string {
  const { findings, score, status, ...rest } = report
  return `${JSON.stringify({ findings, score, status, ...rest }, undefined, 2)}\n`
}
