import { bytesText } from '../model/bytes-text.ts'
import type { Details } from '../marketplace.ts'
import { EXIT } from '../model/errors.ts'
import type { Dependency, Listing, Release } from '../model/listing.ts'
import { sourceOf, troubleOf, versionText } from './answers.ts'
import type { Command, CommandContext } from './command.ts'
import { isUnverified, markedType } from '../model/registry-mark.ts'
import { answer, printTable, say, sayText, strong, warn, withProgress } from './output.ts'
import { askingOf } from './search.ts'
import { textOf, type Values } from './values.ts'
import { ageText } from './words.ts'

const VERSION_OPTION = { flag: '--version', value: 'VERSION', summary: 'this version instead of the newest' } as const
const ITEM = { name: 'id', summary: 'a name, or registry/name', isRequired: true, completes: 'item' } as const

async function detailsOf(
  context: CommandContext,
  args: readonly string[],
  values: Values,
  isShown = false,
): Promise<Details> {
  const [id = ''] = args
  const at = id.lastIndexOf('@')
  const version = textOf(values, 'version') ?? (at > 0 ? id.slice(at + 1) : undefined)
  const details = await withProgress(context, `Asking for ${id} ...`, async () =>
    (await context.market()).details(at > 0 ? id.slice(0, at) : id, {
      ...askingOf(context),
      isShown,
      ...(version === undefined ? {} : { version }),
    }),
  )
  for (const trouble of troubleOf(details.sources)) warn(context, trouble)
  return details
}

export const show: Command = {
  name: 'show',
  summary: 'show everything about one item',
  description:
    'Prints all that the registries say about an item: where it is from, its licence, figures, versions, dependencies, what it needs and which scripts it carries. A name that several registries know is shown from the leading one; registry/name is exact.',
  examples: [
    { line: 'souk show azure-event-driven', text: 'one item for reading' },
    { line: 'souk show official/web-app --version 1.2.0 --json', text: 'one version as JSON' },
  ],
  arguments: [ITEM],
  options: [VERSION_OPTION],
  exits: [EXIT.unreachable, EXIT.auth],
  seeAlso: ['versions', 'deps', 'install'],
  module: 'search',
  async run(context, args, values) {
    const details = await detailsOf(context, args, values, true)
    const { listing, offers, installation, state, ageMs } = details
    const value = {
      ...listing,
      version: listing.version ?? null,
      registries: [...new Set([listing, ...offers].map((offer) => offer.registry))],
      offers: offers.map(({ id, registry, version }) => ({ id, registry, version: version ?? null })),
      installed: installation !== undefined,
      installation,
      state,
      cached: state !== 'fresh',
      ageMs,
      ...(state === 'stale' ? { staleMs: ageMs } : {}),
      sources: details.sources.map(sourceOf),
    }
    answer(context, value, () => printDetails(context, details))
  },
}

/** Label and text of every fact of a listing that is known. */
function factsOf({ listing, offers, installation, state, ageMs }: Details): [string, string][] {
  const score = listing.score === undefined ? '' : String(listing.score)
  const count = listing.ratingCount === undefined ? '' : ` of 5 (${listing.ratingCount})`
  const known: [string, string | undefined][] = [
    ['Title', listing.title === listing.name ? '' : listing.title],
    ['Kind', listing.kind],
    ['Version', versionText(listing)],
    ['Installed', installation ? (installation.version ?? 'yes') : 'no'],
    ['From', `${listing.registry} (${markedType(listing.registryType)}${isUnverified(listing) ? ', unverified' : ''})`],
    [
      'Also in',
      offers
        .filter((offer) => offer.id !== listing.id)
        .map((offer) => offer.id)
        .join(', '),
    ],
    ['Answer', state === 'fresh' ? 'fresh' : `${state}, ${ageText(ageMs)} old`],
    ['Author', listing.author],
    ['License', listing.license],
    ['Verified', listing.verified === undefined ? '' : `${listing.verified ? 'yes' : 'no'}, says ${listing.registry}`],
    ['Categories', listing.categories.join(', ')],
    ['Tags', listing.tags.join(', ')],
    ['Services', listing.services.join(', ')],
    ['Languages', listing.languages.join(', ')],
    ['Updated', listing.updatedAt],
    ['Downloads', listing.downloads?.toString()],
    ['Rating', listing.rating === undefined ? '' : `${listing.rating}${count}`],
    ['Score', score],
    ['Badges', listing.badges.join(', ')],
    ['Scan', scanText(listing)],
    ['Homepage', listing.homepage],
    ['Repository', listing.repository],
  ]
  return known.filter((fact): fact is [string, string] => Boolean(fact[1]))
}

