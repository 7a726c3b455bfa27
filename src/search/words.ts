const WORD = /[\p{L}\p{N}]+/gu
const ASCII_WORD = /[a-z0-9]+/g
const MARKS = /\p{Mn}/gu
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/
/** A listing's text beyond this is not indexed; a description of a megabyte must not slow every key. */
export const MOST_CHARS = 4000

/** The words of a text in lower case and without accents: `Cosmos-DB` is `cosmos`, `db`. */
export function wordsOf(text: string): string[] {
  const short = text.length > MOST_CHARS ? text.slice(0, MOST_CHARS) : text
  if (ASCII.test(short)) return short.toLowerCase().match(ASCII_WORD) ?? []
  return short.normalize('NFKD').replace(MARKS, '').toLowerCase().match(WORD) ?? []
}

/** Calls with each word of a text, the same as `wordsOf` gives, without a list in between. */
export function readWords(text: string, call: (word: string) => unknown): void {
  const end = Math.min(text.length, MOST_CHARS)
  for (let at = 0; at < end; at++) {
    if (text.charCodeAt(at) > 127) {
      for (const word of wordsOf(text)) call(word)
      return
    }
  }
  const lower = text.toLowerCase()
  let from = -1
  for (let at = 0; at < end; at++) {
    const code = lower.charCodeAt(at)
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) {
      if (from < 0) from = at
    } else if (from >= 0) {
      call(lower.slice(from, at))
      from = -1
    }
  }
  if (from >= 0) call(lower.slice(from, end))
}

/** Words joined by single spaces: the form in which names are compared with a missing one. */
export const normalised = (text: string): string => wordsOf(text).join(' ')

// Three rows of the table of edits, used again by every call; a call that needs longer ones makes them so.
let [older, last, next] = [new Uint16Array(64), new Uint16Array(64), new Uint16Array(64)]

/**
 * Edits (insert, delete, replace, swap of neighbours) between two words, or `most + 1` when there are more.
 * With `isPrefix` the tail of `b` costs nothing, so that half-typed words with a slip are found too.
 */
export function editDistance(a: string, b: string, most: number, isPrefix = false): number {
  const width = isPrefix ? Math.min(b.length, a.length + most) : b.length
  if (a.length - width > most || (!isPrefix && width - a.length > most)) return most + 1
  if (width >= last.length) [older, last, next] = [0, 0, 0].map(() => new Uint16Array(width * 2)) as Rows
  for (let column = 0; column <= width; column++) last[column] = column
  for (let row = 1; row <= a.length; row++) {
    if (fillRow(a, b, row, width) > most) return most + 1
    ;[older, last, next] = [last, next, older]
  }
  if (!isPrefix) return last[width] ?? most + 1
  let least = most + 1
  for (let column = 0; column <= width; column++) least = Math.min(least, last[column] ?? least)
  return least
}
type Rows = [Uint16Array<ArrayBuffer>, Uint16Array<ArrayBuffer>, Uint16Array<ArrayBuffer>]

/** Fills the next row from the two before it; answers the least number in it. */
function fillRow(a: string, b: string, row: number, width: number): number {
  const letter = a.charCodeAt(row - 1)
  const former = a.charCodeAt(row - 2)
  next[0] = row
  let least = row
  for (let column = 1; column <= width; column++) {
    const other = b.charCodeAt(column - 1)
    const replaced = (last[column - 1] ?? 0) + (letter === other ? 0 : 1)
    let cost = Math.min((last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, replaced)
    const isSwap = row > 1 && column > 1 && letter === b.charCodeAt(column - 2) && former === other
    if (isSwap) cost = Math.min(cost, (older[column - 2] ?? 0) + 1)
    next[column] = cost
    if (cost < least) least = cost
  }
  return least
}

/** How many slips a typed word may hold: none below four letters, one up to seven, two from eight. */
export const allowedTypos = (term: string): number => (term.length < 4 ? 0 : term.length < 8 ? 1 : 2)

/** The names nearest to a text, at most `count`, nearest first, by edits and then by name. */
export function nearestNames(text: string, names: Iterable<string>, count: number): string[] {
  const wanted = normalised(text)
  const most = Math.max(2, Math.ceil(wanted.length / 3))
  const found: { name: string; distance: number }[] = []
  for (const name of new Set(names)) {
    const plain = normalised(name)
    const distance = Math.min(editDistance(wanted, plain, most), editDistance(wanted, plain, most, true) + 0.5)
    if (distance <= most) found.push({ name, distance })
  }
  return found
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map((one) => one.name)
}
