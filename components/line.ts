import { cellWidth, cut, pad } from '../src/model/cells.ts'
import { paint, type Role, type Theme } from './theme.ts'

/** A piece of one line. `width` fixes its cells (cut or padded); without it the text takes what it needs. */
export interface Piece {
  text: string
  role?: Role
  width?: number
}

/** Exactly `width` cells: pieces one after the other, cut at the edge, blanks to the end. Nothing ever overflows. */
export function line(theme: Theme, width: number, pieces: readonly Piece[]): string {
  let left = Math.max(0, width)
  let out = ''
  for (const piece of pieces) {
    if (left === 0) break
    const room = Math.min(left, piece.width ?? left)
    const text = piece.width === undefined ? cut(piece.text, room) : pad(cut(piece.text, room), room)
    left -= cellWidth(text)
    out += paint(theme, piece.role ?? 'plain', text)
    // A wide character may leave a cell free at the cut; what follows is beyond the edge all the same.
    if (piece.width === undefined && text !== piece.text) break
  }
  return out + ' '.repeat(Math.max(0, left))
}

/** A line in one role from edge to edge, such as the chosen row. */
export function bar(theme: Theme, width: number, role: Role, text: string): string {
  return paint(theme, role, pad(cut(text, Math.max(0, width)), Math.max(0, width)))
}

/** Left and right ends of one line; the right end gives way when both do not fit. */
export function ends(theme: Theme, width: number, left: readonly Piece[], right: readonly Piece[]): string {
  const rightWidth = right.reduce((sum, piece) => sum + (piece.width ?? cellWidth(piece.text)), 0)
  const leftWidth = left.reduce((sum, piece) => sum + (piece.width ?? cellWidth(piece.text)), 0)
  if (leftWidth + rightWidth + 1 > width) return line(theme, width, left)
  return line(theme, width - rightWidth, left) + line(theme, rightWidth, right)
}

/** Exactly `height` lines of `width` cells: cut below, blank lines where there are too few. */
export function fill(lines: readonly string[], width: number, height: number): string[] {
  const blank = ' '.repeat(Math.max(0, width))
  return Array.from({ length: Math.max(0, height) }, (_, index) => lines[index] ?? blank)
}

/** Two panes with one upright rule between them. */
export function beside(theme: Theme, left: readonly string[], right: readonly string[]): string[] {
  const rule = paint(theme, 'border', '│')
  return left.map((one, index) => `${one}${rule}${right[index] ?? ''}`)
}
