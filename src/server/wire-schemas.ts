import { z } from 'zod'

/** What goes over the wire, as it is published in the OpenAPI document. Absent members are unknown, never zero. */
const count = z.int().min(0)
const dependency = z.strictObject({
  name: z.string(),
  version: z.string().describe('a range of versions'),
  source: z.string().optional(),
  type: z.string().optional(),
  optional: z.boolean().optional(),
})
const labelled = z.strictObject({ label: z.string(), text: z.string() })

const marketplace = z
  .strictObject({
    publisher: z.string().optional(),
    downloads: count.optional(),
    rating: z.number().optional(),
    rating_count: count.optional(),
    verified: z.boolean().optional(),
    badges: z.array(z.strictObject({ label: z.string() })),
    security_scan: z
      .strictObject({
        status: z.string().optional(),
        scan_date: z.string().optional(),
        score: z.number().optional(),
        findings: z.array(z.strictObject({ severity: z.string() })),
      })
      .optional(),
  })
  .describe('what the registry itself says of the item')

const template = z.strictObject({
  name: z.string(),
  title: z.string(),
  version: z.string().optional(),
  kind: z.string(),
  description: z.string(),
  long_description: z.string().optional(),
  author: z.string().optional(),
  license: z.string().optional(),
  tags: z.array(z.string()),
  category: z.array(z.string()),
  services: z.array(z.string()),
  languages: z.array(z.string()),
  last_updated: z.string().optional(),
  source_url: z.string().optional(),
  documentation_url: z.string().optional(),
  download_url: z.string().optional().describe('relative to the address of the registry'),
  sha256: z.string().optional(),
  size: count.optional(),
  versions: z.array(z.string()),
  dependencies: z.array(dependency),
  requires: z.array(z.strictObject({ name: z.string(), range: z.string() })),
  capabilities: z.array(z.string()),
  needs: z.array(labelled),
  scripts: z.array(labelled),
  marketplace,
})

const searchResult = z.strictObject({
  templates: z.array(template),
  total_count: count,
  filtered_count: count,
  execution_time: count.describe('nanoseconds'),
  query: z.strictObject({
    q: z.string(),
    categories: z.array(z.string()),
    verified: z.boolean(),
    sortBy: z.string(),
    sortOrder: z.string(),
    limit: count,
    offset: count,
  }),
})

const publication = z
  .looseObject({
    name: z.string().describe('lower-case letters, digits, dots, dashes'),
    version: z.string().describe('a semantic version; once published it never changes'),
    description: z.string(),
    archive: z
      .strictObject({
        format: z.literal('zip'),
        sha256: z.string(),
        size: count,
        content: z.string().describe('base64'),
      })
      .optional(),
  })
  .describe('the members of souk.yaml, with name for its id, and the packed folder')

const published = z.strictObject({ name: z.string(), version: z.string(), url: z.string(), message: z.string() })

const problemDetails = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
})

export const SCHEMAS = {
  SearchResult: searchResult,
  Template: template,
  Categories: z.array(z.strictObject({ name: z.string(), count })),
  Publication: publication,
  Published: published,
  Problem: problemDetails,
} as const
