import { wrap } from '../src/model/cells.ts'
import { fill, line } from '../components/line.ts'
import type { PreviewLine } from '../src/session/preview-lines.ts'
import type { RunPreview } from '../src/session/slices/run.ts'
import { footText } from './form.ts'
import type { Drawn, ScreenProps } from './routes.ts'

const HEAD_LINES = 2

/** The lines of a preview as they fit a width; what does not fit goes on below, set in. */
function wrapped(lines: readonly PreviewLine[], width: number): PreviewLine[] {
  return lines.flatMap(({ text, role }) => {
    const inset = /^ */.exec(text)?.[0] ?? ''
    const [first = '', ...rest] = wrap(text.trimStart(), Math.max(8, width - inset.length - 4))
    return [{ text: inset + first, role }, ...rest.map((one) => ({ text: `${inset}  ${one}`, role }))]
  })
}

/** The last line that may stand at the top of a preview on a body of this size. */
export const lastTop = ({ lines }: RunPreview, width: number, height: number): number =>
  Math.max(0, wrapped(lines, width).length - Math.max(1, height - HEAD_LINES))

/** What the run would make, in place of the form. */
export function previewScreen(props: ScreenProps, preview: RunPreview): Drawn {
  const { theme, width, height, state } = props
  const lines = wrapped(preview.lines, width)
  const shown = Math.max(1, height - HEAD_LINES)
  const top = Math.min(preview.top, lastTop(preview, width, height))
  const more = lines.length - top - shown
  const { problem } = preview
  const body = problem
    ? footText(props, `${problem.text} ${problem.hint ?? ''}`, { most: shown, role: 'error' })
    : preview.isMaking
      ? footText(props, 'Generating in memory ...')
      : lines.slice(top, top + shown).map(({ text, role }) => line(theme, width, [{ text: ` ${text}`, role }]))
  const count = more > 0 ? `  ${more} more lines` : ''
  const head = [
    line(theme, width, [
      { text: ` Preview of ${state.run.template?.title ?? ''}`, role: 'heading' },
      { text: count, role: 'muted' },
    ]),
    line(theme, width, [{ text: ' Nothing is written. Ctrl-R: start. Esc: back to the form.', role: 'muted' }]),
  ]
  return { lines: fill([...head, ...body], width, height), listRows: shown }
}
