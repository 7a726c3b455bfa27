import { readFileSync, statSync } from 'node:fs'
import { z } from 'zod'
import { configInvalid, fileProblem, reasonOf } from '../../model/errors.ts'
import { harmless } from '../../model/text.ts'
import { placeInYaml } from '../../model/yaml-place.ts'
import { readYaml } from '../../model/yaml-text.ts'

const MAX_BYTES = 4 * 1024 * 1024
const HINT = 'Nothing was worked out. "souk cost prices" prints the table of the program, to start from.'
const text = z.string().min(1).max(300)
const isDay = (value: string): boolean => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))

const priceSchema = z.strictObject({
  /** Fixed cost a month. */
  monthly: z.number().min(0),
  /** Mean power a running unit takes, its share of cooling included, W. */
  watts: z.number().min(0).optional(),
  /** What is paid besides, by use. */
  use: text.optional(),
  /** What the figure is made of. */
  basis: text.optional(),
  /** The price is for one unit of `sku.capacity`, or for one core of a container app that is kept ready. */
  per: z.enum(['capacity', 'ready core']).optional(),
})
const tableSchema = z.strictObject({
  date: z.string({ error: 'must be a day such as 2026-11-30' }).refine(isDay, 'must be a day such as 2026-11-30'),
  region: text,
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three letters such as USD'),
  basis: text,
  prices: z.record(text, z.record(text, priceSchema)),
  free: z.array(text).default([]),
  grid: z.record(text, z.number().min(0)).default({}),
})
export type Price = z.infer<typeof priceSchema>

/**
 * Monthly prices for planning. `prices` goes by resource type, then by SKU; `*` is for a resource without one. A type
 * in `free` costs nothing by itself, with a slash at its end all that begin so. `grid` is g CO2 a kWh by region.
 */
export type PriceTable = z.infer<typeof tableSchema>

/** A price table from a YAML or JSON file. Throws `config.invalid` with file, line and column of the first fault. */
export function readPriceTable(file: string): PriceTable {
  const read = readYaml(textOf(file), { maxBytes: MAX_BYTES })
  if (read.fault) throw configInvalid({ file, line: read.fault.line, column: read.fault.column }, read.fault.why, HINT)
  const parsed = tableSchema.safeParse(read.data)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const path = issue?.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : (issue?.path ?? [])
  const field = harmless(path.map(String).join('.'), 200)
  const why = issue?.code === 'unrecognized_keys' ? 'is no member of a price table' : (issue?.message ?? 'is wrong')
  throw configInvalid({ file, ...placeInYaml(read, path), field }, why, HINT)
}

function textOf(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw fileProblem(file, `the price table cannot be read (${reasonOf(error)})`, error)
  }
}

/** The price of a resource; undefined for a type or SKU the table does not know. */
export function priceOf(table: PriceTable, type: string, sku: string): Price | undefined {
  const skus = memberOf(table.prices, type)
  if (!skus) return undefined
  const isOneForAll = Object.keys(skus).length === 1
  return memberOf(skus, sku) ?? (sku === '' || isOneForAll ? skus['*'] : undefined)
}

/** Types and SKUs are the same in any case, as they are for Azure. */
function memberOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  if (Object.hasOwn(record, name)) return record[name]
  const lower = name.toLowerCase()
  return Object.entries(record).find(([key]) => key.toLowerCase() === lower)?.[1]
}

/** Whether a type costs nothing by itself: it is named as free, or a part of a resource and has no price of its own. */
export function isFree(table: PriceTable, type: string): boolean {
  const lower = type.toLowerCase()
  const isNamed = table.free.some((one) => {
    const free = one.toLowerCase()
    return free.endsWith('/') ? lower.startsWith(free) : lower === free
  })
  return isNamed || (lower.split('/').length > 2 && memberOf(table.prices, type) === undefined)
}
