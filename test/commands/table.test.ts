import { assert, integer, array, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tableLines, type Column } from '../../src/commands/table.ts'
import { cellWidth } from '../../src/model/cells.ts'
import { harmless } from '../../src/model/text.ts'

interface Good {
  id: string
  version: string
  registry: string
  about: string
}
const COLUMNS: readonly Column<Good>[] = [
  { title: 'ID', of: (one) => one.id, give: 1, least: 24 },
  { title: 'VERSION', of: (one) => one.version, give: 2 },
  { title: 'REGISTRY', of: (one) => one.registry, give: 10 },
  { title: 'ABOUT', of: (one) => one.about, give: 9, least: 12 },
]
const GOODS: Good[] = [
  { id: 'team/web-app-with-a-name', version: '1.0.0-beta.11', registry: 'community', about: 'What a long story.' },
]
const of = (width: number): string[] => tableLines(GOODS, COLUMNS, width)

describe('a table', () => {
  it('is whole where there is room, or no limit', () => {
    expect(of(0)).toEqual(of(200))
    expect(of(0)[1]).toBe('team/web-app-with-a-name  1.0.0-beta.11  community  What a long story.')
  })

  it('cuts long text first, and never a short word to a stump', () => {
    expect(of(64)[1]).toBe('team/web-app-with-a-name  1.0.0-beta.11  community  What a long…')
  })

  it('leaves out a column rather than cutting all, and gives its room to the others', () => {
    expect(of(59)).toEqual([
      'ID                        VERSION        ABOUT',
      'team/web-app-with-a-name  1.0.0-beta.11  What a long story.',
    ])
    expect(of(40)).toEqual(['ID                        VERSION', 'team/web-app-with-a-name  1.0.0-beta.11'])
  })

  it('is never wider than it may be', () => {
    const word = string({ maxLength: 60 })
    assert(
      property(array(word, { minLength: 4, maxLength: 4 }), integer({ min: 1, max: 120 }), (texts, width) => {
        const [id = '', version = '', registry = '', about = ''] = texts.map((one) => harmless(one))
        for (const line of tableLines([{ id, version, registry, about }], COLUMNS, width))
          expect(cellWidth(line)).toBeLessThanOrEqual(width)
      }),
    )
  })
})
