import { wrap } from '../src/model/cells.ts'
import { markOf, trustWord } from '../src/model/registry-mark.ts'
import type { Row } from '../src/model/catalog.ts'
import { qualityWords } from '../components/badge.ts'
import { fill, line } from '../components/line.ts'
import type { Theme } from '../components/theme.ts'
import { countWord, durationWord, UNKNOWN } from '../components/words.ts'
import { stateWord } from '../components/listing-row.ts'

const SOME_VERSIONS = 5

/** What is known of a row without asking again: the pane beside or below a list. */
export function previewLines(theme: Theme, width: number, height: number, row: Row | undefined): string[] {
  if (!row) return fill([], width, height)
  const { listing } = row
  const room = Math.max(1, width - 2)
  const fact = (label: string, text: string | undefined): string =>
    line(theme, width, [{ text: ` ${label.padEnd(11)}`, role: 'muted' }, { text: text || UNKNOWN }])
  const stale = row.staleMs === undefined ? [] : [{ text: `  ${durationWord(row.staleMs)} old`, role: 'warn' as const }]
  const lines = [
    line(theme, width, [{ text: ` ${listing.title || listing.name}`, role: 'heading' }, ...stale]),
    line(theme, width, [
      { text: ` ${listing.version ?? UNKNOWN}  ${listing.kind}  ` },
      { text: stateWord(row, {}).text || 'not installed', role: stateWord(row, {}).role },
      { text: `  ${trustWord(listing)}`, role: 'muted' },
    ]),
    line(theme, width, []),
    ...wrap(listing.description || UNKNOWN, room)
      .slice(0, 8)
      .map((text) => line(theme, width, [{ text: ` ${text}` }])),
    line(theme, width, []),
    fact('author', listing.author),
    fact('licence', listing.license),
    fact('updated', listing.updatedAt?.slice(0, 10)),
    fact('downloads', countWord(listing.downloads)),
    fact('rating', listing.rating === undefined ? undefined : `${listing.rating.toFixed(1)} of 5`),
    fact('categories', listing.categories.join(', ')),
    fact('tags', listing.tags.join(', ')),
    fact('services', listing.services.join(', ')),
    fact('from', row.offers.map((one) => `${one.registry} (${markOf(one.registryType)})`).join(', ')),
    fact(
      'versions',
      listing.releases
        .slice(0, SOME_VERSIONS)
        .map((one) => one.version)
        .join(', '),
    ),
    line(theme, width, [{ text: ' ' }, ...qualityWords(listing)]),
    ...(row.reasons.length
      ? [
          fact(
            'matched',
            row.reasons
              .slice(0, 3)
              .map((one) => `${one.term} in ${one.field}`)
              .join(', '),
          ),
        ]
      : []),
  ]
  return fill(lines, width, height)
}
