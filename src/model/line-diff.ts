const CONTEXT = 2
/** Beyond this many pairs of lines the middle is told as gone and come, without looking for what stayed in it. */
const MAX_PAIRS = 4_000_000

type Mark = ' ' | '-' | '+'
type Told = { mark: Mark; text: string }

/** Length of the longest common run of lines from each pair of places on. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const row = rows[i] as Uint32Array
      const below = rows[i + 1] as Uint32Array
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  return rows
}

function middle(a: readonly string[], b: readonly string[]): Told[] {
  const told: Told[] = []
  if (a.length * b.length > MAX_PAIRS) {
    for (const text of a) told.push({ mark: '-', text })
    for (const text of b) told.push({ mark: '+', text })
    return told
  }
  const lengths = commonLengths(a, b)
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      told.push({ mark: ' ', text: a[i] ?? '' })
      i++
      j++
    } else if (i < a.length && (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0)) {
      told.push({ mark: '-', text: a[i++] ?? '' })
    } else told.push({ mark: '+', text: b[j++] ?? '' })
  }
  return told
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/))

/** What changes between two texts, as lines with their surroundings, in the form of `diff -u`; empty when nothing does. */
export function lineDiff(before: string, after: string): string[] {
  if (before === after) return []
  const a = linesOf(before)
  const b = linesOf(after)
  let from = 0
  while (from < a.length && from < b.length && a[from] === b[from]) from++
  let end = 0
  while (end < a.length - from && end < b.length - from && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const all: Told[] = [
    ...a.slice(0, from).map((text): Told => ({ mark: ' ', text })),
    ...middle(a.slice(from, a.length - end), b.slice(from, b.length - end)),
    ...a.slice(a.length - end).map((text): Told => ({ mark: ' ', text })),
  ]
  const near = all.map((_, at) =>
    all.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((one) => one.mark !== ' '),
  )
  const out: string[] = []
  let line = 0
  for (const [at, { mark, text }] of all.entries()) {
    if (mark !== '+') line++
    if (near[at] && !near[at - 1]) out.push(`@@ line ${Math.max(1, mark === '+' ? line + 1 : line)} @@`)
    if (near[at]) out.push(`${mark} ${text}`.trimEnd())
  }
  return out
}
