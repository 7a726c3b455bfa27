import type { Catalog } from '../model/catalog.ts'

const FROM_LETTERS = 2
const AT_MOST = 8

/** Names, tags and authors that begin with the last word typed; empty below two letters. */
export function suggest(text: string, catalog: Catalog | undefined): string[] {
  const word = text.split(' ').at(-1)?.toLowerCase() ?? ''
  if (word.length < FROM_LETTERS || !catalog) return []
  const before = text.slice(0, text.length - word.length)
  const found = new Set<string>()
  const look = (value: string | undefined): void => {
    const lower = value?.toLowerCase()
    if (lower && lower !== word && lower.startsWith(word) && found.size < AT_MOST) found.add(value ?? '')
  }
  for (const row of catalog.rows) look(row.listing.name)
  for (const { value } of catalog.facets.tag) look(value)
  for (const { value } of catalog.facets.author) look(value)
  return [...found].map((value) => before + value)
}
