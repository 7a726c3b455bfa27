/** Two runs of numbers, each in order, as one. What is equal comes from the first. */
function joinRuns(a: Uint32Array, b: Uint32Array, compare: (x: number, y: number) => number): Uint32Array {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a
  // The places of the few are looked for among the many, which are then copied in pieces.
  const [few, many] = a.length < b.length ? [a, b] : [b, a]
  const least = few === a ? 0 : 1
  const out = new Uint32Array(a.length + b.length)
  let [from, at] = [0, 0]
  for (let nth = 0; nth < few.length; nth++) {
    const one = few[nth] ?? 0
    const to = firstAfter(many, from, { one, least, compare })
    while (from < to) out[at++] = many[from++] ?? 0
    out[at++] = one
  }
  while (from < many.length) out[at++] = many[from++] ?? 0
  return out
}

interface Sought {
  one: number
  /** The least that `compare(other, one)` is of what comes after: 1 when equals come before it, 0 when not. */
  least: number
  compare: (x: number, y: number) => number
}

/** The first place from `from` on that comes after one: ever longer steps ahead, then by halves between the last two. */
function firstAfter(run: Uint32Array, from: number, { one, least, compare }: Sought): number {
  let step = 1
  let low = from
  while (low + step <= run.length && compare(run[low + step - 1] ?? 0, one) < least) {
    low += step
    step *= 2
  }
  let high = Math.min(run.length, low + step - 1)
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compare(run[middle] ?? 0, one) >= least) high = middle
    else low = middle + 1
  }
  return low
}

/** Several runs in order as one; of what is equal, what stands in an earlier run comes first. */
export function mergeRuns(runs: readonly Uint32Array[], compare: (x: number, y: number) => number): Uint32Array {
  let left = runs
  while (left.length > 1) {
    const next: Uint32Array[] = []
    for (let at = 0; at < left.length; at += 2) {
      const [a, b] = [left[at] as Uint32Array, left[at + 1]]
      next.push(b ? joinRuns(a, b, compare) : a)
    }
    left = next
  }
  return left[0] ?? new Uint32Array()
}
