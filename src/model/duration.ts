const DURATION: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `15m`, `1.5 h`, `250` (ms) in ms; undefined when it is no duration. */
export const parseDuration = (value: unknown): number | undefined => withUnit(value, DURATION)

/** A number, or a text of a number and one of the units, in the smallest unit; undefined when it is neither. */
export function withUnit(value: unknown, units: Record<string, number>): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(value.trim())
  if (!match?.[1]) return undefined
  const unit = match[2] ? units[match[2].toLowerCase()] : 1
  return unit === undefined ? undefined : Math.round(Number(match[1]) * unit)
}
