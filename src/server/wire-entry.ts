import type { Listing } from '../model/listing.ts'

const sum = (counts: Partial<Record<string, number>>): { severity: string }[] =>
  Object.entries(counts).flatMap(([severity, count]) => Array.from({ length: count ?? 0 }, () => ({ severity })))

/** The registry's own word on an item. */
const marketplaceOf = (listing: Listing): Record<string, unknown> => ({
  publisher: listing.author,
  downloads: listing.downloads,
  rating: listing.rating,
  rating_count: listing.ratingCount,
  verified: listing.verified,
  badges: listing.badges.map((label) => ({ label })),
  security_scan: listing.scan && {
    status: listing.scan.status,
    scan_date: listing.scan.scannedAt,
    score: listing.scan.score,
    findings: sum(listing.scan.findings),
  },
})

/** One release of a listing as the wire entry. What is unknown is left out, never zero. */
export function wireEntry(
  listing: Listing,
  version: string | undefined,
  packed?: { sha256: string; size: number },
): Record<string, unknown> {
  const release =
    listing.releases.find((one) => one.version === (version ?? listing.version ?? '')) ?? listing.releases[0]
  const shown = release?.version ?? ''
  const path = `templates/${encodeURIComponent(listing.name)}/download`
  const entry = {
    name: listing.name,
    title: listing.title,
    version: shown || undefined,
    kind: listing.kind,
    description: listing.description,
    long_description: listing.readme,
    author: listing.author,
    license: listing.license,
    tags: listing.tags,
    category: listing.categories,
    services: listing.services,
    languages: listing.languages,
    last_updated: release?.publishedAt ?? listing.updatedAt,
    source_url: listing.repository,
    documentation_url: listing.homepage,
    download_url:
      release && release.artifacts.length > 0
        ? `api/v1/${path}${shown ? `?version=${encodeURIComponent(shown)}` : ''}`
        : undefined,
    sha256: packed?.sha256,
    size: packed?.size,
    versions: listing.releases.map((one) => one.version).filter(Boolean),
    dependencies:
      release?.dependencies.map(({ name, range, source, kind, optional }) => ({
        name,
        version: range,
        source,
        type: kind,
        optional,
      })) ?? [],
    requires: release?.requires ?? [],
    capabilities: release?.capabilities ?? [],
    needs: listing.needs,
    scripts: listing.scripts,
    marketplace: marketplaceOf(listing),
  }
  return JSON.parse(JSON.stringify(entry)) as Record<string, unknown>
}
