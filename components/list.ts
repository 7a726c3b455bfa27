import { fill } from './line.ts'

export interface ListProps<T> {
  items: readonly T[]
  /** Index of the first item shown. */
  top: number
  width: number
  height: number
  /** Lines of one item. */
  draw: (item: T, index: number) => string | string[]
}

/** The visible part of a list. Work is bounded by the window, however long the list is. */
export function listLines<T>({ items, top, width, height, draw }: ListProps<T>): string[] {
  const lines: string[] = []
  for (let index = Math.max(0, top); index < items.length && lines.length < height; index++) {
    const item = items[index]
    if (item === undefined) break
    const drawn = draw(item, index)
    if (typeof drawn === 'string') lines.push(drawn)
    else lines.push(...drawn)
  }
  return fill(lines, width, height)
}
