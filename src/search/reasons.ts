import type { MatchReason } from '../model/catalog.ts'
import type { Listing } from '../model/listing.ts'
import { directMatch, typoMatch } from './match.ts'
import { synonymsOf } from './synonyms.ts'
import { EXACT, type Field, FIELD_WEIGHT, FIELDS, fieldTexts, PREFIX, SYNONYM } from './weights.ts'
import { wordsOf } from './words.ts'

/** The words of one field of one offer. */
interface FieldWords {
  field: Field
  words: readonly string[]
}

/** Why a row matched each typed word: the field and the kind of match that counted. Best reason first. */
export function reasonsOf(offers: readonly Listing[], terms: readonly string[]): MatchReason[] {
  if (terms.length === 0) return []
  const fields = offers.flatMap((listing) =>
    FIELDS.map((field): FieldWords => {
      const words = fieldTexts(listing, field).flatMap(wordsOf)
      const isJoined = words.length > 1 && (field === 'name' || field === 'title')
      return { field, words: isJoined ? [...words, words.join('')] : words }
    }),
  )
  return terms.flatMap((term) => bestReason(fields, term, terms) ?? []).toSorted((a, b) => b.score - a.score)
}

function bestReason(fields: readonly FieldWords[], term: string, terms: readonly string[]): MatchReason | undefined {
  const [word, same] = [wordReason(fields, term), sameReason(fields, term, terms)]
  return (word?.score ?? 0) >= (same?.score ?? 0) ? word : same
}

const rounded = (score: number): number => Math.round(score * 100) / 100

function wordReason(fields: readonly FieldWords[], term: string): MatchReason | undefined {
  let best: MatchReason | undefined
  for (const { field, words } of fields) {
    for (const word of words) {
      const direct = directMatch(term, word)
      const quality = direct || typoMatch(term, word)
      const score = rounded(quality * FIELD_WEIGHT[field])
      if (score > (best?.score ?? 0)) best = { field, term, how: howOf(direct, quality, word), score }
    }
  }
  return best
}

function howOf(direct: number, quality: number, word: string): string {
  if (quality === EXACT) return 'exact'
  if (direct >= PREFIX) return `begins "${word}"`
  return direct > 0 ? `inside "${word}"` : `typo for "${word}"`
}

/** The phrase that says the same, where its weakest word stands. */
function sameReason(fields: readonly FieldWords[], term: string, terms: readonly string[]): MatchReason | undefined {
  let best: MatchReason | undefined
  for (const phrase of synonymsOf(term, terms)) {
    const places = phrase.map((word) => fields.filter(({ words }) => words.includes(word)).map(({ field }) => field))
    // A phrase counts as much as its weakest word, and a word as much as its best field.
    const weights = places.map((some) => some.toSorted((a, b) => FIELD_WEIGHT[b] - FIELD_WEIGHT[a])[0])
    const weakest = weights.toSorted((a, b) => (a ? FIELD_WEIGHT[a] : 0) - (b ? FIELD_WEIGHT[b] : 0))[0]
    const score = weakest && !weights.includes(undefined) ? rounded(FIELD_WEIGHT[weakest] * SYNONYM) : 0
    if (weakest && score > (best?.score ?? 0)) {
      best = { field: weakest, term, how: `same as "${phrase.join(' ')}"`, score }
    }
  }
  return best
}
