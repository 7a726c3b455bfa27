const UNITS = ['B', 'KiB', 'MiB', 'GiB'] as const

/** Bytes as people read them, everywhere the same: `300 B`, `1.4 KiB`, `2.0 MiB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  // Three figures say enough, and fit where room is short.
  return `${unit > 0 && value < 100 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`
}
