import { DESCRIPTION_CHARS, withoutEnd } from '../../model/text.ts'
import type { Artifact, Dependency, Listing, ScanClaim } from '../../model/listing.ts'
import { isEntry, Members, digestOf, mustSlug, slugOf } from './members.ts'
import { known, makeListing } from './shape.ts'
import type { ShapeContext } from './shape.ts'

const KNOWN =
  'name title version kind description long_description author maintainer license tags keywords category categories services languages last_updated download_url size sha256 checksum integrity dependencies marketplace versions source_url documentation_url requires capabilities needs scripts'.split(
    ' ',
  )

function artifactOf(data: Members, address: string): Artifact[] {
  const url = data.text('download_url', 4000)
  if (url === undefined) return []
  const digests = [data.text('sha256', 200), data.text('checksum', 200), data.text('integrity', 200)]
    .map((text) => digestOf(text))
    .filter((one) => one !== undefined)
  const base = `${withoutEnd(address, '/').replace(/\/api\/v1$/, '')}/`
  return [{ form: 'archive', url: new URL(url, base).href, digests, ...known({ size: data.count('size') }) }]
}

const dependenciesOf = (data: Members): Dependency[] =>
  data.list('dependencies', 500).map((one) => {
    const members = new Members(one, data.where)
    return {
      name: members.must('name', 200),
      range: members.text('version', 200) ?? '*',
      ...known({
        source: members.text('source', 200),
        kind: members.text('type', 60),
        optional: members.flag('optional'),
      }),
    }
  })

function scanOf(data: Members): ScanClaim | undefined {
  if (!data.has('security_scan')) return undefined
  const scan = data.part('security_scan')
  const findings: Record<string, number> = {}
  for (const finding of Array.isArray(scan.entry['findings']) ? scan.list('findings', 1000) : []) {
    const severity = slugOf(new Members(finding, data.where).text('severity', 40) ?? 'unknown') ?? 'unknown'
    findings[severity] = (findings[severity] ?? 0) + 1
  }
  return {
    findings,
    ...known({ status: scan.text('status', 100), scannedAt: scan.date('scan_date'), score: scan.count('score') }),
  }
}

/** Badges are words, or objects with a label or a type. */
const badgesOf = (data: Members): string[] =>
  data
    .list('badges', 50)
    .map((one) => {
      const members = isEntry(one) ? new Members(one, data.where) : new Members({ label: one }, data.where)
      return members.text('label', 100) ?? members.text('type', 100) ?? ''
    })
    .filter(Boolean)

const labelled = (data: Members, field: string): { label: string; text: string }[] =>
  data.list(field, 200).map((one) => {
    const members = new Members(one, data.where)
    return { label: members.must('label', 200), text: members.lines('text', 20_000) ?? '' }
  })

const requiresOf = (data: Members): { name: string; range: string }[] =>
  data.list('requires', 100).map((one) => {
    const members = new Members(one, data.where)
    return { name: members.must('name', 200), range: members.text('range', 200) ?? '*' }
  })

/** Two lists of words as one without repeats; mostly there is one of them. */
const bothOf = (a: string[], b: string[]): string[] =>
  b.length === 0 ? a : a.length === 0 ? b : [...new Set([...a, ...b])]

/** One entry of the wire as a listing. What a registry says of itself is kept as its word. Throws `item.manifest`. */
export function restEntry(value: unknown, where: string, context: ShapeContext): Listing {
  const data = new Members(value, where)
  data.wireText('name')
  const named = data.must('name', 200)
  const market = data.part('marketplace')
  const version = data.text('version', 100)
  const updatedAt = data.date('last_updated')
  return makeListing(context, {
    kind: data.text('kind', 60) ?? 'template',
    name: mustSlug(named, where),
    title: data.text('title', 300) ?? named,
    description: data.wireText('description', DESCRIPTION_CHARS) ?? '',
    categories: bothOf(data.words('category'), data.words('categories')),
    tags: bothOf(data.words('tags'), data.words('keywords')),
    services: data.words('services'),
    languages: data.words('languages'),
    badges: badgesOf(market),
    needs: labelled(data, 'needs'),
    scripts: labelled(data, 'scripts'),
    releases: [
      {
        version: version ?? '',
        dependencies: dependenciesOf(data.has('dependencies') ? data : market),
        artifacts: artifactOf(data, context.address),
        requires: requiresOf(data),
        capabilities: data.words('capabilities'),
        ...known({ publishedAt: updatedAt }),
      },
    ],
    extra: data.extra(KNOWN),
    ...known({
      version,
      updatedAt,
      readme: data.lines('long_description'),
      author: data.text('author', 200) ?? data.text('maintainer', 200) ?? market.text('publisher', 200),
      license: data.text('license', 200) ?? market.text('license', 200),
      homepage: data.text('documentation_url') ?? market.text('documentation_url'),
      repository: data.text('source_url') ?? market.text('source_url'),
      downloads: market.count('downloads'),
      rating: market.count('rating'),
      ratingCount: market.count('rating_count'),
      verified: market.flag('verified'),
      scan: scanOf(market),
    }),
  })
}

/** Versions an entry names besides its own: texts, or objects with a version. */
export const versionsOf = (value: unknown): string[] => {
  if (!isEntry(value) || !Array.isArray(value['versions'])) return []
  return value['versions']
    .slice(0, 500)
    .map((one: unknown) => (isEntry(one) ? one['version'] : one))
    .filter((one) => typeof one === 'string')
}
