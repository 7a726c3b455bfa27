import type { MatchReason } from '../model/catalog.ts'
import type { Listing } from '../model/listing.ts'
import { directMatch, typoMatch } from './match.ts'
import { synonymsOf } from './synonyms.ts'
import { EXACT, type Field, FIELD_WEIGHT, FIELDS, fieldTexts, PREFIX, SYNONYM } from './weights.ts'
import { wordsOf } from './words.ts'

/** The words of one field of one offer, read when a term asks for them. */
interface FieldWords {
  field: Field
  readonly words: readonly string[]
}

interface Told {
  terms: string
  offers: readonly Listing[]
  reasons: MatchReason[]
}
const told = new WeakMap<Listing, Told>()

/**
 * Why a row matched each typed word: the field and the kind of match that counted. Best reason first. The last answer is
 * kept for each leading offer: a search tells its rows again each time a further registry answers.
 */
export function reasonsOf(offers: readonly Listing[], terms: readonly string[]): MatchReason[] {
  const [lead] = offers
  if (!lead || terms.length === 0) return []
  const asked = terms.join(' ')
  const last = told.get(lead)
  const isSame =
    last?.terms === asked && last.offers.length === offers.length && last.offers.every((one, at) => one === offers[at])
  if (isSame) return last.reasons
  const fields = FIELDS.flatMap((field) => offers.map((listing) => wordsIn(listing, field)))
  const reasons = terms.flatMap((term) => bestReason(fields, term, terms) ?? []).toSorted((a, b) => b.score - a.score)
  told.set(lead, { terms: asked, offers, reasons })
  return reasons
}

function wordsIn(listing: Listing, field: Field): FieldWords {
  let read: readonly string[] | undefined
  return {
    field,
    get words() {
      if (read) return read
      const words = fieldTexts(listing, field).flatMap(wordsOf)
      const isJoined = words.length > 1 && (field === 'name' || field === 'title')
      return (read = isJoined ? [...words, words.join('')] : words)
    },
  }
}

function bestReason(fields: readonly FieldWords[], term: string, terms: readonly string[]): MatchReason | undefined {
  const word = wordReason(fields, term)
  if ((word?.score ?? 0) >= MOST_BY_ANOTHER_NAME) return word
  const same = sameReason(fields, term, terms)
  return (word?.score ?? 0) >= (same?.score ?? 0) ? word : same
}

const MOST_BY_ANOTHER_NAME = Math.max(...Object.values(FIELD_WEIGHT)) * SYNONYM

const rounded = (score: number): number => Math.round(score * 100) / 100

function wordReason(fields: readonly FieldWords[], term: string): MatchReason | undefined {
  let best: MatchReason | undefined
  for (const one of fields) {
    const { field } = one
    // Heaviest field first: no word of this one or of those after it can score more.
    if (FIELD_WEIGHT[field] <= (best?.score ?? 0)) break
    for (const word of one.words) {
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
