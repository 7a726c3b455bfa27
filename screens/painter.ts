import { isPlain } from '../src/model/cells.ts'
import { toAscii } from './ascii.ts'

/** One line as cells: what stands in each, and the SGR parameters it is drawn with. */
interface Cells {
  chars: string
  styles: readonly string[]
}

/** Where the lines of a frame go; only what differs from the frame before is sent, in one write. */
export interface Painter {
  /** Lines for all rows of the terminal. */
  paint(lines: readonly string[]): void
  /** What is on the screen is no longer known: the next frame is sent whole. */
  forget(): void
}

/** What the painter needs of a terminal. */
export interface Canvas {
  readonly columns: number
  readonly rows: number
  write(text: string): unknown
}

// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[([\d;]*)m/g
/** Equal cells between two changes that are sent rather than jumped over: a jump costs about as many bytes. */
const GAP = 6
const ERASE_REST = '\u001b[K'
/** Larger frames are marked (mode 2026), so that terminals that know the mark show them at once. */
const MARKED_FROM = 512
const MARK = ['\u001b[?2026h', '\u001b[?2026l'] as const

/** A line as cells; undefined where a character is not sure to take one cell on every terminal. */
function cellsOf(line: string, columns: number): Cells | undefined {
  let chars = ''
  let style = ''
  const styles: string[] = []
  let from = 0
  const take = (text: string): void => {
    chars += text
    for (let at = 0; at < text.length; at++) styles.push(style)
  }
  for (const match of line.matchAll(SGR)) {
    take(line.slice(from, match.index))
    const codes = match[1] ?? ''
    if (codes === '' || codes === '0') style = ''
    else style = style === '' ? codes : `${style};${codes}`
    from = match.index + match[0].length
  }
  take(line.slice(from))
  if (!isPlain(chars)) return undefined
  style = ''
  if (chars.length < columns) take(' '.repeat(columns - chars.length))
  return { chars: chars.slice(0, columns), styles }
}

const place = (row: number, column: number): string => `\u001b[${row + 1};${column + 1}H`

/** The text of some cells, with the SGR sequences between them; the style is back to none at the end. */
function drawn({ chars, styles }: Cells, from: number, to: number): string {
  let out = ''
  let style = ''
  let at = from
  while (at < to) {
    const next = styles[at] ?? ''
    let end = at + 1
    while (end < to && styles[end] === next) end++
    if (next !== style) out += `\u001b[${style === '' ? '' : '0'}${style !== '' && next !== '' ? ';' : ''}${next}m`
    style = next
    out += chars.slice(at, end)
    at = end
  }
  return style === '' ? out : `${out}\u001b[0m`
}

/** The first cell of the blank, unstyled end of a line. */
function blankFrom({ chars, styles }: Cells): number {
  let end = chars.length
  while (end > 0 && chars[end - 1] === ' ' && styles[end - 1] === '') end--
  return end
}

/** What turns one line into another, change by change. */
function changes(row: number, before: Cells, after: Cells): string {
  const { length } = after.chars
  const differs = (at: number): boolean =>
    before.chars[at] !== after.chars[at] || before.styles[at] !== after.styles[at]
  const blank = blankFrom(after)
  let out = ''
  let at = 0
  while (at < length) {
    if (!differs(at)) {
      at++
      continue
    }
    let end = at + 1
    for (let look = end; look < length && look <= end + GAP; look++) if (differs(look)) end = look + 1
    const isTail = end > blank && length - blank > 3
    if (isTail) return `${out}${place(row, at)}${drawn(after, at, Math.max(at, blank))}${ERASE_REST}`
    out += place(row, at) + drawn(after, at, end)
    at = end
  }
  return out
}

/** A whole line over whatever was there. */
const whole = (row: number, line: string, cells: Cells | undefined): string =>
  `${place(row, 0)}${cells ? '' : '\u001b[2K'}${cells ? drawn(cells, 0, cells.chars.length) : `${line}\u001b[0m`}`

/** A painter over a terminal that shows nothing it knows of yet; with `isAscii`, one that knows no other characters. */
export function openPainter(canvas: Canvas, isAscii = false): Painter {
  let shown: string[] | undefined
  let kept: (Cells | undefined)[] = []
  let size = ''
  return {
    forget() {
      shown = undefined
    },
    paint(lines) {
      const { columns, rows } = canvas
      const isKnown = shown !== undefined && size === `${columns}x${rows}`
      const before = isKnown ? (shown ?? []) : []
      size = `${columns}x${rows}`
      let out = ''
      const next: string[] = []
      for (let row = 0; row < rows; row++) {
        const given = lines[row] ?? ''
        next.push(given)
        if (isKnown && before[row] === given) continue
        const line = isAscii ? toAscii(given) : given
        const cells = cellsOf(line, columns)
        const old = isKnown ? kept[row] : undefined
        out += old && cells ? changes(row, old, cells) : whole(row, line, cells)
        kept[row] = cells
      }
      shown = next
      kept = kept.slice(0, rows)
      if (!isKnown) out = `\u001b[0m\u001b[2J${out}`
      if (out !== '') canvas.write(out.length < MARKED_FROM ? out : MARK.join(out))
    },
  }
}
