import { describe, expect, test } from 'vitest'
import { dialog } from '../../components/dialog.ts'
import { facetLines, facetPanel } from '../../components/facet-panel.ts'
import { header, hintLine, messageLine } from '../../components/frame.ts'
import { keyHelp } from '../../components/key-help.ts'
import type { Facets, FacetValue } from '../../src/model/catalog.ts'
import { FACETS } from '../../src/model/query.ts'
import { coloured, expectFitted, Frame, HOSTILE, onScreen, plain, WIDTHS } from './frames.tsx'

function facetsOf(part: Partial<Facets>): Facets {
  const none = Object.fromEntries(FACETS.map((name) => [name, [] as FacetValue[]])) as Facets
  return { ...none, ...part }
}

const value = (name: string, count: number, selected = false): FacetValue => ({ value: name, count, selected })

describe.each(WIDTHS)('the filter panel at %i columns', (width) => {
  const facets = facetsOf({
    category: [value('network', 12), value('data', 3, true)],
    tag: Array.from({ length: 20 }, (_, index) => value(`tag-${index}`, 20 - index, index === 15)),
  })

  test('shows values with their counts, the chosen ones checked, the one under the cursor marked', () => {
    const at = (index: number): string[] =>
      onScreen(<Frame lines={facetPanel({ theme: plain, width, height: 12, facets, index, hasFocus: true })} />).lines()
    expect(at(0)).toEqual(expect.arrayContaining([expect.stringMatching(/^>\[ ] network +12$/)]))
    expect(at(0).join('\n')).toMatch(/ \[x] data +3/)
    expect(at(1)).toEqual(expect.arrayContaining([expect.stringMatching(/^>\[x] data +3$/)]))
  })

  test('keeps the largest eight values of a facet and every chosen one', () => {
    const tags = facetLines(facets).filter((one) => one.facet === 'tag')
    expect(tags.map((one) => one.value)).toEqual([...Array.from({ length: 8 }, (_, index) => `tag-${index}`), 'tag-15'])
  })

  test('follows the cursor below its last line and stays whole under hostile names', () => {
    const hostile = facetsOf({ category: HOSTILE.map((name) => value(name, 1_000_000)), tag: facets.tag })
    const lines = facetPanel({ theme: coloured, width, height: 6, facets: hostile, index: 12, hasFocus: true })
    expect(lines).toHaveLength(6)
    expectFitted(lines, width)
    expect(lines.join('\n')).toContain('tag-15')
  })
})

describe.each(WIDTHS)('a question at %i columns', (width) => {
  test('marks the answer that Enter takes, also without colour', () => {
    const ask = (isYes: boolean): string[] =>
      dialog({ theme: plain, width, height: 10, title: 'Remove alpha?', lines: ['It is needed by beta.'], isYes })
    const screen = onScreen(<Frame lines={ask(false)} />)
    expect(screen.frame()).toContain('Remove alpha?')
    expect(screen.frame()).toContain('It is needed by beta.')
    expect(screen.frame()).toContain('> [No]')
    screen.draw(<Frame lines={ask(true)} />)
    expect(screen.frame()).toContain('> [Yes]')
  })

  test('keeps its buttons on the screen however much there is to say', () => {
    const lines = dialog({ theme: coloured, width, height: 8, title: HOSTILE[1] ?? '', lines: HOSTILE, isYes: false })
    expect(lines).toHaveLength(8)
    expectFitted(lines, width)
    expect(lines.join('\n')).toContain('[No]')
  })
})

describe.each(WIDTHS)('the frame at %i columns', (width) => {
  const facts = { product: 'Souk', screen: 'Search', up: 6, total: 7, jobs: 2, cache: 'stale' }

  test('tells registries up and jobs running beside the name of the screen', () => {
    const [line = ''] = onScreen(<Frame lines={[header(plain, width, facts)]} />).lines()
    expect(line).toContain('Souk  Search')
    expect(line).toContain('6/7')
    expect(line).toContain('2 running')
  })

  test('a message carries its level as a word', () => {
    const notice = { level: 'error' as const, text: 'No answer.', hint: 'r retries.' }
    expect(messageLine(plain, width, notice)).toContain('error: No answer. r retries.')
    const long = { ...notice, text: `${'x'.repeat(Math.max(0, width - 15))} be one of many` }
    expect(messageLine(plain, width, long)).not.toContain('……')
    expect(messageLine(plain, width, undefined).trim()).toBe('')
    expectFitted(
      HOSTILE.map((text) => messageLine(coloured, width, { level: 'warning', text })),
      width,
    )
  })

  test('as many key hints as fit, none of them cut', () => {
    const hints = Array.from({ length: 20 }, (_, index) => ({ key: `${index}`, text: `action${index}` }))
    const line = hintLine(plain, width, hints)
    expectFitted([line], width)
    expect(line.trim().split(/ {2,}/).at(-1)).toMatch(/^\d+ action\d+$/)
  })
})

describe.each(WIDTHS)('help at %i columns', (width) => {
  const entries = [
    { keys: 'i', text: 'install it', command: 'install ID' },
    { keys: 'x', text: 'remove it', off: 'it is not installed' },
    ...HOSTILE.map((text) => ({ keys: text, text, command: text })),
  ]

  test('names the key, what it does, the same command, and why a key is off', () => {
    const frame = onScreen(<Frame lines={keyHelp({ theme: plain, width: 80, height: 6, entries, index: 1 })} />).frame()
    expect(frame).toMatch(/ {2}i +install it {2}souk install ID/)
    expect(frame).toMatch(/> x +remove it {2}\(it is not installed\)/)
  })

  test('shows the entry under the cursor and stays inside its width', () => {
    const lines = keyHelp({ theme: coloured, width, height: 2, entries, index: entries.length - 1 })
    expectFitted(lines, width)
    expect(lines.some((one) => one.includes('>'))).toBe(true)
  })
})
