/** The known name closest to a mistyped one, or undefined when none is near (more than a third of its letters differ). */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const short = name.slice(0, 60).toLowerCase()
  const best = known
    .map((one) => ({ one, cost: distance(short, one.toLowerCase()) }))
    .toSorted((a, b) => a.cost - b.cost)[0]
  return best && best.cost <= Math.max(2, Math.floor(best.one.length / 3)) ? best.one : undefined
}

/** Levenshtein distance, one row at a time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 0; i < a.length; i++) {
    const letter = a[i]
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const swap = (row[j] ?? 0) + (letter === b[j] ? 0 : 1)
      next.push(Math.min(swap, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
