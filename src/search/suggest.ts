import type { Listing } from '../model/listing.ts'

const FROM_LETTERS = 2
const AT_MOST = 8

/**
 * Up to eight lines that go on from what is typed: the whole line or its last word, completed by names, then tags,
 * then authors, shorter ones first. None below two letters, and never the line itself.
 */
export function suggest(typed: string, listings: readonly Listing[]): string[] {
  const word = typed.slice(typed.lastIndexOf(' ') + 1)
  const starts = [...new Set([typed.trimStart(), word])].filter((start) => start.trimEnd().length >= FROM_LETTERS)
  const lines = starts.flatMap((start) => {
    const before = typed.slice(0, typed.length - start.length)
    return completions(start.toLowerCase(), listings).map((value) => before + value)
  })
  return [...new Set(lines)].filter((line) => line.toLowerCase() !== typed.toLowerCase()).slice(0, AT_MOST)
}

function completions(start: string, listings: readonly Listing[]): string[] {
  const groups: Set<string>[] = [new Set(), new Set(), new Set()]
  const look = (group: number, value: string | undefined): void => {
    if (value?.toLowerCase().startsWith(start)) groups[group]?.add(value)
  }
  for (const listing of listings) {
    look(0, listing.name)
    for (const tag of listing.tags) look(1, tag)
    look(2, listing.author)
  }
  return groups.flatMap((group) => [...group].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)))
}
