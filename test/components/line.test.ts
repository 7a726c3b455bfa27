import { array, assert, constantFrom, integer, property, string } from 'fast-check'
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { ends, line } from '../../components/line.ts'
import { markdownLines } from '../../components/markdown.ts'
import { progressBar } from '../../components/progress-bar.ts'
import { themeOf } from '../../components/theme.ts'
import { cellWidth } from '../../src/model/cells.ts'
import { harmless, harmlessLines } from '../../src/model/text.ts'

const theme = themeOf('dark', { noColor: false })
/** Cells of a painted line. Where terminals disagree about joined marks, the program's own measure counts. */
const widthOf = (painted: string): number => cellWidth(stripVTControlCharacters(painted))
const hostile = string({ unit: 'binary', maxLength: 60 })

test('a line takes exactly its cells, whatever is written in it', () => {
  assert(
    property(array(hostile, { maxLength: 5 }), integer({ min: 0, max: 130 }), (texts, width) => {
      const pieces = texts.map((text, index) => ({
        text: harmless(text),
        role: 'ok' as const,
        ...(index === 0 ? { width: 12 } : {}),
      }))
      expect(widthOf(line(theme, width, pieces))).toBe(width)
      expect(widthOf(ends(theme, width, pieces, [{ text: 'end' }]))).toBe(width)
    }),
  )
})

test('a read-me is never wider than the screen, and its links are listed', () => {
  const parts = constantFrom(
    '# Title',
    '- item **bold**',
    '[a](https://a.example)',
    '```',
    '日本語'.repeat(30),
    'x'.repeat(300),
    '',
  )
  assert(
    property(array(parts, { maxLength: 12 }), integer({ min: 20, max: 120 }), (texts, width) => {
      for (const one of markdownLines(theme, width, harmlessLines(texts.join('\n')))) expect(widthOf(one)).toBe(width)
    }),
  )
  expect(markdownLines(themeOf('none', { noColor: true }), 60, 'See [docs](https://a.example).').join('\n')).toContain(
    '[1] https://a.example',
  )
})

test('a bar says its percentage in words too', () => {
  expect(progressBar(50, 17)).toBe('[#####-----]  50%')
  expect(progressBar(250, 4)).toBe('100%')
})
