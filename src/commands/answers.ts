import { hasTrouble, type Catalog, type Row, type Source } from '../model/catalog.ts'
import { EXIT, type ExitCode } from '../model/errors.ts'
import type { Listing } from '../model/listing.ts'
import { BUILTIN } from '../model/registry-entry.ts'
import { ageText } from './words.ts'

interface ResultFacts {
  sources: readonly Source[]
  isExplained: boolean
  /** Now, ms. */
  now: number
}

/** A row as `--json` prints it. Unknown facts are left out, only `version` is null: scripts may rely on the member. */
function resultOf(row: Row, { sources, isExplained, now }: ResultFacts): Record<string, unknown> {
  const { listing } = row
  const source = sources.find((one) => one.registry === listing.registry)
  return {
    id: listing.id,
    kind: listing.kind,
    name: listing.name,
    title: listing.title,
    version: listing.version ?? null,
    description: listing.description,
    registry: listing.registry,
    registryType: listing.registryType,
    registries: [...new Set(row.offers.map((offer) => offer.registry))],
    author: listing.author,
    license: listing.license,
    tags: listing.tags,
    categories: listing.categories,
    services: listing.services,
    languages: listing.languages,
    updatedAt: listing.updatedAt,
    downloads: listing.downloads,
    rating: listing.rating,
    ratingCount: listing.ratingCount,
    score: listing.score,
    verified: listing.verified,
    badges: listing.badges,
    installed: row.installed,
    installedVersion: row.installedVersion,
    fetchedAt: new Date(now - (source?.ageMs ?? 0)).toISOString(),
    fromCache: source?.ageMs !== undefined,
    stale: row.staleMs !== undefined,
    staleMs: row.staleMs,
    ...(isExplained ? { relevance: row.score, reasons: row.reasons } : {}),
  }
}

/** How one registry fared, as `--json` prints it; `error` is what went wrong, also where an older answer stands in. */
export function sourceOf(source: Source): Record<string, unknown> {
  const { registryType, fault, ...rest } = source
  const { registry, code, reason: message, hint } = source
  const error = code === undefined ? {} : { error: { type: fault, registry, message, code, hint } }
  return { ...rest, type: registryType, ...error }
}

export type ViewMode = 'list' | 'grid' | 'detailed'

/** Whether every registry that is on was answered for by the cache; our own goods are looked at each time. */
function isCached(sources: readonly Source[]): boolean {
  const asked = sources.filter((source) => source.state !== 'disabled' && source.registry !== BUILTIN)
  return asked.length > 0 && asked.every((source) => source.ageMs !== undefined)
}

/** The whole answer to a search: query, results, facets, recommendations, pagination, sort options, view mode, sources. */
export function searchAnswer(
  catalog: Catalog,
  viewMode: ViewMode,
  { isExplained, now }: Omit<ResultFacts, 'sources'>,
): Record<string, unknown> {
  const { query, rows, total, sources } = catalog
  const pageSize = query.limit === 0 ? Math.max(total, 1) : query.limit
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const page = Math.floor(query.offset / pageSize) + 1
  return {
    query,
    results: rows.map((row) => resultOf(row, { sources, isExplained, now })),
    facets: catalog.facets,
    recommendations: (catalog.nothing?.nearest ?? []).map((name) => ({ name, reason: 'nearest name' })),
    pagination: {
      page,
      pageSize: query.limit,
      pages,
      offset: query.offset,
      total,
      totalUnfiltered: catalog.totalUnfiltered,
      hasNext: query.offset + rows.length < total,
      hasPrevious: query.offset > 0,
    },
    sortOptions: catalog.sorts.map((sort) => ({ ...sort, selected: sort.id === query.sort })),
    viewMode,
    // Whether nobody had to be asked: an empty list may be what was kept, or what was just answered.
    cached: isCached(sources),
    sources: sources.map(sourceOf),
    nothing: catalog.nothing,
  }
}

/** The sources that did not answer anew or whole, as sentences. Those with an age still answered from the cache. */
export function troubleOf(sources: readonly Source[]): string[] {
  return sources.filter(hasTrouble).map((source) => {
    const state = source.state === 'fresh' ? 'in part' : source.state
    const age = source.ageMs === undefined ? '' : `, answered from the cache (${ageText(source.ageMs)} old)`
    const why = source.reason ? `: ${source.reason}` : ''
    return `${source.registry}: ${state}${age}${why}${source.hint ? ` ${source.hint}` : ''}`
  })
}

export const hasFailed = (source: Source): boolean => source.state === 'failed' || source.state === 'unauthorised'

/** Whether a registry that was asked did not answer, be there a cached answer or not: what --strict ends on. */
export const hasFaltered = (source: Source): boolean =>
  hasFailed(source) || (source.code !== undefined && source.code !== 'registry.offline')

/**
 * How a search ends. Nothing found while no registry of the settings answered is no answer: 4 when all of them
 * refused, else 3. With `--strict` one that failed is enough. Where registries were named, only those count.
 */
export function exitOf({ query, sources, total }: Catalog, isStrict: boolean): ExitCode {
  const named = query.filters.registry ?? []
  const meant = named.length === 0 ? sources : sources.filter(({ registry }) => named.includes(registry))
  if (isStrict && meant.some(hasFaltered)) return EXIT.unreachable
  const asked = meant.filter(({ registry, state }) => registry !== BUILTIN && state !== 'disabled')
  const isSilent = asked.every((source) => source.state !== 'fresh' && hasTrouble(source) && source.ageMs === undefined)
  if (total > 0 || asked.length === 0 || !isSilent) return EXIT.ok
  return asked.every((source) => source.state === 'unauthorised') ? EXIT.auth : EXIT.unreachable
}

/** A version with a word for none. */
export const versionText = (listing: Pick<Listing, 'version'>): string => listing.version ?? '-'
