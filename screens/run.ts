import { wrap } from '../src/model/cells.ts'
import { fill, line } from '../components/line.ts'
import type { Field } from '../src/session/parameters.ts'
import { runCommandLine, runProblems, type RunState } from '../src/session/slices/run.ts'
import type { Drawn, ScreenProps } from './routes.ts'

/** Cells of the label column; the text field of the chosen line starts after it. */
export const LABEL_CELLS = 24
const HEAD_LINES = 2

/** Problems that are told just now: of fields typed in, and of all once a start was tried. */
function toldProblems(run: RunState): Record<string, string> {
  const told = Object.entries(runProblems(run)).filter(([name]) => run.isChecked || run.touched[name])
  return Object.fromEntries(told)
}

/** Lines below the fields: help of the chosen one, and the command that does the same. */
function footLines({ state, theme, width, height }: ScreenProps): string[] {
  const { run } = state
  if (height < 12) return []
  const say = (text: string): string[] =>
    wrap(text, Math.max(1, width - 2)).map((one) => line(theme, width, [{ text: ` ${one}`, role: 'muted' }]))
  const most = Math.max(2, Math.floor(height / 4))
  return [
    ...say(run.fields[run.index]?.help ?? ''),
    line(theme, width, []),
    ...say(`Same as: ${runCommandLine(run)}`).slice(0, most),
    ...(run.isStarting ? say('Starting ...') : []),
  ]
}

/** The window of fields: lines there are, first field shown, and the line the chosen field is on. */
export function runWindow(props: ScreenProps): { top: number; shown: number; at: number } {
  const { index, fields } = props.state.run
  const told = toldProblems(props.state.run)
  const room = Math.max(2, props.height - HEAD_LINES - footLines(props).length)
  const sizes = fields.map((field) => (told[field.name] === undefined ? 1 : 2))
  const upTo = (from: number): number => sizes.slice(from, index + 1).reduce((sum, size) => sum + size, 0)
  let top = Math.max(0, Math.min(index - Math.floor(room / 2), fields.length - room))
  while (top < index && upTo(top) > room) top += 1
  return { top, shown: room, at: HEAD_LINES + upTo(top) - (sizes[index] ?? 1) }
}

const kindWord = (field: Field): string => field.choices?.join(' | ') ?? field.type

/** A field, and below it what is wrong with what was typed. */
function fieldLines({ theme, width, state }: ScreenProps, field: Field, problem: string | undefined): string[] {
  const { run } = state
  const isHere = run.fields[run.index] === field
  const label = `${isHere ? '>' : ' '} ${field.label}${field.isRequired ? ' *' : ''}`
  const pieces = [
    { text: label, width: Math.min(LABEL_CELLS - 1, width - 11) },
    { text: ' ' },
    { text: run.texts[field.name] ?? '', width: Math.max(8, width - LABEL_CELLS - 18) },
    { text: ` ${kindWord(field)}`, role: 'muted' as const },
  ]
  const wrong = problem && line(theme, width, [{ text: `    ${problem}`, role: 'error' }])
  return [line(theme, width, pieces), ...(wrong ? [wrong] : [])]
}

/** The form that starts a generation. The chosen field is a text field drawn by the app in its place. */
export function runScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const { run } = state
  const problems = toldProblems(run)
  const { top, shown } = runWindow(props)
  const fields = run.fields.slice(top, top + shown).flatMap((field) => fieldLines(props, field, problems[field.name]))
  const where = `${run.index + 1} of ${run.fields.length}`
  const lines = [
    line(theme, width, [
      { text: ` Generate, validate and package ${run.template?.title ?? ''}`, role: 'heading' },
      { text: `  ${where}`, role: 'muted' },
    ]),
    line(theme, width, [
      { text: ' Up, Down: fields. Ctrl-R, or Enter on the last one: start. Esc: back.', role: 'muted' },
    ]),
    ...fill(fields, width, shown),
    ...footLines(props),
  ]
  return { lines: fill(lines, width, height), listRows: shown }
}
