/** Which API versions a resource type has. */
export interface ApiVersionTable {
  /** The moment the table was made, ms since 1970; versions after it are unknown to it. */
  readonly madeAt: number
  /** Where it is from; `shipped` when it came with the program. */
  readonly source: string
  /** How many types it knows. */
  readonly size: number
  /** Versions of a type (any case), in lower case; undefined for an unknown type. */
  versionsOf(type: string): readonly string[] | undefined
}

/** A table from plain data: type names to versions. */
export function apiVersionTable(
  types: Iterable<readonly [string, readonly string[]]>,
  made: { madeAt: number; source?: string },
): ApiVersionTable {
  const known = new Map<string, readonly string[]>()
  for (const [type, versions] of types) known.set(type.toLowerCase(), versions)
  const { madeAt, source = 'shipped' } = made
  return { madeAt, source, size: known.size, versionsOf: (type) => known.get(type.toLowerCase()) }
}

export type ApiVerdict = 'fine' | 'unknown' | 'stop' | 'previewNotRecent' | 'previewHasRelease' | 'outOfDate'

const DAY_MS = 86_400_000
const DATE = /\d{4}-\d{2}-\d{2}/
const hasSuffix = (version: string): boolean => version.split('-').length > 3
const withoutSuffix = (version: string): string => version.split('-').slice(0, 3).join('-')

/** The date inside a version, if any. */
export const dateIn = (version: string): string | undefined => DATE.exec(version)?.[0]

/** Versions of a type, or of the nearest type above it that is known, newest first (as strings sort). */
export function versionsNear(table: ApiVersionTable, type: string): string[] | undefined {
  for (let name = type; name; name = name.slice(0, Math.max(0, name.lastIndexOf('/')))) {
    const versions = table.versionsOf(name)
    if (versions)
      return versions.map((version) => version.toLowerCase()).toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))
  }
  return undefined
}

/**
 * Judges one version of a type as the toolkit does. `stop` is the toolkit's way of saying "the newest release,
 * though old": it ends its whole rule there, we only pass over the resource.
 */
export function judgeVersion(
  version: string,
  versions: readonly string[],
  now: number,
  maxAgeDays: number,
): ApiVerdict {
  const wanted = version.toLowerCase()
  const index = versions.indexOf(wanted)
  if (hasSuffix(wanted)) {
    if (index > 0 && versions.slice(0, index).some((earlier) => !hasSuffix(earlier))) return 'previewNotRecent'
    if (index === 0 && versions[1] === withoutSuffix(wanted)) return 'previewHasRelease'
  }
  const date = Date.parse(`${dateIn(wanted) ?? ''}T00:00:00Z`)
  if (index > 0 && now - date > maxAgeDays * DAY_MS) {
    if (index === 1 && withoutSuffix(versions[0] ?? '') === wanted) return 'fine'
    return versions.find((one) => !one.includes('preview')) === wanted ? 'stop' : 'outOfDate'
  }
  return index < 0 ? 'unknown' : 'fine'
}
