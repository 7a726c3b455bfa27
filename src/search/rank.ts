import { hitsOf, type How } from './hits.ts'
import { LEFT_OUT, type MergedSet } from './merge.ts'
import type { IndexOf } from './partial-index.ts'
import { synonymsOf } from './synonyms.ts'
import { type Lines, type TextIndex, textIndexOf } from './text-index.ts'
import { NAME_PART, NAME_SHARE, NAME_START, SYNONYM, WHOLE_NAME } from './weights.ts'
import { allowedTypos, wordsOf } from './words.ts'

/** Slips are forgiven only for a word that fewer rows than this hold as typed. */
export const ENOUGH = 3
const MOST_TERMS = 12

export const termsOf = (text: string): string[] => [...new Set(wordsOf(text))].slice(0, MOST_TERMS)

/** Where words are looked up: a set, and an index of each of its parts. */
interface Look {
  set: MergedSet
  indexOf: IndexOf
}

/** The score of every row for a text; 0 means the row does not match. With no words every row scores 1. */
export function scoreRows(set: MergedSet, text: string, indexOf: IndexOf): Float32Array {
  const terms = termsOf(text)
  const total = new Float32Array(set.leads.length)
  if (terms.length === 0) return text.trim() === '' ? total.fill(1) : total
  const look: Look = { set, indexOf }
  for (const [nth, term] of terms.entries()) {
    const scores = scoreTermWithOthers(look, term, terms)
    for (let row = 0; row < total.length; row++) {
      const score = scores[row] ?? 0
      const before = total[row] ?? 0
      total[row] = score > 0 && (nth === 0 || before > 0) ? before + score : 0
    }
  }
  addNameBonus(look, text, total)
  return total
}

/** A term as typed, with slips when few hold it, and by its other names, which change no score of the former. */
function scoreTermWithOthers(look: Look, term: string, terms: readonly string[]): Float32Array {
  const { set } = look
  const scores = scoreRowsForTerm(look, term, 'direct')
  const mayHoldSlips = allowedTypos(term) > 0
  if (mayHoldSlips && hasFewerThan(ENOUGH, scores)) {
    scoreRowsForTerm({ set, indexOf: textIndexOf }, term, 'typo', scores)
  }
  for (const phrase of synonymsOf(term, terms)) keepBetter(scores, scoreSynonym(look, phrase))
  return scores
}

/** Rows that hold every word of a phrase, by the word that counts least. */
function scoreSynonym(look: Look, phrase: readonly string[]): Float32Array {
  const scores = new Float32Array(look.set.leads.length).fill(Infinity)
  for (const word of phrase) {
    const some = scoreRowsForTerm(look, word, 'exact')
    for (let row = 0; row < scores.length; row++) scores[row] = Math.min(scores[row] ?? 0, (some[row] ?? 0) * SYNONYM)
  }
  return scores
}

/** Rows that hold any of these words, to be kept out. */
export function rowsWith(set: MergedSet, words: readonly string[]): Float32Array {
  const rows = new Float32Array(set.leads.length)
  const look: Look = { set, indexOf: textIndexOf }
  for (const word of words.flatMap(wordsOf)) scoreRowsForTerm(look, word, 'exact', rows)
  return rows
}

function scoreRowsForTerm(
  { set, indexOf }: Look,
  term: string,
  how: How,
  rows: Float32Array = new Float32Array(set.leads.length),
): Float32Array {
  for (const { listings, rowOf, isLeftOut } of set.parts) {
    if (isLeftOut) continue
    const { at, score } = hitsOf(indexOf(listings), term, how)
    for (let nth = 0; nth < at.length; nth++) {
      const row = rowOf[at[nth] ?? 0] ?? LEFT_OUT
      const found = score[nth] ?? 0
      if (row !== LEFT_OUT && found > (rows[row] ?? 0)) rows[row] = found
    }
  }
  return rows
}

function hasFewerThan(enough: number, scores: Float32Array): boolean {
  let count = 0
  for (let row = 0; row < scores.length; row++) if ((scores[row] ?? 0) > 0 && ++count === enough) return false
  return true
}

function keepBetter(into: Float32Array, other: Float32Array): void {
  for (let at = 0; at < into.length; at++) if ((other[at] ?? 0) > (into[at] ?? 0)) into[at] = other[at] ?? 0
}

function addNameBonus({ set, indexOf }: Look, text: string, total: Float32Array): void {
  const typed = wordsOf(text)
  const best = new Float32Array(total.length)
  for (const { listings, rowOf, isLeftOut } of set.parts) {
    if (isLeftOut) continue
    const index = indexOf(listings)
    const known = bonusesOf(index, typed.join(' '))
    for (let at = 0; at < listings.length; at++) {
      const row = rowOf[at] ?? LEFT_OUT
      if (row === LEFT_OUT || total[row] === 0) continue
      let bonus = known[at] ?? 0
      if (Number.isNaN(bonus)) {
        const name = nameBonus(index, index.names, at, typed)
        const title = nameBonus(index, index.titles, at, typed) * 0.9
        bonus = known[at] = name > title ? name : title
      }
      if (bonus > (best[row] ?? 0)) best[row] = bonus
    }
  }
  for (let row = 0; row < total.length; row++) total[row] = (total[row] ?? 0) + (best[row] ?? 0)
}

interface Bonuses {
  text: string
  /** By place in the array; NaN where it was not worked out. */
  known: Float32Array
}
const bonuses = new WeakMap<TextIndex, Bonuses>()

/** What each listing of one array earns for a text, kept until another is typed: each answer asks for it once more. */
function bonusesOf(index: TextIndex, text: string): Float32Array {
  const before = bonuses.get(index)
  if (before?.text === text) return before.known
  const known = (before?.known ?? new Float32Array(index.names.starts.length - 1)).fill(Number.NaN)
  bonuses.set(index, { text, known })
  return known
}

/** What a name or title earns that is the typed text, begins with it, or holds its words in a row. */
function nameBonus({ words }: TextIndex, lines: Lines, at: number, typed: readonly string[]): number {
  const from = lines.starts[at] ?? 0
  const to = lines.starts[at + 1] ?? 0
  if (to - from < typed.length) return 0
  const atStart = agree(words, lines, from, typed)
  if (atStart === typed.length && to - from === typed.length) return WHOLE_NAME
  const last = words[lines.words[from + typed.length - 1] ?? 0] ?? ''
  const isStart = atStart >= typed.length - 1 && last.startsWith(typed.at(-1) ?? '')
  let hasAll = isStart
  for (let start = from + 1; !hasAll && start + typed.length <= to; start++)
    hasAll = agree(words, lines, start, typed) === typed.length
  if (!hasAll) return 0
  let nameLength = to - from - 1
  for (let nth = from; nth < to; nth++) nameLength += words[lines.words[nth] ?? 0]?.length ?? 0
  const typedLength = typed.reduce((sum, word) => sum + word.length, typed.length - 1)
  return (isStart ? NAME_START : NAME_PART) + NAME_SHARE * (typedLength / nameLength)
}

/** How many typed words stand one after another from a place of the lines on. */
function agree(words: readonly string[], lines: Lines, start: number, typed: readonly string[]): number {
  let nth = 0
  while (nth < typed.length && (words[lines.words[start + nth] ?? 0] ?? '') === typed[nth]) nth++
  return nth
}
