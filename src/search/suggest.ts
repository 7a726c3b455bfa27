import { type FacetTable, facetTableOf } from './facet-values.ts'
import type { MergedSet } from './merge.ts'

const FROM_LETTERS = 2
const AT_MOST = 8

/**
 * Up to eight lines that go on from what is typed: the whole line or its last word, completed by names, then tags,
 * then authors, shorter ones first. None below two letters, and never the line itself.
 */
export function suggest(typed: string, set: MergedSet): string[] {
  const word = typed.slice(typed.lastIndexOf(' ') + 1)
  const starts = [...new Set([typed.trimStart(), word])].filter((start) => start.trimEnd().length >= FROM_LETTERS)
  const lines = starts.flatMap((start) => {
    const before = typed.slice(0, typed.length - start.length)
    return completions(start.toLowerCase(), set).map((value) => before + value)
  })
  return [...new Set(lines)].filter((line) => line.toLowerCase() !== typed.toLowerCase()).slice(0, AT_MOST)
}

function completions(start: string, set: MergedSet): string[] {
  const [tag, author] = [facetTableOf(set, 'tag'), facetTableOf(set, 'author')]
  return [namesFrom(start, set), labelsFrom(start, tag), labelsFrom(start, author)].flatMap((group) =>
    [...new Set(group)].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)),
  )
}

/** Rows are in the order of their names, so the names that begin alike stand together. */
function namesFrom(start: string, { leads }: MergedSet): string[] {
  const nameAt = (row: number): string => leads[row]?.name.toLowerCase() ?? ''
  let [low, high] = [0, leads.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (nameAt(middle) < start) low = middle + 1
    else high = middle
  }
  const found: string[] = []
  for (let row = low; row < leads.length && nameAt(row).startsWith(start); row++) found.push(leads[row]?.name ?? '')
  return found
}

const labelsFrom = (start: string, { ids, labels }: FacetTable): string[] =>
  [...ids].flatMap(([key, id]) => (key.startsWith(start) ? (labels[id] ?? key) : []))
