import { z } from 'zod'
import { FACETS, SORTS } from './vocabulary.ts'

export { FACETS, SORTS, type FacetName, type Sort } from './vocabulary.ts'

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
  /** Words no row may hold (`!word` in the search box). */
  exclude: z.array(z.string()).optional(),
  /** Only what is installed here (`is:installed`). */
  installedOnly: z.boolean().optional(),
  /** Least quality score; items without a score are left out. */
  minScore: z.number().optional(),
})
export type Query = z.infer<typeof querySchema>

/** A whole query from some of its members. */
export const makeQuery = (part: z.input<typeof querySchema> = {}): Query => querySchema.parse(part)
