/**
 * Edits that turn one word into the other: insert, delete, replace, swap neighbours (optimal string alignment
 * distance). Ends early past `most`.
 */
function edits(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length] ?? most + 1
}

/** The known words nearest to a misspelt one, best first: those it begins, contains, or reaches by a few edits. */
export function nearestOf(word: string, known: readonly string[], most = 3): string[] {
  const wanted = word.toLowerCase()
  const bare = wanted.replace(/^-+/, '')
  if (bare === '') return []
  const limit = bare.length <= 3 ? 1 : bare.length <= 6 ? 2 : 3
  return known
    .map((candidate) => {
      const other = candidate.toLowerCase()
      const distance = edits(wanted, other, limit)
      if (distance <= limit) return { candidate, cost: distance }
      if (bare.length >= 3 && other.replace(/^-+/, '').includes(bare)) return { candidate, cost: limit + 1 }
      return { candidate, cost: Number.POSITIVE_INFINITY }
    })
    .filter((entry) => Number.isFinite(entry.cost))
    .toSorted((a, b) => a.cost - b.cost || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map((entry) => entry.candidate)
}
