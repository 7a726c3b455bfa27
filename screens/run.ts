import { line } from '../components/line.ts'
import { runCommandLine, runProblems, type RunState } from '../src/session/slices/run.ts'
import { wordsOf } from '../src/session/run-fields.ts'
import { footText, formScreen, type FormView } from './form.ts'
import type { Drawn, ScreenProps } from './routes.ts'
import { previewScreen } from './run-preview.ts'

/** Problems that are told just now: of fields typed in, and of all once a start was tried. */
function toldProblems(run: RunState): Record<string, string> {
  const told = Object.entries(runProblems(run)).filter(([name]) => run.isChecked || run.touched[name])
  return Object.fromEntries(told)
}

/** Help of the chosen field, with its label where the form has room for little else, and its example. */
function helpOf({ run }: ScreenProps['state'], isTight: boolean): string {
  const field = run.fields[run.index]
  if (!field) return ''
  const example = field.example === undefined ? '' : ` Example: ${field.example} (Ctrl-E).`
  const keys = field.options ? ' Space and arrows change it.' : ''
  return `${isTight ? `${field.label}: ` : ''}${field.help ?? ''}${example}${keys}`.trim()
}

/** Lines below the fields: help of the chosen one, and the command that does the same. */
function footLines(props: ScreenProps): string[] {
  const { state, theme, width, height } = props
  const { run } = state
  if (height < 12) return height < 8 ? [] : footText(props, helpOf(state, true), { most: 3 })
  return [
    ...footText(props, helpOf(state, false), { most: Math.max(2, Math.floor(height / 5)) }),
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
    keys: 'Up, Down: fields. Ctrl-P: preview. Ctrl-R: start. Esc: back.',
    fields: run.fields,
    texts: run.texts,
    index: run.index,
    told: toldProblems(run),
    wordsOf: (field) => wordsOf(field, run.texts[field.name] ?? '', run),
    foot: footLines(props),
  }
}

export const runScreen = (props: ScreenProps): Drawn =>
  props.state.run.preview ? previewScreen(props, props.state.run.preview) : formScreen(props, runForm(props))
