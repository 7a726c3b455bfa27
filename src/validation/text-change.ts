/** The one place where two texts differ: from `start` to `oldEnd` in the old one, to `newEnd` in the new one. */
export interface Change {
  start: number
  oldEnd: number
  newEnd: number
  /** By how much what stands behind it has moved. */
  shift: number
}

/** Compared at once: a comparison of slices is one of memory, a loop over characters is not. */
const STRIDE = 4096

/** What is the same at both ends is left out; between equal texts the change is empty, at their end. */
export function changeBetween(old: string, now: string): Change {
  const most = Math.min(old.length, now.length)
  let start = 0
  while (start + STRIDE <= most && old.slice(start, start + STRIDE) === now.slice(start, start + STRIDE))
    start += STRIDE
  while (start < most && old.charCodeAt(start) === now.charCodeAt(start)) start++
  const rest = most - start
  let same = 0
  const isSame = (from: number, count: number): boolean =>
    old.slice(old.length - from - count, old.length - from) === now.slice(now.length - from - count, now.length - from)
  while (same + STRIDE <= rest && isSame(same, STRIDE)) same += STRIDE
  while (same < rest && isSame(same, 1)) same++
  const shift = now.length - old.length
  return { start, oldEnd: old.length - same, newEnd: now.length - same, shift }
}
