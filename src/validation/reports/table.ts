import { cut, pad, wrap } from '../../model/cells.ts'
import type { Finding, Report } from '../../model/report.ts'
import { harmless } from '../../model/text.ts'

const LEVEL = 8

/** A report as lines of at most `width` cells (0 is no limit): each finding under its place, then the outcome. */
export function tableOf(report: Report, width: number): string[] {
  const ran = report.rules.filter((rule) => rule.state === 'run').length
  const counts = `${counted(report.findings.length, 'finding')}, ${counted(ran, 'rule')} run over ${counted(report.files.length, 'file')}`
  const outcome = `${harmless(report.target, 500)}: ${report.status}, score ${report.score}, ${counts}${report.cached ? ' (cached)' : ''}`
  const more = [...partsLine(report), ...moreOf(report)].flatMap((text) => fitted(text, width))
  const steps = stepLines(report).map((text) => (width > 0 ? cut(text, width) : text))
  return [
    ...report.findings.flatMap((finding) => linesOf(finding, width)),
    ...fitted(outcome, width),
    ...steps,
    ...more,
  ]
}

/** The parts of the score, when something cost any of them. */
function partsLine({ parts, score }: Report): string[] {
  if (score === 100) return []
  return [
    `parts of the score: ${Object.entries(parts)
      .map(([part, left]) => `${part} ${left}`)
      .join(', ')}`,
  ]
}

/** The steps in their order, with their times; only where a trace was asked for. */
function stepLines({ steps, hosts = [], gates }: Report): string[] {
  const isTraced = steps.some(({ startMs }) => startMs !== undefined)
  const lines = hosts.map(
    (one) => `host ${one.version}: ${one.status}, score ${one.score}, ${counted(one.findings, 'finding')}`,
  )
  if (!isTraced) return lines
  return [
    ...steps.map(stepLine),
    ...lines,
    ...gates.map(({ gate, state, reason }) => `gate ${pad(gate, 14)}${pad(state, 9)}${harmless(reason, 300)}`),
  ]
}

function stepLine(step: Report['steps'][number]): string {
  const head = `step ${pad(step.step, 14)}`
  if (step.state === 'skipped') return `${head}${pad('skipped', 9)}${harmless(step.reason ?? '', 300)}`
  if (step.score !== undefined) return `${head}${step.score}`
  if (step.status !== undefined) return `${head}${step.status}`
  const sections = Object.entries(step.sections ?? {}).map(([name, count]) => `${name} ${count}`)
  const time = step.endMs === undefined ? 'kept' : `${(step.startMs ?? 0).toFixed(1)} to ${step.endMs.toFixed(1)} ms`
  const words = [counted(step.rules ?? 0, 'rule'), counted(step.findings ?? 0, 'finding'), ...sections]
  return `${head}${pad('run', 9)}${words.join(', ')}; ${time}`
}

/** What else is worth a line: what does not count, rules that did not run to their end, and what the toolkit said. */
function moreOf({ suppressed = [], apiVersions, rules, armTtk }: Report): string[] {
  const kinds = [...Map.groupBy(suppressed, ({ suppression }) => suppression.kind)]
  const isJudged = rules.some(({ rule, state }) => state === 'run' && rule.startsWith('apiVersions'))
  return [
    ...(kinds.length
      ? [`${suppressed.length} suppressed (${kinds.map(([kind, all]) => `${all.length} ${kind}`).join(', ')})`]
      : []),
    ...(armTtk ? [toolkitLine(armTtk)] : []),
    ...(isJudged && apiVersions !== undefined ? [`API versions are known up to ${apiVersions}`] : []),
  ]
}

function toolkitLine({ state, reason, tests, agreement }: NonNullable<Report['armTtk']>): string {
  if (state !== 'run') return `arm-ttk: ${state}${reason === undefined ? '' : ` (${reason})`}`
  const { same, onlyOurs, onlyTheirs } = agreement
  const apart = [
    ...onlyOurs.map(({ rule }) => `${rule} fails here only`),
    ...onlyTheirs.map(({ rule }) => `${rule} fails there only`),
  ]
  const rest = apart.length > 5 ? ` and ${apart.length - 5} more` : ''
  const words = apart.length ? `; ${apart.slice(0, 5).join(', ')}${rest}` : ''
  return `arm-ttk: ${counted(tests, 'result')}, agrees on ${same} of ${same + apart.length}${words}`
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

const fitted = (text: string, width: number): string[] => (width > 0 ? wrap(text, width) : [text])

function linesOf({ file, line, column, level, rule, message, tool }: Finding, width: number): string[] {
  const heading = `${pad(level, LEVEL)}${file}:${line}:${column}  ${rule}${tool === undefined ? '' : ` (${tool})`}`
  const body = fitted(message, width > 0 ? Math.max(1, width - LEVEL) : 0).map((text) => ' '.repeat(LEVEL) + text)
  return [heading, ...body].map((text) => (width > 0 ? cut(text, width) : text))
}
