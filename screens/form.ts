import { wrap } from '../src/model/cells.ts'
import { fill, line } from '../components/line.ts'
import type { Role } from '../components/theme.ts'
import type { Field } from '../src/session/parameters.ts'
import type { Drawn, ScreenProps } from './routes.ts'

/** Cells of the label column; the text field of the chosen line starts after it. */
export const LABEL_CELLS = 24
const HEAD_LINES = 2

/** A form as it stands: fields below each other, one of them typed in. */
export interface FormView {
  title: string
  /** What the keys do here, one line. */
  keys: string
  fields: readonly Field[]
  texts: Readonly<Record<string, string>>
  index: number
  /** Problems that are told just now, by field. */
  told: Readonly<Record<string, string>>
  /** What stands below the fields. */
  foot: string[]
}

/** A text below the fields, over as many lines as it takes, at most so many. */
export const footText = (
  { theme, width }: Pick<ScreenProps, 'theme' | 'width'>,
  text: string,
  { most = 4, role = 'muted' }: { most?: number; role?: Role } = {},
): string[] =>
  wrap(text, Math.max(1, width - 2))
    .slice(0, most)
    .map((one) => line(theme, width, [{ text: ` ${one}`, role }]))

/** The window of fields: lines there are, first field shown, and the line the chosen field is on. */
export function formWindow(view: FormView, height: number): { top: number; shown: number; at: number } {
  const { index, fields, told, foot } = view
  const room = Math.max(2, height - HEAD_LINES - foot.length)
  const sizes = fields.map((field) => (told[field.name] === undefined ? 1 : 2))
  const upTo = (from: number): number => sizes.slice(from, index + 1).reduce((sum, size) => sum + size, 0)
  let top = Math.max(0, Math.min(index - Math.floor(room / 2), fields.length - room))
  while (top < index && upTo(top) > room) top += 1
  return { top, shown: room, at: HEAD_LINES + upTo(top) - (sizes[index] ?? 1) }
}

const kindWord = (field: Field): string => field.choices?.join(' | ') ?? field.type

/** A field, and below it what is wrong with what was typed. */
function fieldLines({ theme, width }: ScreenProps, view: FormView, field: Field): string[] {
  const problem = view.told[field.name]
  const label = `${view.fields[view.index] === field ? '>' : ' '} ${field.label}${field.isRequired ? ' *' : ''}`
  const pieces = [
    { text: label, width: Math.min(LABEL_CELLS - 1, width - 11) },
    { text: ' ' },
    { text: view.texts[field.name] ?? '', width: Math.max(8, width - LABEL_CELLS - 18) },
    { text: ` ${kindWord(field)}`, role: 'muted' as const },
  ]
  const wrong = problem && line(theme, width, [{ text: `    ${problem}`, role: 'error' }])
  return [line(theme, width, pieces), ...(wrong ? [wrong] : [])]
}

/** Draws a form. The chosen field is a text field drawn by the app in its place. */
export function formScreen(props: ScreenProps, view: FormView): Drawn {
  const { theme, width, height } = props
  const { top, shown } = formWindow(view, height)
  const lines = [
    line(theme, width, [
      { text: ` ${view.title}`, role: 'heading' },
      { text: `  ${view.index + 1} of ${view.fields.length}`, role: 'muted' },
    ]),
    line(theme, width, [{ text: ` ${view.keys}`, role: 'muted' }]),
    ...fill(
      view.fields.slice(top, top + shown).flatMap((field) => fieldLines(props, view, field)),
      width,
      shown,
    ),
    ...view.foot,
  ]
  return { lines: fill(lines, width, height), listRows: shown }
}
