import { bar, fill, line, type Piece } from './line.ts'
import type { Theme } from './theme.ts'

export interface Column<T> {
  title: string
  /** Cells; the last column takes the rest. */
  width: number
  /** Shown only from this screen width on. */
  from?: number
  cell: (item: T) => Piece
}

export interface TableProps<T> {
  theme: Theme
  width: number
  height: number
  columns: readonly Column<T>[]
  items: readonly T[]
  top: number
  chosen: number
  isMarked?: (item: T) => boolean
}

/** Rows under a heading; the chosen one is marked, bold and inverse. */
export function table<T>(props: TableProps<T>): string[] {
  const { theme, width, height, items } = props
  const columns = props.columns.filter((column) => (column.from ?? 0) <= width)
  const fit = (pieces: readonly Piece[]): Piece[] =>
    pieces.map((piece, index) =>
      index === pieces.length - 1 ? piece : { ...piece, width: columns[index]?.width ?? 0 },
    )
  const heading = line(theme, width, [
    { text: '  ' },
    ...fit(columns.map((column) => ({ text: column.title, role: 'muted' as const }))),
  ])
  const rows = items.slice(props.top, props.top + height - 1).map((item, offset) => {
    const isChosen = props.top + offset === props.chosen
    const marks = `${isChosen ? '>' : ' '}${props.isMarked?.(item) ? '*' : ' '}`
    const cells = fit(columns.map((column) => column.cell(item)))
    if (!isChosen) return line(theme, width, [{ text: marks }, ...cells])
    const plain = cells.map(({ text, width: wide }) => ({ text, ...(wide === undefined ? {} : { width: wide }) }))
    return bar(theme, width, 'selection', line(theme, width, [{ text: marks }, ...plain]))
  })
  return fill([heading, ...rows], width, height)
}
