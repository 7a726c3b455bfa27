import { bar, fill, line } from '../components/line.ts'
import { runProblems } from '../src/session/slices/run.ts'
import type { Drawn, ScreenProps } from './routes.ts'

/** Cells of the label column; the text field of the chosen line starts after it. */
export const LABEL_CELLS = 24

/** First line of the window of fields, and how many show. */
export function runWindow(props: Pick<ScreenProps, 'state' | 'height'>): { top: number; shown: number } {
  const shown = Math.max(1, props.height - 4)
  const { index, fields } = props.state.run
  return { top: Math.max(0, Math.min(index - Math.floor(shown / 2), fields.length - shown)), shown }
}

/** The form that starts a generation. The chosen field is a text field drawn by the app in its place. */
export function runScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const { run } = state
  const problems = run.isChecked ? runProblems(run) : {}
  const { top, shown } = runWindow(props)
  const fields = run.fields.slice(top, top + shown).map((field, offset) => {
    const isHere = top + offset === run.index
    const label = `${isHere ? '>' : ' '} ${field.label}${field.isRequired ? ' *' : ''}`
    const problem = problems[field.name]
    const pieces = [
      { text: label, width: Math.min(LABEL_CELLS, width - 10) },
      { text: run.texts[field.name] ?? '', width: Math.max(8, Math.floor(width / 3)) },
      { text: problem ? ` ${problem}` : ` ${field.choices?.join(' | ') ?? field.type}` },
    ]
    if (isHere) return bar(theme, width, 'strong', line(theme, width, pieces))
    return line(
      theme,
      width,
      pieces.map((piece, index) =>
        index === 2 ? { ...piece, role: problem ? ('error' as const) : ('muted' as const) } : piece,
      ),
    )
  })
  const help = run.fields[run.index]?.help ?? ''
  return {
    lines: [
      line(theme, width, [{ text: ` Generate, validate and package ${run.template?.title ?? ''}`, role: 'heading' }]),
      line(theme, width, [
        { text: ' Up and Down choose a field; Enter on the last one, or Ctrl-R, starts the job.', role: 'muted' },
      ]),
      ...fill(fields, width, shown),
      line(theme, width, [{ text: ` ${help}`, role: 'muted' }]),
      line(theme, width, [{ text: run.isStarting ? ' Starting ...' : '' }]),
    ].slice(0, height),
    listRows: shown,
  }
}
