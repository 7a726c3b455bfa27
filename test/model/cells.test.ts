import * as fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { cellWidth, cut, pad, wrap } from '../../src/model/cells.ts'

describe('text in terminal cells', () => {
  it('counts two cells for wide characters and none for combining marks', () => {
    expect(cellWidth('plain')).toBe(5)
    expect(cellWidth('日本')).toBe(4)
    expect(cellWidth('🚀 go')).toBe(5)
    expect(cellWidth('e\u0301')).toBe(1)
  })

  it('counts a character of many parts as the terminals that join nothing, and breaks one that no line can hold', () => {
    const wide = '漢\u17c8'
    expect([cellWidth(wide), stringWidth(wide)]).toEqual([3, 3])
    // As a terminal emulator that joins nothing draws them; Ink counts one cell for the first four.
    const drawn = { क्ष्य: 3, น้ำ: 2, '\u0d4ex': 2, क्क्क्क: 4, '\u1112\u1161\u11ab': 2, 'e\u0301': 1, 'か\u3099': 2 }
    for (const [text, cells] of Object.entries(drawn)) expect([text, cellWidth(text)]).toEqual([text, cells])
    expect(pad(`ab${wide}c`, 5)).toBe('ab…  ')
    const tall = `漢${'\u17c8'.repeat(50)}`
    expect(cut(tall, 10)).toBe('…')
    const lines = wrap(`see ${tall} there`, 10)
    expect(lines.join('').replaceAll(' ', '')).toBe(`see${tall}there`)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(10)
  })

  it('cuts with an ellipsis and never through a character', () => {
    expect(cut('kubernetes', 20)).toBe('kubernetes')
    expect(cut('kubernetes', 5)).toBe('kube…')
    expect(cut('日本語テキスト', 6)).toBe('日本…')
    expect(cut('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…')
    expect(cut('abc', 0)).toBe('')
    expect(cut('abc', 2, '...')).toBe('ab')
  })

  it('fills a table cell to the very width, on either side', () => {
    expect(pad('日本', 6)).toBe('日本  ')
    expect(pad('日本語', 5)).toBe('日本…')
    expect(pad('12', 5, 'right')).toBe('   12')
  })

  it('wraps at spaces and breaks only words that are longer than a line', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox'])
    expect(wrap('abcdefghij xy', 4)).toEqual(['abcd', 'efgh', 'ij', 'xy'])
    expect(wrap('one\n\ntwo', 10)).toEqual(['one', '', 'two'])
    expect(wrap('', 10)).toEqual([''])
    expect(wrap('日本語', 1)).toEqual(['日', '本', '語'])
  })

  it('holds its width for any text and loses no letter when wrapping', () => {
    const any = fc.string({ unit: 'grapheme', maxLength: 60 })
    fc.assert(
      fc.property(any, fc.integer({ min: 2, max: 40 }), (text, cells) => {
        expect(cellWidth(cut(text, cells))).toBeLessThanOrEqual(cells)
        expect(cellWidth(pad(text, cells))).toBe(cells)
        const lines = wrap(text, cells)
        for (const line of lines) expect(cellWidth(line)).toBeLessThanOrEqual(cells)
        const bare = (part: string): string => part.replaceAll(/[ \n]/g, '')
        expect(bare(lines.join(''))).toBe(bare(text))
      }),
    )
  })

  it('wraps long text without spaces: twenty thousand characters of Japanese', () => {
    const lines = wrap('日本'.repeat(10_000), 80)
    expect(lines).toHaveLength(500)
    expect(new Set(lines)).toEqual(new Set(['日本'.repeat(20)]))
  })

  it('cuts a megabyte of text at once', () => {
    expect(cut('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…')
  })
})
