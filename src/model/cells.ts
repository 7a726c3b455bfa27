import stringWidth from 'string-width'

/**
 * Text measured in terminal cells: CJK and emoji take two, combining marks none. The measure is that of Ink where
 * terminals agree, so that what is cut here is drawn without a shift there. Input is expected to be harmless (text.ts):
 * one line, no escapes.
 */

/** Made when first needed: it costs some ten milliseconds, and most text is plain. */
let graphemes: Intl.Segmenter | undefined
/** Letters, punctuation, arrows and rules that take one cell for one code unit, in every terminal. */
const PLAIN =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0373\u0386-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2400-\u2426\u2500-\u259f]*$/

/** True for a line in which every code unit is a cell: most text is, and nothing need be measured then. */
export const isPlain = (text: string): boolean => PLAIN.test(text)

/** What makes one character of several code points: marks, joiners, letters that stand above the next one. */
const JOINED =
  /[\p{M}\p{Cf}\u0d4e\u0e33\u0eb3\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f\u{111c2}\u{111c3}\u{1193f}\u{11941}\u{11a3a}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}]/u
/** Vowels and ends of Korean syllables: every terminal draws them within the syllable. */
const WITHIN = /[\u1160-\u11ff]/

/**
 * Cells a line takes on a terminal. Half of all terminals draw a character that is made of several code points in the
 * cells of each of them, the others in those of one, whatever its length: the larger number counts. A row that is drawn
 * a cell shorter is no harm; one that is longer breaks the screen.
 */
export function cellWidth(text: string): number {
  if (isPlain(text)) return text.length
  const cells = stringWidth(text)
  if (!JOINED.test(text)) return cells
  let sum = 0
  for (const point of text) if (!WITHIN.test(point)) sum += stringWidth(point)
  return Math.max(cells, sum)
}

function charactersOf(text: string): Intl.Segments {
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  return graphemes.segment(text)
}

/** The longest start of a text, in whole characters as people see them, that fits into `cells`; and the rest. */
function split(text: string, cells: number): { head: string; rest: string } {
  if (isPlain(text)) return { head: text.slice(0, cells), rest: text.slice(cells) }
  let used = 0
  for (const { segment, index } of charactersOf(text)) {
    used += cellWidth(segment)
    if (used > cells) return { head: text.slice(0, index), rest: text.slice(index) }
  }
  return { head: text, rest: '' }
}

/** At most `cells` wide; what does not fit is replaced by the ellipsis. Never splits a character. */
export function cut(text: string, cells: number, ellipsis = '…'): string {
  if (cells <= 0) return ''
  // Sixteen code units a cell is more than real text needs; the tail of a hostile line is never looked at.
  const start = text.length > cells * 16 + 64 ? text.slice(0, cells * 16 + 64) : text
  if (start === text && cellWidth(text) <= cells) return text
  const room = cells - cellWidth(ellipsis)
  if (room < 0) return split(start, cells).head
  return split(start, room).head.trimEnd() + ellipsis
}

/** Exactly `cells` wide: cut when longer, filled with spaces when shorter (on the left with `align: 'right'`). */
export function pad(text: string, cells: number, align: 'left' | 'right' = 'left'): string {
  const fitted = cut(text, cells)
  const fill = ' '.repeat(Math.max(0, cells - cellWidth(fitted)))
  return align === 'left' ? fitted + fill : fill + fitted
}

/**
 * Lines of at most `cells`, broken at spaces; a word longer than a line is broken where it must be. Line breaks in
 * the text stay. Always at least one line.
 */
export function wrap(text: string, cells: number): string[] {
  const width = Math.max(1, Math.floor(cells))
  return text.split('\n').flatMap((line) => wrapLine(line, width))
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = []
  let current = ''
  let used = 0
  for (let word of line.split(/ +/).filter((part) => part !== '')) {
    let size = cellWidth(word)
    if (used > 0 && used + 1 + size > width) {
      lines.push(current)
      current = ''
      used = 0
    }
    if (size > width) {
      const parts = pieces(word, width)
      word = parts.pop() ?? ''
      for (const part of parts) lines.push(part)
      size = cellWidth(word)
    }
    current = used === 0 ? word : `${current} ${word}`
    used += size + (used === 0 ? 0 : 1)
  }
  if (current !== '' || lines.length === 0) lines.push(current)
  return lines
}

/** Characters as people see them; one that has so many marks that it is wider than `width` comes in its code points. */
function* fittingCharacters(word: string, width: number): Generator<{ segment: string; size: number }> {
  for (const { segment } of charactersOf(word)) {
    const size = cellWidth(segment)
    if (size <= width) yield { segment, size }
    else for (const point of segment) yield { segment: point, size: cellWidth(point) }
  }
}

/**
 * A word in parts of at most `width` cells, in one pass over its characters: text without spaces may be long. Where a
 * line has one cell, a wide character stands alone.
 */
function pieces(word: string, width: number): string[] {
  const parts: string[] = []
  if (isPlain(word)) {
    for (let at = 0; at < word.length; at += width) parts.push(word.slice(at, at + width))
    return parts
  }
  let part = ''
  let used = 0
  for (const { segment, size } of fittingCharacters(word, width)) {
    if (used + size > width && part !== '') {
      parts.push(part)
      part = ''
      used = 0
    }
    part += segment
    used += size
  }
  parts.push(part)
  return parts
}
