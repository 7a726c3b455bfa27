import { createHash } from 'node:crypto'
import { z } from 'zod'
import { itemManifest } from '../../model/errors.ts'
import { nameRule } from './name-rules.ts'
import { uniqueText } from './seeded.ts'

/** Patterns of the names of resources, by what they are called in layers and text files. */
export const namesSchema = z.strictObject({
  /** The parameter that stands for {prefix}. */
  prefix: z.string(),
  names: z.record(
    z.string(),
    z.strictObject({
      type: z.string().regex(/^[A-Za-z]+\.[A-Za-z]+(\/[A-Za-z]+)+$/),
      pattern: z.string(),
      /** A list of texts, or of things with a name: one name is made for each, with {item}. */
      each: z.string().optional(),
    }),
  ),
})
export type NameTable = z.infer<typeof namesSchema>

/** A name, or names by item. */
export type Names = Record<string, string | Record<string, string>>

interface NameFacts {
  /** Of the template. */
  id: string
  env: string
  seed: string
  parameters: Record<string, unknown>
  /** Where lists are looked for: `shared.workers` is the member `workers` of the member `shared`. */
  lists: Record<string, unknown>
}

/** The entries of a list by their names. Throws `item.manifest` when there is no such list. */
function itemsOf(path: string, lists: Record<string, unknown>): string[] {
  let at: unknown = lists
  for (const part of path.split('.')) {
    at =
      typeof at === 'object' && at !== null && Object.hasOwn(at, part)
        ? (at as Record<string, unknown>)[part]
        : undefined
  }
  const names = Array.isArray(at)
    ? at.map((one: unknown) => (typeof one === 'object' && one !== null ? (one as { name?: unknown }).name : one))
    : []
  if (!Array.isArray(at) || !names.every((one) => typeof one === 'string')) {
    throw itemManifest('names table', `"${path}" is no list of things with names`)
  }
  return names
}

/** A GUID that depends on the words alone (version 8 of RFC 9562: made from a hash). */
function guidOf(words: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(words)).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** Why Azure would not take a name; undefined when it would. */
function faultOf(name: string, type: string): string | undefined {
  const rule = nameRule(type)
  if (!rule) throw itemManifest('names table', `nothing is known of names of ${type}`)
  const { least, most, pattern, words } = rule
  if (name.length < least || name.length > most) {
    return `"${name}" has ${name.length} characters; ${type} takes ${least === most ? least : `${least} to ${most}`}.`
  }
  return pattern.test(name) ? undefined : `"${name}" is no name for ${type}, which takes ${words}.`
}

/** Every name of one environment, and what is wrong with them in sentences: too long, not allowed, or twice. */
export function computeNames(table: NameTable, facts: NameFacts): { names: Names; problems: string[] } {
  const { id, env, seed, parameters, lists } = facts
  const prefix = parameters[table.prefix]
  if (typeof prefix !== 'string') throw itemManifest('names table', `there is no text parameter "${table.prefix}"`)
  const words = [id, prefix, env, seed]
  const unique = uniqueText(6, 'name', ...words)
  const taken = new Map<string, string>()
  const problems: string[] = []
  const make = (kind: string, { pattern, type }: NameTable['names'][string], item = ''): string => {
    const values: Record<string, string> = { prefix, env, item, unique, guid: guidOf([kind, item, ...words]) }
    const name = pattern.replaceAll(/\{(\w+)\}/g, (whole, slot: string) => values[slot] ?? whole)
    const fault = faultOf(name, type)
    if (fault !== undefined) problems.push(`${env}: ${fault}`)
    const key = `${type}/${name}`.toLowerCase()
    if (taken.has(key))
      problems.push(`${env}: "${name}" would be the name of two resources, ${taken.get(key)} and ${kind}.`)
    taken.set(key, kind)
    return name
  }
  const names = Object.entries(table.names).map(([kind, one]): [string, Names[string]] => {
    if (one.each === undefined) return [kind, make(kind, one)]
    return [kind, Object.fromEntries(itemsOf(one.each, lists).map((item) => [item, make(kind, one, item)]))]
  })
  return { names: Object.fromEntries(names), problems }
}
