import { bytesText } from '../src/model/bytes-text.ts'

/** `-` stands for what nobody told us. */
export const UNKNOWN = '-'

const STEPS: [number, string][] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
]

/** How long ago, or how long: `3 d`, `5 h`, `12 min`, `4 s`. */
export function durationWord(ms: number): string {
  for (const [unit, word] of STEPS) if (ms >= unit) return `${Math.floor(ms / unit)} ${word}`
  return `${Math.max(0, Math.floor(ms / 1000))} s`
}

/** Time left, no finer than it can be known: `~20 s`, `~3 min`. */
export function leftWord(ms: number): string {
  if (ms >= 90_000) return `~${durationWord(Math.round(ms / 60_000) * 60_000)}`
  const fine = ms >= 20_000 ? 10_000 : ms >= 5000 ? 5000 : 1000
  return `~${durationWord(Math.max(fine, Math.round(ms / fine) * fine))}`
}

/** `1.4 MiB`, `300 B`, as commands tell sizes. */
export const bytesWord = (bytes: number | undefined): string =>
  bytes === undefined ? UNKNOWN : bytesText(Math.round(bytes))

/** `1.2k`, `3.4M` for counts in a narrow column. */
export function countWord(count: number | undefined): string {
  if (count === undefined) return UNKNOWN
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}M`
  return count >= 1000 ? `${(count / 1000).toFixed(1)}k` : String(count)
}

export const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
