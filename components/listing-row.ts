import { cellWidth, cut } from '../src/model/cells.ts'
import type { Row } from '../src/model/catalog.ts'
import { compareVersions } from '../src/model/versions.ts'
import { markOf, trustWord } from '../src/model/registry-mark.ts'
import { bar, line, type Piece } from './line.ts'
import type { Role, Theme } from './theme.ts'
import { countWord, durationWord, UNKNOWN } from './words.ts'
import { qualityWords } from './badge.ts'

export interface RowLook {
  isChosen: boolean
  isMarked: boolean
  /** Set while a job works on it, 0 to 100. */
  percent?: number
  hasFailed?: boolean
}

/** What is here of it, as a word: never colour alone. */
export function stateWord(row: Row, look: Pick<RowLook, 'percent' | 'hasFailed'>): { text: string; role: Role } {
  if (look.percent !== undefined) return { text: `installing ${look.percent}%`, role: 'accent' }
  if (look.hasFailed) return { text: 'failed', role: 'error' }
  if (!row.installed) return { text: '', role: 'plain' }
  const { version } = row.listing
  // A registry shows its newest release that is no preview; what is here may be a newer one.
  const here = row.installedVersion
  const isOlder = version !== undefined && here !== undefined && compareVersions(version, here) < 0
  return isOlder ? { text: 'update', role: 'warn' } : { text: 'installed', role: 'ok' }
}

const marks = (look: RowLook): string => `${look.isChosen ? '>' : ' '}${look.isMarked ? '*' : ' '}`
const ageWord = (row: Row): string => (row.staleMs === undefined ? '' : ` (${durationWord(row.staleMs)} old)`)

/** What speaks for an item, in brackets. What nobody vouches for is told beside the list, not in most of its rows. */
function markWord({ listing }: Row): string {
  if (listing.verified === true) return '[verified] '
  return listing.registryType === 'official' ? `[${markOf(listing.registryType)}] ` : ''
}

/** One line of a list. Columns go, the least telling first, as the width shrinks. */
export function listingLine(theme: Theme, width: number, row: Row, look: RowLook): string {
  const { listing } = row
  const state = stateWord(row, look)
  const nameWidth = Math.max(10, Math.min(32, Math.floor(width * 0.4)))
  const pieces: Piece[] = [
    { text: marks(look) },
    { text: listing.title || listing.name, width: nameWidth, role: 'strong' },
    { text: ' ' },
    { text: listing.version ?? UNKNOWN, width: 9, role: 'muted' },
    ...(width >= 50 ? [{ text: ` ${listing.kind}`, width: 12, role: 'accent' } as const] : []),
    { text: ` ${state.text}${ageWord(row)}`, role: row.staleMs === undefined ? state.role : 'warn' },
    ...(width >= 60
      ? [
          {
            text: `${state.text || row.staleMs !== undefined ? '  ' : ''}${markWord(row)}${listing.description}`,
          },
        ]
      : []),
  ]
  if (!look.isChosen) return line(theme, width, pieces)
  return bar(theme, width, 'selection', chosenText(pieces, width))
}

/** The pieces without their colours: the chosen row is one bar. */
const chosenText = (pieces: readonly Piece[], width: number): string => line(PLAIN, width, pieces)
const PLAIN = {
  plain: '',
  accent: '',
  ok: '',
  warn: '',
  error: '',
  muted: '',
  selection: '',
  marked: '',
  strong: '',
  heading: '',
  border: '',
} satisfies Theme

/** Lines of a card in the detailed view, blank line below included. */
export const CARD_LINES = 5

/** The same item as a card: what it is, what it does, how it fares, what can be done. */
export function listingCard(theme: Theme, width: number, row: Row, look: RowLook): string[] {
  const { listing } = row
  const state = stateWord(row, look)
  const about = `  ${state.text || 'not installed'}${ageWord(row)}  ${listing.kind}  by ${listing.author ?? UNKNOWN}`
  const name = `${listing.title || listing.name} ${listing.version ?? UNKNOWN}`
  // A long title leaves room for what is here of it.
  const most = Math.max(10, width - 2 - Math.min(cellWidth(about), 30))
  const head: Piece[] = [{ text: marks(look) }, { text: cut(name, most) }, { text: about }]
  const inset = { text: '   ' }
  const rating =
    listing.rating === undefined ? UNKNOWN : `${listing.rating.toFixed(1)} (${countWord(listing.ratingCount)})`
  return [
    look.isChosen
      ? bar(theme, width, 'selection', chosenText(head, width))
      : line(theme, width, head.with(1, { text: head[1]?.text ?? '', role: 'strong' })),
    line(theme, width, [inset, { text: listing.description || UNKNOWN }]),
    line(theme, width, [
      inset,
      {
        text: `downloads ${countWord(listing.downloads)}  rating ${rating}  licence ${listing.license ?? UNKNOWN}`,
        role: 'muted',
      },
    ]),
    line(theme, width, [
      inset,
      { text: `[${trustWord(listing)}]  `, role: 'accent' },
      ...qualityWords(listing),
      { text: `  ${row.offers.map((one) => one.registry).join(', ')}`, role: 'muted' },
    ]),
    line(theme, width, []),
  ]
}
