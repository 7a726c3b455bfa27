/** What a step had done at a moment, ms since 1970. */
export interface Point {
  at: number
  done: number
}

/** Only the last seconds count: a rate changes with what is worked on. */
const WINDOW_MS = 15_000
/** Nothing is estimated from less than this many points over less than this long: it would be a guess. */
const LEAST_POINTS = 4
const LEAST_MS = 1500
/** And not before this part of the work is done. */
const LEAST_SHARE = 0.03

/** The points of the last seconds, with one more. */
export function addPoint(points: readonly Point[], event: { at: string; done: number }): Point[] {
  const at = Date.parse(event.at)
  return [...points.filter((one) => one.at >= at - WINDOW_MS && one.at <= at), { at, done: event.done }]
}

/** When the work will be done at the rate of these points, ms since 1970; undefined as long as that cannot be told. */
export function endOf(points: readonly Point[], total: number | undefined): number | undefined {
  const [first] = points
  const last = points.at(-1)
  if (!first || !last || total === undefined || points.length < LEAST_POINTS) return undefined
  const ranMs = last.at - first.at
  const rate = (last.done - first.done) / ranMs
  if (ranMs < LEAST_MS || !(rate > 0) || last.done < total * LEAST_SHARE || last.done >= total) return undefined
  return Math.round(last.at + (total - last.done) / rate)
}
