import type { MatchReason } from '../model/catalog.ts'
import type { Listing } from '../model/listing.ts'
import type { MergedSet } from './merge.ts'
import { directMatch, type How, scoreTerm, textIndexOf, typoMatch } from './text-index.ts'
import {
  EXACT,
  FIELD_WEIGHT,
  FIELDS,
  fieldText,
  NAME_PART,
  NAME_SHARE,
  NAME_START,
  PREFIX,
  WHOLE_NAME,
} from './weights.ts'
import { normalised, wordsOf } from './words.ts'

/** Slips are forgiven only for a word that fewer rows than this hold as typed. */
const ENOUGH = 3
const MOST_TERMS = 12

export const termsOf = (text: string): string[] => [...new Set(wordsOf(text))].slice(0, MOST_TERMS)

/** The score of every row for a text; 0 means the row does not match. With no words every row scores 1. */
export function scoreRows(set: MergedSet, text: string): Float32Array {
  const terms = termsOf(text)
  const total = new Float32Array(set.rows.length)
  if (terms.length === 0) return text.trim() === '' ? total.fill(1) : total
  for (const [nth, term] of terms.entries()) {
    const scores = scoreRowsForTerm(set, term, 'direct')
    if (countAbove(scores) < ENOUGH) keepBetter(scores, scoreRowsForTerm(set, term, 'typo'))
    for (let row = 0; row < total.length; row++) {
      const score = scores[row] ?? 0
      const before = total[row] ?? 0
      total[row] = score > 0 && (nth === 0 || before > 0) ? before + score : 0
    }
  }
  addNameBonus(set, text, total)
  return total
}

/** Rows that hold any of these words, to be kept out. */
export function rowsWith(set: MergedSet, words: readonly string[]): Float32Array {
  const total = new Float32Array(set.rows.length)
  for (const word of words.flatMap(wordsOf)) keepBetter(total, scoreRowsForTerm(set, word, 'exact'))
  return total
}

function scoreRowsForTerm(set: MergedSet, term: string, how: How): Float32Array {
  const rows = new Float32Array(set.rows.length)
  for (const part of set.parts) {
    const scores = new Float32Array(part.listings.length)
    scoreTerm(textIndexOf(part.listings), term, how, scores)
    for (let at = 0; at < scores.length; at++) {
      const row = part.rowOf[at] ?? 0
      if ((scores[at] ?? 0) > (rows[row] ?? 0)) rows[row] = scores[at] ?? 0
    }
  }
  return rows
}

function countAbove(scores: Float32Array): number {
  let count = 0
  for (const score of scores) if (score > 0) count++
  return count
}

function keepBetter(into: Float32Array, other: Float32Array): void {
  for (let at = 0; at < into.length; at++) if ((other[at] ?? 0) > (into[at] ?? 0)) into[at] = other[at] ?? 0
}

function nameBonus(text: string, name: string): number {
  if (name === text) return WHOLE_NAME
  if (name.startsWith(text)) return NAME_START + NAME_SHARE * (text.length / name.length)
  return ` ${name} `.includes(` ${text} `) ? NAME_PART + NAME_SHARE * (text.length / name.length) : 0
}

function addNameBonus(set: MergedSet, text: string, total: Float32Array): void {
  const typed = normalised(text)
  const best = new Float32Array(total.length)
  for (const { listings, rowOf } of set.parts) {
    const { names, titles } = textIndexOf(listings)
    for (let at = 0; at < listings.length; at++) {
      const row = rowOf[at] ?? 0
      if (total[row] === 0) continue
      const bonus = Math.max(nameBonus(typed, names[at] ?? ''), nameBonus(typed, titles[at] ?? '') * 0.9)
      if (bonus > (best[row] ?? 0)) best[row] = bonus
    }
  }
  for (let row = 0; row < total.length; row++) total[row] = (total[row] ?? 0) + (best[row] ?? 0)
}

/** Why a listing matched each typed word: the field and the kind of match that counted. Best reason first. */
export function reasonsOf(offers: readonly Listing[], text: string): MatchReason[] {
  return termsOf(text)
    .flatMap((term) => bestReason(offers, term) ?? [])
    .toSorted((a, b) => b.score - a.score)
}

function bestReason(offers: readonly Listing[], term: string): MatchReason | undefined {
  let best: MatchReason | undefined
  for (const listing of offers) {
    for (const field of FIELDS) {
      const found = wordsOf(fieldText(listing, field))
      if (found.length > 1 && (field === 'name' || field === 'title')) found.push(found.join(''))
      for (const word of found) {
        const direct = directMatch(term, word)
        const quality = direct || typoMatch(term, word)
        const score = Math.round(quality * FIELD_WEIGHT[field] * 100) / 100
        if (score > (best?.score ?? 0)) best = { field, term, how: howOf(direct, quality, word), score }
      }
    }
  }
  return best
}

function howOf(direct: number, quality: number, word: string): string {
  if (quality === EXACT) return 'exact'
  if (direct >= PREFIX) return `begins "${word}"`
  return direct > 0 ? `inside "${word}"` : `typo for "${word}"`
}
