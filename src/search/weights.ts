import type { Listing } from '../model/listing.ts'

/**
 * How rows are ranked, all in one place. A typed word scores `field weight x how well it matched`, the best field
 * counts; the scores of all words are added, every word must match. On top come the bonuses.
 */
export const FIELDS = ['name', 'title', 'tag', 'category', 'service', 'author', 'language', 'description'] as const
export type Field = (typeof FIELDS)[number]
export const FIELD_WEIGHT: Record<Field, number> = {
  name: 10,
  title: 9,
  tag: 7,
  category: 5,
  service: 5,
  author: 4,
  language: 3,
  description: 2,
}

/** How well a word matched. A typo costs more the more slips it has. */
export const EXACT = 1
export const PREFIX = 0.75
export const INSIDE = 0.45
export const TYPO = 0.4
export const TWO_TYPOS = 0.3
/** Held by another name (synonyms.ts): less than the least a word as typed can score, so that those keep their order. */
export const SYNONYM = 0.08

/** The typed text is the name, begins it, or stands in it as whole words. */
export const WHOLE_NAME = 100
export const NAME_START = 30
export const NAME_PART = 10
/** So that of two names that begin alike the shorter comes first: added in proportion to how much of the name was typed. */
export const NAME_SHARE = 5
/** Small on purpose: they only order what matched equally well. */
export const VERIFIED = 0.2
export const INSTALLED = 0.1

/** What of a listing is searched, field by field. */
export function fieldTexts(listing: Listing, field: Field | undefined): readonly string[] {
  switch (field) {
    case 'name':
      return [listing.name]
    case 'title':
      return [listing.title]
    case 'tag':
      return listing.tags
    case 'category':
      return listing.categories
    case 'service':
      return listing.services
    case 'author':
      return listing.author === undefined ? [] : [listing.author]
    case 'language':
      return listing.languages
    case 'description':
      return [listing.description]
    case undefined:
      return []
  }
}

/** Whether any text that is searched passes a test. Without a list of the texts, of which there are many. */
export function anyText(listing: Listing, test: (text: string) => boolean): boolean {
  const { name, title, description, author, tags, categories, services, languages } = listing
  return (
    test(description) ||
    test(name) ||
    (title !== name && test(title)) ||
    (author !== undefined && test(author)) ||
    tags.some(test) ||
    categories.some(test) ||
    services.some(test) ||
    languages.some(test)
  )
}
