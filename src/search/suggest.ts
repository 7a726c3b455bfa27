import type { Listing } from '../model/listing.ts'

const FROM_LETTERS = 2
const AT_MOST = 8

/** Names, then tags, then authors that begin with what is typed, up to eight, shorter ones first; none below two letters. */
export function suggest(typed: string, listings: readonly Listing[]): string[] {
  const start = typed.trim().toLowerCase()
  if (start.length < FROM_LETTERS) return []
  const groups: Set<string>[] = [new Set(), new Set(), new Set()]
  const look = (group: number, value: string | undefined): void => {
    if (value?.toLowerCase().startsWith(start)) groups[group]?.add(value)
  }
  for (const listing of listings) {
    look(0, listing.name)
    for (const tag of listing.tags) look(1, tag)
    look(2, listing.author)
  }
  const ordered = groups.flatMap((group) => [...group].toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)))
  return [...new Set(ordered)].slice(0, AT_MOST)
}
