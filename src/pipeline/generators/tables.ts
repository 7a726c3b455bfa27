import { z } from 'zod'
import { itemManifest } from '../../model/errors.ts'
import type { Environments } from './environments.ts'
import { namesSchema } from './names.ts'
import { networkSchema, networkSettings } from './network.ts'

/** One row of a table: what it is called, and its cell for every environment. */
const rowOf = <T extends z.ZodType>(cell: T) =>
  z.strictObject({
    title: z.string(),
    purpose: z.string().optional(),
    cells: z.record(z.string(), cell),
    /** How a cell is worded where it is shown: value -> words. */
    words: z.record(z.string(), z.string()).optional(),
  })
const rowsOf = <T extends z.ZodType>(cell: T) => z.record(z.string(), rowOf(cell))
const cellSchema = z.union([z.boolean(), z.number(), z.string()])

/** Tables that stand in files of their own; what they hold becomes a part of the environments. */
export const TABLES = {
  network: networkSchema,
  settings: z.strictObject({ rows: rowsOf(cellSchema), further: rowsOf(cellSchema).default({}) }),
  features: z.strictObject({ rows: rowsOf(z.boolean()) }),
  tiers: z.strictObject({ rows: rowsOf(z.string()), further: rowsOf(z.string()).default({}), components: z.unknown() }),
  shared: z.record(z.string(), z.unknown()),
  names: namesSchema,
} as const
type TableName = keyof typeof TABLES
export const TABLE_NAMES = Object.keys(TABLES) as TableName[]
export type Tables = { [K in TableName]?: z.infer<(typeof TABLES)[K]> }

interface Row {
  title: string
  purpose?: string | undefined
  cells: Record<string, unknown>
  words?: Record<string, string> | undefined
}

/** The column of one environment. Throws `item.manifest` where a row has no cell for it, or one for a stranger. */
function column<T>(
  rows: Record<string, Omit<Row, 'cells'> & { cells: Record<string, T> }>,
  env: string,
  where: string,
) {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { cells }]): [string, T] => {
      const cell = Object.hasOwn(cells, env) ? cells[env] : undefined
      if (cell === undefined) throw itemManifest(where, `the row "${name}" has no cell for ${env}`)
      return [name, cell]
    }),
  )
}

function checkCells(tables: Tables, envs: readonly string[]): void {
  for (const table of ['settings', 'features', 'tiers'] as const) {
    for (const [name, { cells }] of Object.entries<Row>(tables[table]?.rows ?? {})) {
      const stranger = Object.keys(cells).find((env) => !envs.includes(env))
      if (stranger !== undefined) throw itemManifest(`${table} table`, `the row "${name}" has a cell for "${stranger}"`)
    }
  }
}

/** A table's rows as they are shown, in order. */
const shown = (rows: Record<string, Row> = {}): Environments['rows']['settings'] =>
  Object.entries(rows).map(([name, row]) => ({
    name,
    title: row.title,
    ...(row.purpose === undefined ? {} : { purpose: row.purpose }),
    words: row.words ?? {},
  }))

/** What the environments say themselves and the tables beside them, as one value of the shape `environmentsSchema`. */
export function joinTables(environments: Record<string, unknown>, tables: Tables): Record<string, unknown> {
  const given = (environments['environments'] ?? {}) as Record<string, Record<string, unknown>>
  checkCells(tables, Object.keys(given))
  const { network, settings, features, tiers, shared, names } = tables
  const columns = (env: string): Record<string, unknown> => ({
    settings: {
      ...(network ? networkSettings(network, env) : {}),
      ...column({ ...settings?.rows, ...settings?.further }, env, 'settings table'),
    },
    features: column(features?.rows ?? {}, env, 'features table'),
    tiers: column({ ...tiers?.rows, ...tiers?.further }, env, 'tiers table'),
  })
  return {
    ...environments,
    environments: Object.fromEntries(Object.entries(given).map(([env, facts]) => [env, { ...facts, ...columns(env) }])),
    components: tiers?.components ?? {},
    shared: shared ?? {},
    rows: { settings: shown(settings?.rows), features: shown(features?.rows), tiers: shown(tiers?.rows) },
    ...(network ? { network } : {}),
    ...(names ? { names } : {}),
  }
}
