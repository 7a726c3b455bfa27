import type { Env } from '../src/system/system.ts'
import { cellWidth } from '../src/model/cells.ts'

const SIGNS: Record<string, string> = {
  '│': '|',
  '─': '-',
  '…': '~',
  '•': '*',
  '–': '-',
  '—': '-',
  // Bars of a small chart, lowest first.
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': '*',
  '▇': '%',
  '█': '#',
}
// oxlint-disable-next-line no-control-regex
const BEYOND = /[^\u0000-\u007f]+/g

/** True where the locale names another character set than UTF-8; nothing said is UTF-8, as terminals are today. */
export function isAsciiOnly(env: Env): boolean {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG']
    .map((name) => env.get(name))
    .find((one) => one !== undefined && one !== '')
  return locale !== undefined && !/utf-?8/i.test(locale)
}

/** The same line in ASCII and as wide: rules and marks by their like, letters without their accents, the rest `?`. */
export function toAscii(line: string): string {
  return line.replace(BEYOND, (run) =>
    Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(run), ({ segment }) => {
      const [base = ''] = segment.normalize('NFD')
      return SIGNS[segment] ?? (base < '\u0080' ? base : '?'.repeat(cellWidth(segment)))
    }).join(''),
  )
}
