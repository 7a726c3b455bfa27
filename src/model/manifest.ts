import { z } from 'zod'

/** Reserved ids (inventory C27) and the pattern every id of ours follows. */
const RESERVED_IDS = [
  'search',
  'categories',
  'trending',
  'recommendations',
  'installed',
  'bulk-install',
  'bulk-update',
  'bulk-configure',
] as const
export const ID_PATTERN = /^[a-z0-9][a-z0-9._-]{0,99}$/

const dependency = z.object({
  name: z.string(),
  version: z.string().default('*'),
  source: z.string().optional(),
  type: z.string().optional(),
  optional: z.boolean().optional(),
})

/** A service the goods use; the versions and regions are for people to read. */
const service = z
  .looseObject({
    name: z.string().optional(),
    service: z.string().optional(),
    apiVersion: z.string().optional(),
    regions: z.array(z.string()).optional(),
  })
  .refine((one) => one.name !== undefined || one.service !== undefined, 'needs a name')

/**
 * Souk's own manifest (`souk.yaml`): what an author declares. Community figures such as ratings do not belong here;
 * unknown members are kept. `parameters` is a JSON Schema object whose properties a form and the command line read.
 */
export const manifestSchema = z.looseObject({
  id: z
    .string()
    .regex(ID_PATTERN, 'must be lower-case letters, digits, dots, dashes')
    .refine((id) => !(RESERVED_IDS as readonly string[]).includes(id), 'is a reserved word'),
  version: z.string().regex(/^\d+\.\d+\.\d+(?:[-+].*)?$/, 'must be a semantic version such as 1.2.0'),
  kind: z.string().default('template'),
  name: z.string().optional(),
  description: z.string(),
  category: z.union([z.string(), z.array(z.string())]).default([]),
  tags: z.array(z.string()).default([]),
  author: z.string().optional(),
  license: z.string().optional(),
  homepage: z.string().optional(),
  azureServices: z.array(z.union([z.string(), service], 'must be a name, or an entry with a name')).default([]),
  capabilities: z.array(z.string()).default([]),
  languages: z.array(z.string()).default([]),
  lastUpdated: z.string().optional(),
  dependencies: z.array(dependency).default([]),
  requires: z.array(z.object({ name: z.string(), range: z.string() })).default([]),
  /** JSON Schema of the parameters (type object). */
  parameters: z
    .looseObject({
      type: z.literal('object').default('object'),
      properties: z.record(z.string(), z.looseObject({})).default({}),
      required: z.array(z.string()).default([]),
    })
    .optional(),
  /** How it is generated; absent for goods that are only installed. See pipeline/generators. */
  generator: z.looseObject({ type: z.string() }).optional(),
})
export type Manifest = z.infer<typeof manifestSchema>
