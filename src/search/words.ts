const WORD = /[\p{L}\p{N}]+/gu
const ASCII_WORD = /[a-z0-9]+/g
const MARKS = /\p{Mn}/gu
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\u0000-\u007f]*$/
// A listing's text beyond this is not indexed; a description of a megabyte must not slow every key.
const MOST_CHARS = 4000

/** The words of a text in lower case and without accents: `Cosmos-DB` is `cosmos`, `db`. */
export function wordsOf(text: string): string[] {
  const short = text.length > MOST_CHARS ? text.slice(0, MOST_CHARS) : text
  if (ASCII.test(short)) return short.toLowerCase().match(ASCII_WORD) ?? []
  return short.normalize('NFKD').replace(MARKS, '').toLowerCase().match(WORD) ?? []
}

/** Words joined by single spaces: the form in which names and typed texts are compared. */
export const normalised = (text: string): string => wordsOf(text).join(' ')

/**
 * Edits (insert, delete, replace, swap of neighbours) between two words, or `most + 1` when there are more.
 * With `isPrefix` the tail of `b` costs nothing, so that half-typed words with a slip are found too.
 */
export function editDistance(a: string, b: string, most: number, isPrefix = false): number {
  const width = isPrefix ? Math.min(b.length, a.length + most) : b.length
  if (a.length - width > most || (!isPrefix && width - a.length > most)) return most + 1
  let older: number[] = []
  let last = Array.from({ length: width + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    let least = row
    for (let column = 1; column <= width; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, (older[column - 2] ?? 0) + 1)
      next.push(cost)
      if (cost < least) least = cost
    }
    if (least > most) return most + 1
    older = last
    last = next
  }
  return isPrefix ? Math.min(...last) : (last[width] ?? most + 1)
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
