import { z } from 'zod'
import { usage } from '../../model/errors.ts'
import { namesSchema } from './names.ts'
import { networkSchema } from './network.ts'

/** What a template says of its environments: settings, features and tiers, cell by cell. */
const environmentSchema = z.object({
  title: z.string(),
  location: z.string(),
  /** What it is for, in a sentence. */
  purpose: z.string().optional(),
  /** Regions it may grow to when it is asked to. */
  later: z.array(z.string()).default([]),
  settings: z.record(z.string(), z.unknown()).default({}),
  features: z.record(z.string(), z.boolean()).default({}),
  /** Tier asked for, by component. */
  tiers: z.record(z.string(), z.string()).default({}),
})
const componentSchema = z.object({
  title: z.string(),
  /** The feature that makes it, where it is not called like the component. */
  feature: z.string().optional(),
  /** The parameter that asks for another tier than the table. */
  parameter: z.string().optional(),
  /** Tiers, lowest first, with what each can do. */
  ladder: z.array(z.object({ tier: z.string(), can: z.array(z.string()).default([]) })),
  needs: z.array(z.string()).default([]),
  /** Further needs while a setting is on: setting -> needs. */
  needsWhen: z.record(z.string(), z.array(z.string())).default({}),
})
/** A row of a table as it is shown: the name of its cells in the environments, and its words. */
const rowSchema = z.object({
  name: z.string(),
  title: z.string(),
  purpose: z.string().optional(),
  /** How some values are worded: value -> words. */
  words: z.record(z.string(), z.string()).default({}),
})
const rowsSchema = z.array(rowSchema).default([])
export const environmentsSchema = z.object({
  environments: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,19}$/), environmentSchema),
  components: z.record(z.string(), componentSchema).default({}),
  /** Data that is the same in every environment. */
  shared: z.record(z.string(), z.unknown()).default({}),
  notes: z.array(z.string()).default([]),
  /** The rows of the tables in their order. */
  rows: z
    .object({ settings: rowsSchema, features: rowsSchema, tiers: rowsSchema })
    .default({ settings: [], features: [], tiers: [] }),
  network: networkSchema.optional(),
  names: namesSchema.optional(),
})
export type Environments = z.infer<typeof environmentsSchema>
export type Environment = z.infer<typeof environmentSchema>
export type Component = z.infer<typeof componentSchema>

/** For templates without environments of their own: one table for the usual four. */
export const PLAIN_ENVIRONMENTS: Environments = {
  environments: Object.fromEntries(
    ['dev', 'qa', 'staging', 'prod'].map((name) => [
      name,
      { title: name, location: 'westus2', later: [], settings: {}, features: {}, tiers: {} },
    ]),
  ),
  components: {},
  shared: {},
  notes: [],
  rows: { settings: [], features: [], tiers: [] },
}

export function environmentOf(all: Environments, name: string, template: string): Environment {
  const found = Object.hasOwn(all.environments, name) ? all.environments[name] : undefined
  if (found) return found
  const known = Object.keys(all.environments).join(', ')
  throw usage(`${template} has no environment "${name.slice(0, 40)}".`, `Choose from ${known}.`)
}
