import { cellWidth, pad, wrap } from '../src/model/cells.ts'
import { fill, line } from '../components/line.ts'
import type { Role } from '../components/theme.ts'
import type { Field } from '../src/session/parameters.ts'
import type { Drawn, ScreenProps } from './routes.ts'

/** Below so many lines the keys are not told in the form itself: its fields need the room. */
const ROOMY = 14
/** Cells of the column at the right that tells what a field takes, where there is room for it. */
const KIND_CELLS = 18

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
  /** How the text of a field reads; as it is when left out. */
  wordsOf?: (field: Field) => string
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

const labelOf = (field: Field, isChosen: boolean): string =>
  `${isChosen ? '>' : ' '} ${field.label}${field.isRequired ? ' *' : ''} `

/**
 * Cells before the texts. Labels stand beside them where at most half the width is theirs; one that is longer stands
 * above its text, so that none is cut.
 */
function indentOf({ fields }: FormView, width: number): number {
  const widths = fields.map((field) => cellWidth(labelOf(field, false))).filter((cells) => cells <= width / 2)
  return Math.max(...widths, Math.min(24, Math.floor(width * 0.4)))
}
const ABOVE = '    '
const isAbove = (field: Field, indent: number): boolean => cellWidth(labelOf(field, false)) > indent

/** A field with the heading above it and the sentence below it, and which of these lines the text is on. */
interface Block {
  lines: string[]
  at: number
}

function blockOf({ theme, width }: ScreenProps, view: FormView, index: number, indent: number): Block {
  const field = view.fields[index] as Field
  const isChosen = index === view.index
  const words = view.wordsOf?.(field) ?? view.texts[field.name] ?? ''
  const text = isChosen && field.options ? `< ${words} >` : words
  const label = labelOf(field, isChosen)
  const isWide = width >= 70 && !field.options
  const room = Math.max(1, width - indent - (isWide ? KIND_CELLS : 0))
  const kind = isWide ? [{ text: ` ${kindWord(field)}`, role: 'muted' as const }] : []
  const typed = isAbove(field, indent)
    ? [line(theme, width, [{ text: label }]), line(theme, width, [{ text: ABOVE }, { text }])]
    : [line(theme, width, [{ text: label, width: indent }, { text, width: room }, ...kind])]
  const heading = field.group !== undefined && field.group !== view.fields[index - 1]?.group ? [field.group] : []
  const problem = view.told[field.name]
  const wrong = problem === undefined ? [] : wrap(problem, Math.max(1, width - 5)).slice(0, 3)
  return {
    lines: [
      ...heading.map((one) => line(theme, width, [{ text: ` ${one}`, role: 'heading' }])),
      ...typed,
      ...wrong.map((one) => line(theme, width, [{ text: `    ${one}`, role: 'error' }])),
    ],
    at: heading.length + typed.length - 1,
  }
}

const kindWord = (field: Field): string =>
  field.choices?.join(' | ') ?? (field.type === 'array' ? 'list' : field.type === 'string' ? 'text' : field.type)

const headLines = (height: number): number => (height < ROOMY ? 1 : 2)

/** The lines of the fields that show, and where among them the text of the chosen one is. */
function windowOf(props: ScreenProps, view: FormView): { lines: string[]; at: number; shown: number } {
  const shown = Math.max(2, props.height - headLines(props.height) - view.foot.length)
  const indent = indentOf(view, props.width)
  const blocks = view.fields.map((_, index) => blockOf(props, view, index, indent))
  const chosen = blocks[view.index]
  const before = blocks.slice(0, view.index).reduce((sum, one) => sum + one.lines.length, 0)
  const lines = blocks.flatMap((one) => one.lines)
  const end = before + (chosen?.lines.length ?? 0)
  // The chosen field whole, in the middle where there is more on both sides.
  const middle = before - Math.floor((shown - (chosen?.lines.length ?? 0)) / 2)
  const top = Math.max(0, Math.min(middle, lines.length - shown), end - shown)
  return { lines: lines.slice(top, top + shown), at: before + (chosen?.at ?? 0) - top, shown }
}

/** Where the chosen field is typed in: its line of the body, and what stands before the text there. */
export function typingPlace(props: ScreenProps, view: FormView): { at: number; label: string } | undefined {
  const field = view.fields[view.index]
  if (!field || field.options) return undefined
  const indent = indentOf(view, props.width)
  const { at } = windowOf(props, view)
  return { at: headLines(props.height) + at, label: isAbove(field, indent) ? ABOVE : pad(labelOf(field, true), indent) }
}

/** Draws a form. The chosen field is a text field drawn by the app in its place, unless keys go through its options. */
export function formScreen(props: ScreenProps, view: FormView): Drawn {
  const { theme, width, height } = props
  const { lines: fields, shown } = windowOf(props, view)
  const lines = [
    line(theme, width, [
      { text: ` ${view.index + 1} of ${view.fields.length}  `, role: 'muted' },
      { text: view.title, role: 'heading' },
    ]),
    ...(headLines(height) > 1 ? [line(theme, width, [{ text: ` ${view.keys}`, role: 'muted' }])] : []),
    ...fill(fields, width, shown),
    ...view.foot,
  ]
  return { lines: fill(lines, width, height), listRows: shown }
}
