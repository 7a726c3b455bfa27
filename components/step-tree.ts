import { line } from './line.ts'
import { progressBar } from './progress-bar.ts'
import type { Role, Theme } from './theme.ts'
import { bytesWord, durationWord, leftWord } from './words.ts'

/** A step as the journal tells it. */
export interface StepLook {
  title: string
  state: 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'undone'
  reason?: string
  done: number
  total?: number
  unit?: string
  rate?: number
  /** Time left, where that can be told. */
  leftMs?: number
  ms?: number
}

const MARKS: Record<StepLook['state'], { mark: string; role: Role }> = {
  waiting: { mark: '    ', role: 'muted' },
  running: { mark: '... ', role: 'accent' },
  done: { mark: 'ok  ', role: 'ok' },
  skipped: { mark: 'skip', role: 'muted' },
  failed: { mark: 'FAIL', role: 'error' },
  undone: { mark: 'undo', role: 'warn' },
}

const amount = (value: number, unit: string | undefined): string =>
  unit === 'bytes' ? bytesWord(value) : `${Math.round(value)}${unit ? ` ${unit}` : ''}`

/** What a step has counted: `1.2 MB of 4 MB, 300 kB/s, ~10 s left`; where there is little room, without the rate. */
function counted(step: StepLook, isNarrow: boolean): string {
  if (step.done === 0 && step.total === undefined) return ''
  const of = step.total === undefined ? '' : ` of ${amount(step.total, step.unit)}`
  const rate =
    step.state === 'running' && step.rate !== undefined && !(isNarrow && step.leftMs !== undefined)
      ? `, ${amount(step.rate, step.unit === 'bytes' ? 'bytes' : undefined)}/s`
      : ''
  const left = step.state === 'running' && step.leftMs !== undefined ? `, ${leftWord(step.leftMs)} left` : ''
  return `${amount(step.done, step.total === undefined ? step.unit : step.unit === 'bytes' ? 'bytes' : undefined)}${of}${rate}${left}`
}

/** One line a step: mark, title, counts, bar while running, time when done. */
export function stepTree(theme: Theme, width: number, steps: readonly StepLook[]): string[] {
  const titleWidth = Math.min(28, Math.max(12, Math.floor(width * 0.28)))
  const barWidth = width >= 100 ? 24 : width >= 60 ? 17 : 5
  return steps.map((step) => {
    const { mark, role } = MARKS[step.state]
    const percent = step.state === 'running' && step.total ? (100 * step.done) / step.total : undefined
    const time = step.ms !== undefined && step.state !== 'running' ? durationWord(step.ms) : ''
    return line(theme, width, [
      { text: ` ${mark} `, role },
      { text: step.title, width: titleWidth, role: step.state === 'waiting' ? 'muted' : 'plain' },
      ...(percent === undefined ? [] : [{ text: ` ${progressBar(percent, barWidth)}`, role: 'accent' as const }]),
      { text: ` ${[counted(step, width < 100), step.reason, time].filter(Boolean).join(' ')}`, role: 'muted' },
    ])
  })
}
