/** The fixed words of the market. They stand apart from the schemas so that reading a command line costs no schema. */

/** What a listing is. A field, not a folder: one market holds them all. Open vocabulary; these are the built-in ones. */
export const KINDS = ['template', 'plugin', 'module', 'environment', 'extension', 'bundle', 'collection'] as const

export const SORTS = ['relevance', 'name', 'downloads', 'rating', 'updated', 'score'] as const
export type Sort = (typeof SORTS)[number]

/** The facets that have counts. */
export const FACETS = [
  'category',
  'tag',
  'author',
  'registry',
  'kind',
  'license',
  'verified',
  'language',
  'service',
] as const
export type FacetName = (typeof FACETS)[number]
