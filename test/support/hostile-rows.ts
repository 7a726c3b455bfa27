import xterm from '@xterm/headless'
import stringWidth from 'string-width'
import { listingCard, listingLine } from '../../components/listing-row.ts'
import { themeOf } from '../../components/theme.ts'
import { tableLines, type Column } from '../../src/commands/table.ts'
import type { Row } from '../../src/model/catalog.ts'
import { restEntry } from '../../src/registries/shapes/rest-entry.ts'
import { ACTING } from './hostile-goods.ts'
import { randomText } from './mutate.ts'

/** From the narrowest terminal a table is made for to one on a wide screen, cells. */
export const WIDTHS = [20, 40, 60, 80, 200] as const
const THEME = themeOf('dark', { noColor: false })
// oxlint-disable-next-line no-control-regex
const OURS = /\u001b\[[\d;]*m/g
/** Marks younger than the terminal that draws here, and signs that are wide in some countries, are not asked about there. */
const DISPUTED = /[\p{M}\p{Cf}\p{Extended_Pictographic}\p{Regional_Indicator}\u3248-\u324f]/u
/** Rows drawn on a terminal before they are looked at. */
const BATCH = 50

export interface Rows {
  rows: number
  rowWidths: number
  lines: number
  /** Those that were drawn on a terminal as well. */
  linesDrawn: number
  faults: string[]
}

/** An item of a registry in whose every text anything may stand, as a row of a list. */
function randomRow(random: () => number, nth: number): Row {
  const text = (longest: number): string => randomText(random, longest)
  const wire = {
    name: `item-${nth}`,
    title: text(80),
    version: random() < 0.5 ? text(20) : '1.0.0',
    kind: text(30),
    description: text(random() < 0.05 ? 4000 : 200),
    author: text(40),
    license: text(20),
    downloads: Math.floor(random() * 1e9),
    rating: random() * 5,
    verified: random() < 0.5,
  }
  const listing = restEntry(wire, `entry ${nth}`, {
    registry: 'r',
    registryType: 'community',
    address: 'https://a.example/',
  })
  const isInstalled = random() < 0.3
  return {
    listing,
    offers: [listing],
    score: 1,
    reasons: [],
    installed: isInstalled,
    ...(isInstalled ? { installedVersion: text(20) } : {}),
    ...(random() < 0.2 ? { staleMs: Math.floor(random() * 1e9) } : {}),
  }
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'ID', of: (row) => row.listing.id, give: 1, least: 24 },
  { title: 'KIND', of: (row) => row.listing.kind, give: 4 },
  { title: 'VERSION', of: (row) => row.listing.version ?? '', give: 2, least: 12 },
  { title: 'BY', of: (row) => row.listing.author ?? '', give: 3, align: 'right' },
  { title: 'DESCRIPTION', of: (row) => row.listing.description, give: 9, least: 12 },
]

/** Every line that shows the rows on a terminal of a width: of the list, of cards, of a table; as wide as that or less. */
function linesOf(rows: readonly Row[], width: number): string[] {
  const look = { isChosen: false, isMarked: true }
  return [
    ...rows.map((row, at) => listingLine(THEME, width, row, { ...look, isChosen: at % 2 === 0 })),
    ...rows.flatMap((row, at) => listingCard(THEME, width, row, { ...look, isChosen: at % 2 === 1 })),
    ...tableLines(rows, COLUMNS, width),
  ]
}

/** Draws lines on a real terminal without a screen, each with an empty one below it; answers those that went on there. */
async function tooWide(lines: readonly string[], width: number): Promise<string[]> {
  const terminal = new xterm.Terminal({ cols: width, rows: lines.length * 2, scrollback: 0, allowProposedApi: true })
  const drawn = lines.map((one, at) => `\u001b[${at * 2 + 1};1H${one}\u001b[0m`).join('')
  await new Promise<void>((done) => terminal.write(drawn, done))
  const broken = lines.filter((_, at) => terminal.buffer.active.getLine(at * 2 + 1)?.isWrapped === true)
  terminal.dispose()
  return broken
}

/** Items with random texts, drawn at five widths: no line is wider than the screen, none holds what acts on a terminal. */
export async function drawRows(count: number, random: () => number): Promise<Rows> {
  const seen: Rows = { rows: count, rowWidths: WIDTHS.length, lines: 0, linesDrawn: 0, faults: [] }
  for (let from = 0; from < count; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) => randomRow(random, from + at))
    for (const width of WIDTHS) {
      const lines = linesOf(rows, width)
      seen.lines += lines.length
      for (const one of lines) {
        const shown = one.replaceAll(OURS, '')
        if (stringWidth(shown) > width)
          seen.faults.push(`at ${width}: ${stringWidth(shown)} cells: ${JSON.stringify(shown)}`)
        if (ACTING.test(shown)) seen.faults.push(`at ${width}: a character that acts: ${JSON.stringify(shown)}`)
      }
      const drawn = lines.filter((one) => !DISPUTED.test(one))
      seen.linesDrawn += drawn.length
      for (const one of await tooWide(drawn, width)) seen.faults.push(`at ${width}: it wraps: ${JSON.stringify(one)}`)
    }
  }
  return seen
}
