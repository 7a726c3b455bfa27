/**
 * Where a list stands: the chosen row by id, and the line of the window it is on. Rows that come or go around it
 * move the list, never the row under the cursor.
 */
export interface ListCursor {
  id?: string
  /** Last known index of `id`, used when the row itself is gone. */
  index: number
  /** Line of the window, 0 at the top. */
  line: number
  /** Rows came or went since the last key: the line is kept even where blank lines follow the last row. */
  isHeld?: boolean
}

export const firstRow: ListCursor = { index: 0, line: 0 }

/** The index the cursor stands on; -1 in an empty list. */
export function cursorIndex(ids: readonly string[], cursor: ListCursor): number {
  if (ids.length === 0) return -1
  const found = cursor.id === undefined ? -1 : ids.indexOf(cursor.id)
  return found >= 0 ? found : Math.min(cursor.index, ids.length - 1)
}

/** The same cursor after the rows changed. */
export function settleCursor(ids: readonly string[], cursor: ListCursor): ListCursor {
  const index = cursorIndex(ids, cursor)
  if (index < 0) return firstRow
  const line = Math.min(cursor.line, index)
  const id = ids[index]
  if (id === undefined) return firstRow
  const isHeld = index !== cursor.index || cursor.isHeld === true
  return { id, index, line, ...(isHeld ? { isHeld } : {}) }
}

export interface Move {
  ids: readonly string[]
  /** Rows the window shows. */
  height: number
  /** Slow links: the list moves half a page at the edge, so that a held key redraws it seldom. */
  jumps: boolean
}

/** Moves by `delta` rows and stops at the ends. */
export function moveCursor(cursor: ListCursor, delta: number, move: Move): ListCursor {
  const from = cursorIndex(move.ids, cursor)
  if (from < 0) return firstRow
  const index = Math.max(0, Math.min(move.ids.length - 1, from + delta))
  const last = Math.max(0, move.height - 1)
  const wanted = cursor.line + index - from
  const jump = move.jumps ? Math.floor(last / 2) : undefined
  const inside = wanted < 0 ? (jump ?? 0) : wanted > last ? (jump ?? last) : wanted
  const line = Math.max(index - Math.max(0, move.ids.length - 1 - last), Math.min(inside, index, last))
  const id = move.ids[index]
  return id === undefined ? firstRow : { id, index, line: Math.min(line, last) }
}

/** Index of the first row the window shows. */
export function topOf(
  index: number,
  { line, isHeld = false }: Pick<ListCursor, 'line' | 'isHeld'>,
  count: number,
  height: number,
): number {
  const top = index - Math.min(line, Math.max(0, height - 1))
  return Math.max(0, isHeld ? top : Math.min(top, count - height))
}
