import type { Listing } from '../src/model/listing.ts'
import type { Piece } from './line.ts'
import { UNKNOWN } from './words.ts'

/** A short word in brackets. */
const badge = (text: string, role: NonNullable<Piece['role']> = 'accent'): Piece => ({ text: `[${text}]`, role })

/** Score, verification and scan of a listing, each the registry's own word. */
export function qualityWords(listing: Listing): Piece[] {
  const findings = Object.values(listing.scan?.findings ?? {}).reduce<number>((sum, one) => sum + (one ?? 0), 0)
  const scan =
    listing.scan === undefined ? UNKNOWN : (listing.scan.status ?? (findings ? `${findings} found` : 'clean'))
  return [
    { text: `score ${listing.score ?? UNKNOWN}`, role: 'muted' },
    {
      text: listing.verified === true ? '  verified' : '  not verified',
      role: listing.verified === true ? 'ok' : 'muted',
    },
    { text: `  scan ${scan}`, role: findings ? 'warn' : 'muted' },
    ...listing.badges.slice(0, 3).flatMap((text) => [{ text: ' ' }, badge(text)]),
  ]
}
