import { bytesText } from '../model/bytes-text.ts'

/** Figures as people read them. */

/** Memory of a job: now, the most, how many samples, and where it goes. */
export function memoryText(memory: {
  recentBytes: readonly number[]
  peakBytes: number
  samples?: number
  slopeBytes?: number
}): string {
  const { recentBytes, peakBytes, samples, slopeBytes = 0 } = memory
  const words = `${bytesText(recentBytes.at(-1) ?? 0)}, most ${bytesText(peakBytes)}`
  if (samples === undefined) return words
  const way = slopeBytes > 0 ? 'rising' : 'falling'
  const slope = slopeBytes === 0 ? 'steady' : `${way} by ${bytesText(Math.abs(slopeBytes))} a minute`
  return `${words}, ${counted(samples, 'sample')}, ${slope}`
}

/** `12 s`, `3 min`, `2 h`, `5 d`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** `840 ms` or `2.4 s`. */
export function durationText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : ageText(ms)
}

/** `1 item`, `3 items`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`

/** The day of an ISO time, or the text itself. */
export const dayText = (time: string | undefined): string => (time ? (/^\d{4}-\d\d-\d\d/.exec(time)?.[0] ?? time) : '')

/** A JSON value on one line: texts bare, lists of texts with commas, `-` for none. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ')
  return JSON.stringify(value)
}
