import { z } from 'zod'

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

/**
 * A question. Several values of one facet mean "either", except tags with `allTags`. `limit` 0 means all.
 * `offset` counts rows of the merged, sorted list, never of one registry.
 */
export const querySchema = z.object({
  text: z.string().max(1000).default(''),
  filters: z.partialRecord(z.enum(FACETS), z.array(z.string())).default({}),
  allTags: z.boolean().default(false),
  sort: z.enum(SORTS).default('relevance'),
  order: z.enum(['asc', 'desc']).optional(),
  offset: z.number().int().min(0).default(0),
  limit: z.number().int().min(0).default(20),
  updatedSince: z.string().optional(),
  updatedBefore: z.string().optional(),
  minDownloads: z.number().optional(),
  maxDownloads: z.number().optional(),
  /** One row per registry instead of one row per item. */
  noMerge: z.boolean().default(false),
})
export type Query = z.infer<typeof querySchema>

/** A whole query from some of its members. */
export const makeQuery = (part: z.input<typeof querySchema> = {}): Query => querySchema.parse(part)
