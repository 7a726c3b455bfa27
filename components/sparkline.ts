const LEVELS = '▁▂▃▄▅▆▇█'
/** Stands for a call that failed. */
const FAILED = 'x'

/**
 * The last values as bars, newest on the right, at most `width` cells: the highest of those shown fills its cell, and
 * null, a call that failed, is an `x`. Each bar has a like in ASCII for terminals without UTF-8.
 */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = width > 0 ? values.slice(-width) : []
  const highest = Math.max(1, ...shown.map((one) => one ?? 0))
  return shown
    .map((one) =>
      one === null ? FAILED : LEVELS[Math.min(LEVELS.length - 1, Math.floor((one / highest) * LEVELS.length))],
    )
    .join('')
}
