import type { Draft } from '../../model/draft.ts'
import type { Finding, Report, StepReport } from '../../model/report.ts'
import { partsOf, scoreOf, statusOf } from '../../model/score.ts'

const LEVELS = ['error', 'warning', 'note'] as const

/** A report that says nothing of where it was made: the folder of the work is cut from every path. */
export function portableReport(report: Report, folder: string, env: string): Report {
  const cut = (path: string): string =>
    path
      .split(folder)
      .join('')
      .replace(/^[\\/]+/, '')
      .replaceAll('\\', '/')
  return {
    ...report,
    target: env,
    files: report.files.map(cut),
    findings: report.findings.map((one) => ({ ...one, file: cut(one.file) })),
    cached: false,
  }
}

/** A report with findings that the answers themselves gave, before those of the rules; they count like any other. */
export function withFindings(report: Report, own: readonly Finding[]): Report {
  if (own.length === 0) return report
  const findings = [...own, ...report.findings]
  const judged = { parts: partsOf(findings), score: scoreOf(findings), status: statusOf(findings) }
  const { score, status } = judged
  const more = (step: StepReport['step']): number => own.filter((one) => (one.step ?? 'quality') === step).length
  const steps = report.steps.map((one): StepReport => {
    if (one.step === 'score') return { ...one, score }
    if (one.step === 'status') return { ...one, status }
    return more(one.step) > 0 ? { ...one, findings: (one.findings ?? 0) + more(one.step) } : one
  })
  return { ...report, findings, ...judged, steps }
}

/** The report for people, with the notes of the run. */
export function reportText(draft: Draft, report: Report): string {
  const count = (level: (typeof LEVELS)[number]): number => report.findings.filter((one) => one.level === level).length
  const lines = [
    `# Report: ${draft.manifest.id} ${draft.manifest.version}, ${draft.env}`,
    '',
    `Status: ${report.status}, score ${report.score} of 100.`,
    `Findings: ${LEVELS.map((level) => `${count(level)} ${level}`).join(', ')}.`,
    ...(report.findings.length > 0 ? [''] : []),
    ...report.findings.map((one) => `- ${one.level} ${one.rule} ${one.file}:${one.line}:${one.column} ${one.message}`),
    ...draft.sections.flatMap(({ title, lines: told }) => ['', `## ${title}`, '', ...told.map((one) => `- ${one}`)]),
    ...(draft.notes.length > 0 ? ['', '## Notes', '', ...draft.notes.map((note) => `- ${note}`)] : []),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}
