/** Smallest screen that is drawn on; below it a sentence says so. */
export const SMALLEST = { columns: 40, rows: 12 } as const
/** True where nothing but that sentence is drawn. */
export const isTooSmall = (columns: number, rows: number): boolean => columns < SMALLEST.columns || rows < SMALLEST.rows
/** Lines around the body: header, message, hints. */
export const FRAME_LINES = 3
const BESIDE_FROM = 100
const BELOW_FROM = 80

/** How list and detail share a body: side by side from 100 columns, below each other from 80, else the list alone. */
export interface Split {
  listWidth: number
  listHeight: number
  detailWidth: number
  detailHeight: number
  isBeside: boolean
}

export function splitOf(width: number, height: number): Split {
  if (width >= BESIDE_FROM) {
    const listWidth = Math.floor((width - 1) * 0.58)
    return { listWidth, listHeight: height, detailWidth: width - 1 - listWidth, detailHeight: height, isBeside: true }
  }
  const detailHeight = width >= BELOW_FROM && height >= 16 ? Math.floor(height * 0.4) : 0
  return { listWidth: width, listHeight: height - detailHeight, detailWidth: width, detailHeight, isBeside: false }
}
