import { z } from 'zod'
import { itemManifest } from '../../model/errors.ts'

const ruleSchema = z.strictObject({
  name: z.string(),
  /** A subnet by its name, or a service tag. */
  from: z.string(),
  ports: z.array(z.string()).min(1),
  /** A feature without which there is no such rule. */
  when: z.string().optional(),
})

/** Who may reach whom, and how that is done: the first case whose condition holds. */
const accessSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  access: z.string(),
  here: z.array(z.strictObject({ when: z.string().optional(), says: z.string() })).default([]),
})

/** Address ranges by environment; subnets and who may reach them, told once for all. */
export const networkSchema = z.strictObject({
  addresses: z.record(z.string(), z.string()),
  subnets: z.array(
    z.strictObject({
      name: z.string(),
      /** Which /24 of the range it is, from 0. */
      number: z.number().int().min(0).max(255),
      purpose: z.string(),
      allow: z.array(ruleSchema).default([]),
    }),
  ),
  /** Subnets with a name that Azure fixes, a /26 each, by what they are for. */
  named: z
    .record(z.string(), z.strictObject({ name: z.string(), number: z.number().int().min(0).max(255) }))
    .default({}),
  access: z.array(accessSchema).default([]),
})
export type NetworkTable = z.infer<typeof networkSchema>

/** An IPv4 range: its first address as a number, and how many addresses it has. */
interface Range {
  from: number
  size: number
}

/** Reads `10.0.0.0/16`. Undefined for anything that is no range, or whose address is not its first. */
export function readRange(text: string): Range | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  const [a = 0, b = 0, c = 0, d = 0, bits = 33] = (match ?? []).slice(1).map(Number)
  if (!match || Math.max(a, b, c, d) > 255 || bits > 32) return undefined
  const from = ((a * 256 + b) * 256 + c) * 256 + d
  const size = 2 ** (32 - bits)
  return from % size === 0 ? { from, size } : undefined
}

const overlap = (one: Range, other: Range): boolean =>
  one.from < other.from + other.size && other.from < one.from + one.size

const addressOf = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

/** How many addresses all subnets need, counted from the first of the range. */
const needed = ({ subnets, named }: NetworkTable): number =>
  (Math.max(...[...subnets, ...Object.values(named)].map(({ number }) => number)) + 1) * 256

/** Why an address range will not do, or undefined when it will. */
export function rangeFault(table: NetworkTable, cidr: string): string | undefined {
  const range = readRange(cidr)
  if (!range) return `"${cidr.slice(0, 40)}" is no address range such as 10.0.0.0/16`
  if (range.size < needed(table)) return `${cidr} has ${range.size} addresses, and the subnets need ${needed(table)}`
  return undefined
}

/** What an environment changes of its network: another range, and features that are off. */
interface Changes {
  cidr?: string | undefined
  features?: Readonly<Record<string, boolean>>
}

/** Settings of the network of an environment, derived from its range: `vnetCidr`, `subnets` and `namedSubnets`. */
export function networkSettings(table: NetworkTable, env: string, { cidr: own, features = {} }: Changes = {}) {
  const cidr = own ?? (Object.hasOwn(table.addresses, env) ? table.addresses[env] : undefined)
  if (cidr === undefined) throw itemManifest('network table', `there are no addresses for ${env}`)
  const fault = rangeFault(table, cidr)
  if (fault !== undefined) throw itemManifest('network table', `${env}: ${fault}`)
  const base = readRange(cidr)?.from ?? 0
  const at = (number: number, bits: number): string => `${addressOf(base + number * 256)}/${bits}`
  const places = new Map(table.subnets.map(({ name, number }) => [name, at(number, 24)]))
  const subnets = table.subnets.map(({ name, number, purpose, allow }) => ({
    name,
    cidr: at(number, 24),
    purpose,
    allow: allow
      .filter(({ when }) => when === undefined || features[when] !== false)
      .map((rule, index) => ({
        name: rule.name,
        priority: 100 + 10 * index,
        from: places.get(rule.from) ?? rule.from,
        to: at(number, 24),
        ports: rule.ports,
      })),
  }))
  const named = Object.entries(table.named).map(([what, one]) => [what, { name: one.name, cidr: at(one.number, 26) }])
  return { vnetCidr: cidr, subnets, namedSubnets: Object.fromEntries(named) }
}

/** The first two environments that share addresses, in words; undefined when there are none. */
export function sharedAddresses(addresses: Readonly<Record<string, string>>): string | undefined {
  const ranges = Object.entries(addresses).map(([env, cidr]) => ({ env, cidr, range: readRange(cidr) }))
  for (const [index, one] of ranges.entries()) {
    const clash = ranges.slice(index + 1).find(({ range }) => range && one.range && overlap(one.range, range))
    if (clash) return `${one.env} (${one.cidr}) and ${clash.env} (${clash.cidr}) share addresses`
  }
  return undefined
}