/** What the registry says of a security scan: status, score, day and findings. */
function scanText({ scan }: Listing): string {
  if (!scan) return 'not scanned'
  const findings = Object.entries(scan.findings).map(([severity, count]) => `${count} ${severity}`)
  const parts = [
    scan.status,
    scan.score === undefined ? undefined : `score ${scan.score}`,
    findings.length > 0 ? findings.join(', ') : undefined,
    scan.scannedAt,
  ]
  return parts.filter(Boolean).join('; ') || 'not scanned'
}

function printDetails(context: CommandContext, details: Details): void {
  const { listing } = details
  const release = releaseOf(listing)
  say(context, strong(context, listing.id))
  if (listing.description) sayText(context, listing.description)
  say(context)
  for (const [label, text] of factsOf(details)) sayText(context, text, label.padEnd(12))
  const part = (title: string, lines: readonly string[]): void => {
    if (lines.length === 0) return
    say(context)
    say(context, strong(context, title))
    for (const line of lines) sayText(context, line, '  ')
  }
  part(
    'Versions',
    listing.releases.slice(0, 10).map((one) => `${one.version}  ${one.publishedAt ?? ''}`.trimEnd()),
  )
  if (listing.releases.length > 10)
    say(context, `  and ${listing.releases.length - 10} more: souk versions ${listing.id}`)
  part(
    'Dependencies',
    (release?.dependencies ?? []).map((one) => `${one.name} ${one.range}`),
  )
  const required = (release?.requires ?? []).map((one) => `${one.name} ${one.range}`)
  part('Requires', required)
  // A shape may tell what a release requires among the needs as well, for where there are no releases.
  part(
    'Needs',
    listing.needs.flatMap((one) => (required.includes(one.text) ? [] : [`${one.label}: ${one.text}`])),
  )
  part('Capabilities', release?.capabilities ?? [])
  part(
    'Scripts (never run at install)',
    listing.scripts.map((one) => `${one.label}: ${one.text}`),
  )
  part('Readme', listing.readme ? listing.readme.split('\n') : [])
}

const releaseOf = (listing: Listing): Release | undefined =>
  listing.releases.find((release) => release.version === listing.version) ?? listing.releases[0]

const sizeOf = (release: Release): number | undefined =>
  release.artifacts.map((artifact) => (artifact.form === 'archive' ? artifact.size : undefined)).find(Boolean)

export const versions: Command = {
  name: 'versions',
  summary: 'list the versions of an item',
  description:
    'Lists the versions a registry has of an item, newest first, with the day and size where they are known.',
  examples: [{ line: 'souk versions microsoft.foundry', text: 'newest first' }],
  arguments: [ITEM],
  options: [],
  exits: [EXIT.unreachable, EXIT.auth],
  seeAlso: ['show', 'deps'],
  module: 'search',
  async run(context, args, values) {
    const { listing } = await detailsOf(context, args, values)
    const rows = listing.releases.map((one) => ({
      version: one.version,
      publishedAt: one.publishedAt,
      bytes: sizeOf(one),
      dependencies: one.dependencies.length,
    }))
    answer(context, { id: listing.id, versions: rows }, () => {
      if (rows.length === 0) say(context, `${listing.registry} names no versions of ${listing.name}.`)
      else
        printTable(context, rows, [
          { title: 'VERSION', of: (row) => row.version, give: 1 },
          { title: 'PUBLISHED', of: (row) => row.publishedAt ?? '-', give: 3 },
          {
            title: 'SIZE',
            of: (row) => (row.bytes === undefined ? '-' : bytesText(row.bytes)),
            align: 'right',
            give: 4,
          },
          { title: 'DEPENDENCIES', of: (row) => String(row.dependencies), align: 'right', give: 5 },
        ])
    })
  },
}

export const deps: Command = {
  name: 'deps',
  summary: 'list what an item depends on',
  description:
    'Lists the direct dependencies an item names, and the host programs it requires. "souk install ID --dry-run" shows the whole resolved plan.',
  examples: [{ line: 'souk deps microsoft.foundry', text: 'names and ranges' }],
  arguments: [ITEM],
  options: [VERSION_OPTION],
  exits: [EXIT.unreachable, EXIT.auth],
  seeAlso: ['show', 'install'],
  module: 'search',
  async run(context, args, values) {
    const { listing } = await detailsOf(context, args, values)
    const release = releaseOf(listing)
    const dependencies: Dependency[] = release?.dependencies ?? []
    const requires = release?.requires ?? []
    answer(context, { id: listing.id, version: release?.version ?? null, dependencies, requires }, () => {
      const rows = [
        ...dependencies.map((one) => ({ ...one, what: one.optional ? 'optional item' : 'item' })),
        ...requires.map((one) => ({ ...one, what: 'host program' })),
      ]
      if (rows.length === 0) say(context, `${listing.id} depends on nothing.`)
      else
        printTable(context, rows, [
          { title: 'NAME', of: (row) => row.name, give: 1, least: 12 },
          { title: 'RANGE', of: (row) => row.range, give: 2 },
          { title: 'WHAT', of: (row) => row.what, give: 3 },
        ])
    })
  },
}
