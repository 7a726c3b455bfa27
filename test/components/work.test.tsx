import { describe, expect, test } from 'vitest'
import { qualityWords } from '../../components/badge.ts'
import { line } from '../../components/line.ts'
import { listingCard, listingLine } from '../../components/listing-row.ts'
import { progressBar } from '../../components/progress-bar.ts'
import { stepTree, type StepLook } from '../../components/step-tree.ts'
import { table, type Column } from '../../components/table.ts'
import type { Row } from '../../src/model/catalog.ts'
import { sampleListing } from '../support/sample-market.ts'
import { coloured, expectFitted, Frame, HOSTILE, onScreen, plain, WIDTHS } from './frames.tsx'

const rowOf = (part: Partial<Row> & { listing: Row['listing'] }): Row => ({
  offers: [part.listing],
  score: 1,
  reasons: [],
  installed: false,
  ...part,
})
const look = { isChosen: false, isMarked: false }

describe.each(WIDTHS)('the steps of a job at %i columns', (width) => {
  const steps: StepLook[] = [
    { title: 'Resolve', state: 'done', done: 0, ms: 4000 },
    { title: 'Authenticate', state: 'skipped', reason: 'no registry asks', done: 0 },
    { title: 'Download', state: 'running', done: 700_000, total: 1_400_000, unit: 'bytes', rate: 100_000 },
    { title: 'Place', state: 'failed', reason: 'disk full', done: 0 },
    { title: 'Undo me', state: 'undone', done: 0 },
    { title: 'Report', state: 'waiting', done: 0 },
  ]

  test('each says its state as a word; the running one has a bar and a percentage', () => {
    const lines = onScreen(<Frame lines={stepTree(plain, width, steps)} />).lines()
    expect(lines.map((one) => one.slice(0, 5).trim())).toEqual(['ok', 'skip', '...', 'FAIL', 'undo', ''])
    expect(lines[0]).toContain('4 s')
    expect(lines[2]).toContain('50%')
    if (width >= 80) expect(lines[2]).toContain('684 KiB of 1.3 MiB, 97.7 KiB/s')
    expect(lines[3]).toContain('disk full')
  })

  test('titles and reasons from elsewhere stay in their line', () => {
    const hostile = HOSTILE.map((text): StepLook => ({
      title: text,
      state: 'running',
      reason: text,
      done: 1e15,
      total: 1e16,
    }))
    expectFitted(stepTree(coloured, width, hostile), width)
  })
})

test.each([
  [0, '[----------]   0%'],
  [49.9, '[####------]  49%'],
  [100, '[##########] 100%'],
  [Number.POSITIVE_INFINITY, '[##########] 100%'],
  [-5, '[----------]   0%'],
])('a bar at %d percent', (percent, drawn) => {
  expect(onScreen(<Frame lines={[progressBar(percent, 17)]} />).frame()).toBe(drawn)
})

describe.each(WIDTHS)('a table at %i columns', (width) => {
  const columns: Column<{ name: string; note: string }>[] = [
    { title: 'name', width: 12, cell: (item) => ({ text: item.name }) },
    { title: 'note', width: 10, cell: (item) => ({ text: item.note }) },
    { title: 'wide', width: 10, from: 60, cell: () => ({ text: 'more' }) },
  ]
  const items = [
    { name: 'alpha', note: 'one' },
    { name: 'beta', note: 'two' },
    ...HOSTILE.map((name) => ({ name, note: name })),
  ]
  const at = (top: number, chosen: number) => ({ theme: plain, width, height: 4, columns, items, top, chosen })

  test('has a heading, marks the chosen and the marked row, and drops columns that do not fit', () => {
    const lines = onScreen(<Frame lines={table({ ...at(0, 1), isMarked: (item) => item.name === 'alpha' })} />).lines()
    expect(lines[0]).toMatch(/^ {2}name +note/)
    expect(lines[0]?.includes('wide')).toBe(width >= 60)
    expect(lines[1]).toMatch(/^ \*alpha/)
    expect(lines[2]).toMatch(/^> beta/)
  })

  test('draws the window alone, fitted whatever is in it', () => {
    const lines = table({ ...at(2, 3), theme: coloured })
    expect(lines).toHaveLength(4)
    expectFitted(lines, width)
    expect(lines.join('')).not.toContain('alpha')
  })
})

describe.each(WIDTHS)('an item of a list at %i columns', (width) => {
  const bare = sampleListing({ name: 'alpha', description: '' })
  const states: [
    string,
    Parameters<typeof listingLine>[2],
    Partial<typeof look> & { percent?: number; hasFailed?: boolean },
  ][] = [
    ['installed', rowOf({ listing: bare, installed: true, installedVersion: '1.0.0' }), {}],
    ['installed', rowOf({ listing: bare, installed: true, installedVersion: '2.0.0-beta.1' }), {}],
    ['update', rowOf({ listing: bare, installed: true, installedVersion: '0.9.0' }), {}],
    ['installing 40%', rowOf({ listing: bare }), { percent: 40 }],
    ['failed', rowOf({ listing: bare }), { hasFailed: true }],
  ]

  test.each(states)('%s is a word in the line and on the card', (word, row, change) => {
    if (width >= 60) expect(listingLine(plain, width, row, { ...look, ...change })).toContain(word)
    const card = onScreen(<Frame lines={listingCard(plain, 80, row, { ...look, ...change })} />).frame()
    expect(card).toContain(word)
  })

  test('what nobody told is a dash', () => {
    const { version: _, ...nothing } = bare
    const card = onScreen(<Frame lines={listingCard(plain, 80, rowOf({ listing: nothing }), look)} />).lines()
    expect(card[0]).toMatch(/alpha - +not installed +template +by -/)
    expect(card[1]?.trim()).toBe('-')
    expect(card[2]).toContain('downloads -  rating -  licence -')
    expect(card[3]).toContain('score -')
  })

  test('hostile titles and descriptions keep their cells', () => {
    for (const text of HOSTILE) {
      const row = rowOf({
        listing: sampleListing({ name: text, title: text, description: text, author: text, kind: text }),
      })
      expectFitted([listingLine(coloured, width, row, look), ...listingCard(coloured, width, row, look)], width)
    }
  })
})

test('a line says what speaks for an item; the card says besides that nobody vouches for it', () => {
  const trust = [
    ['[verified] ', 'community]', { registryType: 'community', verified: true }],
    ['[curated] ', 'curated]', { registryType: 'official' }],
    ['', 'community, unverified]', { registryType: 'community' }],
    ['', 'private]', { registryType: 'private' }],
  ] as const
  for (const [mark, word, part] of trust) {
    const row = rowOf({ listing: sampleListing({ name: 'alpha', description: 'It does things', ...part }) })
    expect(listingLine(plain, 120, row, look)).toContain(` ${mark}It does things`)
    expect(listingCard(plain, 80, row, look).join(' ')).toContain(word)
  }
})

test('badges are words in brackets, at most three, and a scan says what it found', () => {
  const words = (part: Parameters<typeof sampleListing>[0]): string =>
    line(plain, 80, qualityWords(sampleListing(part)))
  expect(words({ name: 'a', badges: ['official', 'signed', 'new', 'fourth'] })).toMatch(
    /\[official] \[signed] \[new] +$/,
  )
  expect(words({ name: 'a', verified: true, score: 88 })).toContain('score 88  verified')
  expectFitted([line(coloured, 40, qualityWords(sampleListing({ name: 'a', badges: HOSTILE })))], 40)
})
