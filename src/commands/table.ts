import { cellWidth, pad } from '../model/cells.ts'

/** A column of a table. `give` says in which order columns give up width (higher first) when the row is too wide. */
export interface Column<T> {
  title: string
  of(row: T): string
  align?: 'left' | 'right'
  give?: number
  /** Least width, cells, before the column is left out. Default 10: what is cut to less says nothing. */
  least?: number
}

const GAP = 2
const LEAST = 10

/** Widths that fit: columns first shrink to their least in giving order, then leave in that order. 0 is left out. */
function fitted(natural: readonly number[], columns: readonly Column<never>[], width: number): number[] {
  const widths = [...natural]
  const order = columns.map((_, index) => index).toSorted((a, b) => (columns[b]?.give ?? 0) - (columns[a]?.give ?? 0))
  const total = (): number => {
    const shown = widths.filter((cells) => cells > 0)
    return shown.reduce((sum, cells) => sum + cells, 0) + Math.max(0, shown.length - 1) * GAP
  }
  for (const index of order) {
    const over = total() - width
    if (over <= 0) break
    const least = Math.min(widths[index] ?? 0, columns[index]?.least ?? LEAST)
    widths[index] = Math.max(least, (widths[index] ?? 0) - over)
  }
  for (const index of order.slice(0, -1)) {
    if (total() <= width) break
    widths[index] = 0
  }
  const last = order.at(-1)
  if (last !== undefined && total() > width) widths[last] = Math.max(1, width)
  // What the ones that left made free goes to those that shrank, the most telling first.
  for (const index of order.toReversed()) {
    const cells = widths[index] ?? 0
    if (cells > 0) widths[index] = Math.min(natural[index] ?? cells, cells + Math.max(0, width - total()))
  }
  return widths
}

/**
 * Lines of a table, heading first, each at most `width` cells wide (0 is no limit): long text is cut with an
 * ellipsis, never wrapped. No trailing blanks.
 */
export function tableLines<T>(rows: readonly T[], columns: readonly Column<T>[], width: number): string[] {
  const cells = rows.map((row) => columns.map((column) => column.of(row)))
  const natural = columns.map((column, index) =>
    Math.max(cellWidth(column.title), ...cells.map((row) => cellWidth(row[index] ?? ''))),
  )
  const widths = width > 0 ? fitted(natural, columns, width) : natural
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => ({ text, width: widths[index] ?? 0, align: columns[index]?.align ?? 'left' }))
      .filter((cell) => cell.width > 0)
      .map((cell) => pad(cell.text, cell.width, cell.align))
      .join(' '.repeat(GAP))
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...cells.map(line)]
}
