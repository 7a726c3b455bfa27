import type { Row } from '../src/model/catalog.ts'
import { CARD_LINES, listingCard, listingLine, type RowLook } from '../components/listing-row.ts'
import { line } from '../components/line.ts'
import { listLines } from '../components/list.ts'
import { plural } from '../components/words.ts'
import { isLive } from '../src/session/slices/jobs.ts'
import { cursorIndex, topOf, type ListCursor } from '../src/session/list-cursor.ts'
import type { ScreenProps } from './routes.ts'

/** Rows of listings that fit in `height` lines in the view mode. */
export const rowsThatFit = (props: Pick<ScreenProps, 'state'>, height: number): number =>
  Math.max(1, props.state.view.mode === 'detailed' ? Math.floor(height / CARD_LINES) : height)

/** Progress of the newest job that works on an item, if one does. */
function workOn(props: ScreenProps, id: string): Pick<RowLook, 'percent' | 'hasFailed'> {
  const work = props.state.install.works.findLast((one) => one.ids.includes(id))
  const job = work && props.state.jobs.jobs.find((one) => one.id === work.jobId)
  if (!job) return {}
  return isLive(job) ? { percent: Math.floor(job.percent) } : { hasFailed: job.state === 'failed' }
}

export interface RowsProps extends ScreenProps {
  rows: readonly Row[]
  cursor: ListCursor
  marked: Readonly<Record<string, true>>
}

/** Listings as lines or cards, only those in the window. */
export function drawRows(props: RowsProps): { lines: string[]; top: number; shown: number } {
  const { rows, cursor, theme, width, height } = props
  const ids = rows.map((row) => row.listing.id)
  const shown = rowsThatFit(props, height)
  const chosen = cursorIndex(ids, cursor)
  const top = topOf(chosen, cursor, rows.length, shown)
  const isDetailed = props.state.view.mode === 'detailed'
  const draw = (row: Row, index: number): string | string[] => {
    const { id } = row.listing
    const look: RowLook = { isChosen: index === chosen, isMarked: props.marked[id] === true, ...workOn(props, id) }
    return isDetailed ? listingCard(theme, width, row, look) : listingLine(theme, width, row, look)
  }
  const lines = listLines({ items: rows, top, width, height, draw })
  const below = (rows.length - top) * (isDetailed ? CARD_LINES : 1)
  // Rows that came above the chosen one leave it where it is; the room below the last row then says where they are.
  if (top > 0 && rows.length > 0 && below < height)
    lines[below] = line(theme, width, [{ text: `  end of the list; ${plural(top, 'row')} above`, role: 'muted' }])
  return { lines, top, shown }
}
