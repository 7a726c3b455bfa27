import { wrap } from '../src/model/cells.ts'
import { line } from './line.ts'
import type { Theme } from './theme.ts'

const LINK = /\[([^\]]{0,300})\]\(([^)\s]{1,2000})\)/g
const IMAGE = /!\[([^\]]{0,300})\]\([^)]{0,2000}\)/g
const MARKS = /(\*\*|__|`)(?=\S)([^*_`]{1,500})\1/g

/** Inline marks taken off; links keep their text and gather their address. */
function inline(text: string, links: string[]): string {
  return text
    .replace(IMAGE, '$1')
    .replace(LINK, (_, label: string, address: string) => {
      links.push(address)
      return `${label} [${links.length}]`
    })
    .replace(MARKS, '$2')
    .replaceAll(/<\/?[a-zA-Z][^>]{0,200}>/g, '')
}

/** A read-me as terminal lines: headings stand out, code keeps its shape, links are numbered and listed at the end. */
export function markdownLines(theme: Theme, width: number, source: string): string[] {
  const room = Math.max(1, width - 2)
  const links: string[] = []
  let isCode = false
  const body = source.split('\n').flatMap((raw) => {
    if (/^\s*(```|~~~)/.test(raw)) {
      isCode = !isCode
      return []
    }
    if (isCode) return [line(theme, width, [{ text: `   ${raw}`, role: 'accent' }])]
    const heading = /^(#{1,6})\s+(.*)$/.exec(raw)
    if (heading) {
      const title = wrap(inline(heading[2] ?? '', links), room)
      return title.map((text) => line(theme, width, [{ text: ' ' }, { text, role: 'heading' }]))
    }
    const item = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/.exec(raw)
    if (item) {
      const inset = ' '.repeat(1 + Math.min(8, item[1]?.length ?? 0))
      const mark = /\d/.test(item[2] ?? '') ? (item[2] ?? '') : '-'
      const hang = inset.length + mark.length + 1
      return wrap(inline(item[3] ?? '', links), Math.max(1, width - hang - 1)).map((text, index) =>
        line(theme, width, [{ text: index === 0 ? `${inset}${mark} ` : ' '.repeat(hang) }, { text }]),
      )
    }
    return wrap(inline(raw.replace(/^\s*>\s?/, '| '), links), room).map((text) =>
      line(theme, width, [{ text: ` ${text}` }]),
    )
  })
  const listed = links.map((address, index) =>
    line(theme, width, [{ text: ` [${index + 1}] ${address}`, role: 'muted' }]),
  )
  return [...body, ...(listed.length ? [line(theme, width, []), ...listed] : [])]
}
