import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cellWidth } from '../../src/model/cells.ts'
import { renderMarkdown } from '../../src/model/markdown.ts'

const lines = (text: string, width = 40): string[] =>
  renderMarkdown(text, width).map((line) => line.map((span) => span.text).join(''))

describe('a read-me on the terminal', () => {
  it('shows headings, lists, quotes and code, and lists the links at the end', () => {
    const text =
      '# Web *app*\n\nSee [the guide](https://x.org/a) and\n`souk`.\n\n- one\n  - two\n1. three\n\n> said\n\n```sh\nnpm ci\n```'
    expect(lines(text)).toEqual([
      'Web app',
      '',
      'See the guide [1] and souk.',
      '',
      '• one',
      '  • two',
      '1. three',
      '',
      '│ said',
      '',
      '  npm ci',
      '',
      '[1] https://x.org/a',
    ])
    expect(renderMarkdown('# Web', 40)[0]).toEqual([{ text: 'Web', style: 'heading' }])
  })

  it('drops HTML, names images and keeps what the tags enclose', () => {
    expect(lines('<p align="center">Hi <b>you</b></p><!-- no -->\n\n![logo](a.png)')).toEqual([
      'Hi you',
      '',
      '[image: logo]',
    ])
  })

  it('fits a table to the width', () => {
    const text = '| Name | What |\n|---|:--|\n| 日本 | a very long description of it all |'
    expect(lines(text, 20)).toEqual(['Name  What          ', '日本  a very long d…'])
  })

  it('shows escapes instead of obeying them', () => {
    expect(lines('a\u001b[2Jb\u202e').join('')).toBe('a␛[2Jb')
  })

  it('never passes the width and never lets a control through, whatever comes', () => {
    const bit = fc.constantFrom(
      '#',
      '|',
      '-',
      '`',
      '```\n',
      '\n',
      '[a](b)',
      '<b',
      '>',
      '* ',
      '日',
      '\u001b',
      ' ',
      '![',
      '1. ',
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof(bit, fc.string({ maxLength: 8 })), { maxLength: 40 }),
        fc.integer({ min: 10, max: 60 }),
        (bits, width) => {
          for (const line of lines(bits.join(''), width)) {
            expect(cellWidth(line)).toBeLessThanOrEqual(width)
            expect(line).not.toMatch(/\p{Cc}/u)
          }
        },
      ),
    )
  })

  it('stays quick on text made to be slow', () => {
    for (const bit of ['[', '![', '<a ', '<!--', '**', '`', '|', '- ', '> ', '*a']) {
      const start = performance.now()
      renderMarkdown(bit.repeat(60_000), 80)
      expect(performance.now() - start, bit).toBeLessThan(3000)
    }
  })
})
