import { itemManifest } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import type { Digest } from '../../model/listing.ts'
import { harmless, harmlessLines, withoutEnd } from '../../model/text.ts'

/** One entry of a registry, wire names and all. Members are read through the functions below, never trusted. */
export type Entry = Record<string, unknown>

const fault = (where: string, field: string, wanted: string): Error =>
  itemManifest(where, `"${harmless(field, 60)}" is not ${wanted}`, { field })

export const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Up to so many words are compared one by one. */
const FEW_WORDS = 16

/** Reads members of one entry; a member of a wrong type throws `item.manifest`, a missing or null one is unknown. */
export class Members {
  readonly entry: Entry
  readonly where: string
  constructor(value: unknown, where: string) {
    if (!isEntry(value)) throw itemManifest(where, 'is not an object')
    this.entry = value
    this.where = where
  }

  private own(field: string): unknown {
    return Object.hasOwn(this.entry, field) ? (this.entry[field] ?? undefined) : undefined
  }

  /** One line of text, harmless; numbers are taken as text (YAML reads `1.0` so). Empty text is unknown. */
  text(field: string, max: number = OUTSIDE.lineChars): string | undefined {
    const value = this.own(field)
    if (value === undefined) return undefined
    if (typeof value === 'number') return String(value)
    if (typeof value !== 'string') throw fault(this.where, field, 'text')
    return harmless(value, max).trim() || undefined
  }

  /** Text of a wire that tells texts from numbers: a number is the entry's fault. */
  wireText(field: string, max: number = OUTSIDE.lineChars): string | undefined {
    if (typeof this.own(field) === 'number') throw fault(this.where, field, 'text')
    return this.text(field, max)
  }

  /** Text that keeps its lines. */
  lines(field: string, max: number = OUTSIDE.textChars): string | undefined {
    const value = this.own(field)
    if (value === undefined) return undefined
    if (typeof value !== 'string') throw fault(this.where, field, 'text')
    return harmlessLines(value, max).trimEnd() || undefined
  }

  /** Text that must be there. */
  must(field: string, max: number = OUTSIDE.lineChars): string {
    const value = this.text(field, max)
    if (value === undefined) throw itemManifest(this.where, `has no ${field}`, { field })
    return value
  }

  /** A finite number of zero or more; unknown when missing. */
  count(field: string): number | undefined {
    const value = this.own(field)
    if (value === undefined) return undefined
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) throw fault(this.where, field, 'a number')
    return value
  }

  flag(field: string): boolean | undefined {
    const value = this.own(field)
    if (value === undefined) return undefined
    if (typeof value !== 'boolean') throw fault(this.where, field, 'true or false')
    return value
  }

  /** ISO time; a date nobody can read is unknown. */
  date(field: string): string | undefined {
    const value = this.text(field, 60)
    const at = value === undefined ? Number.NaN : Date.parse(value)
    return Number.isNaN(at) ? undefined : new Date(at).toISOString()
  }

  /** Words: a list of texts, one text, or a map, whose entries read `key:value`. No repeats. */
  words(field: string): string[] {
    const value = this.own(field)
    if (value === undefined) return []
    const texts = Array.isArray(value)
      ? value
      : isEntry(value)
        ? Object.entries(value).map(([key, text]) => `${key}:${String(text)}`)
        : [value]
    // Asked for several times for every entry of every answer: most hold few words or one.
    const words: string[] = []
    const isLong = texts.length > FEW_WORDS
    for (let at = 0; at < texts.length && at < OUTSIDE.words; at++) {
      const one: unknown = texts[at]
      if (typeof one !== 'string' && typeof one !== 'number') throw fault(this.where, field, 'a list of words')
      const word = harmless(String(one), 200).trim()
      if (word !== '' && (isLong || !words.includes(word))) words.push(word)
    }
    return isLong ? [...new Set(words)] : words
  }

  /** A list of anything, at most `max` long. */
  list(field: string, max: number = OUTSIDE.listEntries): unknown[] {
    const value = this.own(field)
    if (value === undefined) return []
    if (!Array.isArray(value)) throw fault(this.where, field, 'a list')
    return value.slice(0, max)
  }

  /** A nested entry, empty when missing. */
  part(field: string): Members {
    const value = this.own(field)
    if (value !== undefined && !isEntry(value)) throw fault(this.where, field, 'an object')
    return new Members(value ?? {}, this.where)
  }

  has(field: string): boolean {
    return this.own(field) !== undefined
  }

  /** Members not in `known`, bounded in number and size, safe to keep and to show. */
  extra(known: readonly string[]): Record<string, unknown> {
    const kept = emptyMap<unknown>()
    let budget: number = OUTSIDE.extraBytes
    for (const key of Object.keys(this.entry).slice(0, 200)) {
      if (known.includes(key) || key === '__proto__') continue
      const sealed = sealValue(this.entry[key], 4)
      budget -= key.length + (JSON.stringify(sealed) ?? '').length
      if (budget < 0) break
      kept[harmless(key, 100)] = sealed
    }
    return kept
  }
}

const emptyMap = <T>(): Record<string, T> => Object.create(null) as Record<string, T>

/** A value from outside made harmless to any depth; what is deeper or longer than sensible is left out. */
function sealValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return harmless(value, OUTSIDE.lineChars)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (depth === 0 || typeof value !== 'object') return undefined
  if (Array.isArray(value)) return value.slice(0, 100).map((one) => sealValue(one, depth - 1))
  const sealed = emptyMap<unknown>()
  for (const [key, one] of Object.entries(value ?? {}).slice(0, 100))
    if (key !== '__proto__') sealed[harmless(key, 100)] = sealValue(one, depth - 1)
  return sealed
}

const SLUG_CHARS = 90
/** What is a strict name already, as most are. */
const SLUG = /^[a-z0-9](?:[a-z0-9._]|-(?!-))*(?<![-.])$/

/** A strict machine name out of any text (the pattern of every id of ours), or undefined when nothing is left. */
export function slugOf(text: string): string | undefined {
  if (SLUG.test(text) && text.length <= SLUG_CHARS) return text
  const slug = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/-{2,}/g, '-')
    .replace(/^[-._]+/, '')
    .slice(0, SLUG_CHARS)
  return withoutEnd(slug, '-.') || undefined
}

/** The slug, or an `item.manifest` error for text that leaves none. */
export function mustSlug(text: string, where: string): string {
  const slug = slugOf(text)
  if (slug === undefined) throw itemManifest(where, `"${harmless(text, 60)}" makes no usable name`)
  return slug
}

const LENGTH = { sha256: 64, sha384: 96, sha512: 128 } as const

/** A digest in hex, or `sha256:hex`, or `sha256-base64`; undefined when it is none of these. */
export function digestOf(text: string | undefined, algorithm = 'sha256'): Digest | undefined {
  const match = /^(?:(sha256|sha384|sha512)([:-]))?(.+)$/i.exec(text?.trim() ?? '')
  if (!match) return undefined
  const name = (match[1] ?? algorithm).toLowerCase()
  if (!(name in LENGTH)) return undefined
  const known = name as keyof typeof LENGTH
  const value =
    match[2] === '-' ? Buffer.from(match[3] ?? '', 'base64').toString('hex') : (match[3] ?? '').toLowerCase()
  return /^[0-9a-f]+$/.test(value) && value.length === LENGTH[known] ? { algorithm: known, value } : undefined
}
