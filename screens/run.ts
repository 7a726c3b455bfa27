import { line } from '../components/line.ts'
import { runCommandLine, runProblems, type RunState } from '../src/session/slices/run.ts'
import { footText, formScreen, type FormView } from './form.ts'
import type { Drawn, ScreenProps } from './routes.ts'

/** Problems that are told just now: of fields typed in, and of all once a start was tried. */
function toldProblems(run: RunState): Record<string, string> {
  const told = Object.entries(runProblems(run)).filter(([name]) => run.isChecked || run.touched[name])
  return Object.fromEntries(told)
}

/** Lines below the fields: help of the chosen one, and the command that does the same. */
function footLines(props: ScreenProps): string[] {
  const { state, theme, width, height } = props
  const { run } = state
  if (height < 12) return []
  return [
    ...footText(props, run.fields[run.index]?.help ?? '', { most: 100 }),
    line(theme, width, []),
    ...footText(props, `Same as: ${runCommandLine(run)}`, { most: Math.max(2, Math.floor(height / 4)) }),
    ...(run.isStarting ? footText(props, 'Starting ...') : []),
  ]
}

/** The form that starts a generation. */
export function runForm(props: ScreenProps): FormView {
  const { run } = props.state
  return {
    title: `Generate, validate and package ${run.template?.title ?? ''}`,
    keys: 'Up, Down: fields. Ctrl-R, or Enter on the last one: start. Esc: back.',
    fields: run.fields,
    texts: run.texts,
    index: run.index,
    told: toldProblems(run),
    foot: footLines(props),
  }
}

export const runScreen = (props: ScreenProps): Drawn => formScreen(props, runForm(props))
