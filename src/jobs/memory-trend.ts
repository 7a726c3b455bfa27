/** Samples the slope is drawn through: half a minute of them at one a second. */
const WINDOW = 30
/** Fewer say nothing of a direction. */
const LEAST = 5
/** Growth of so much of what is there, a minute, is a rise; caches that fill and collections that wait stay below. */
const RISE = 0.05
/** It keeps rising when it did so at so many looks in a row: a minute of them. */
const KEEPS = 60
const MINUTE_MS = 60_000

export interface Trend {
  /** How many samples there were. */
  samples: number
  /** Growth in bytes a minute over the last half minute. */
  slopeBytes: number
  isRising: boolean
  /** Whether it has been rising for a minute on end. */
  keepsRising: boolean
}

/** Follows the memory of a process: tell it what it is at a moment (ms), and it answers where that goes. */
export function memoryTrend(): (atMs: number, bytes: number) => Trend {
  const recent: { atMs: number; bytes: number }[] = []
  let samples = 0
  let rises = 0
  return (atMs, bytes) => {
    recent.push({ atMs, bytes })
    if (recent.length > WINDOW) recent.shift()
    samples++
    const slopeBytes = recent.length < LEAST ? 0 : Math.round(slopeOf(recent) * MINUTE_MS)
    const isRising = slopeBytes > bytes * RISE
    rises = isRising ? rises + 1 : 0
    return { samples, slopeBytes, isRising, keepsRising: rises >= KEEPS }
  }
}

/** The slope of the line nearest to all points (least squares), bytes a ms. */
function slopeOf(points: readonly { atMs: number; bytes: number }[]): number {
  const mean = (of: (point: { atMs: number; bytes: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [atMs, bytes] = [mean((point) => point.atMs), mean((point) => point.bytes)]
  let above = 0
  let below = 0
  for (const point of points) {
    above += (point.atMs - atMs) * (point.bytes - bytes)
    below += (point.atMs - atMs) ** 2
  }
  return below === 0 ? 0 : above / below
}
