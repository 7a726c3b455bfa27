import { cellWidth, cut, pad, wrap } from './cells.ts'
import { harmlessLines, withoutEnd } from './text.ts'

/** A piece of a rendered line. `style` is what it is, not how it looks. */
export interface Span {
  text: string
  style?: 'heading' | 'code' | 'quote' | 'link' | 'bullet'
}
export type RenderedLine = Span[]

const MOST_LINES = 5000
const FENCE = /^\s{0,3}(```+|~~~+)/
const HEADING = /^\s{0,3}(#{1,6})\s+(\S.*)?$/
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(\S.*)?$/
const RULE = /^\s{0,3}([-*_])(?:\s*\1){2,}\s*$/
/** The line under the heads of a table, without its blanks. */
const TABLE_RULE = /^\|?:?-+:?(?:\|:?-+:?)*\|?$/

/**
 * Markdown as plain terminal lines of at most `width` cells: no escapes, no HTML, links numbered and listed at the
 * end, images as `[image: alt]`. Never throws; more than 5,000 lines are cut with a note.
 */
export function renderMarkdown(text: string, width: number): RenderedLine[] {
  const cells = Math.max(10, Math.floor(width))
  const links: string[] = []
  const source = dropTags(harmlessLines(text)).split('\n')
  const out: RenderedLine[] = []
  for (let at = 0; at < source.length && out.length < MOST_LINES;) at += block(source, at, { cells, links, out })
  const lines = squeezed(out.slice(0, MOST_LINES))
  if (out.length >= MOST_LINES) lines.push([], [{ text: cut('The rest is not shown.', cells), style: 'quote' }])
  if (links.length > 0) lines.push([])
  for (const [nth, link] of links.entries()) {
    lines.push(...wrap(`[${nth + 1}] ${link}`, cells).map((part): RenderedLine => [{ text: part, style: 'link' }]))
  }
  return lines
}

const isTableRule = (line: string): boolean =>
  line.length <= 2000 && !/-\s+-/.test(line) && TABLE_RULE.test(line.replace(/\s+/g, ''))

interface Page {
  cells: number
  links: string[]
  out: RenderedLine[]
}

/** Renders the block that begins at a line; answers how many lines it took. */
function block(source: readonly string[], at: number, page: Page): number {
  const line = source[at] ?? ''
  const fence = FENCE.exec(line)?.[1]
  if (fence) return codeBlock(source, at, fence, page)
  if (line.includes('|') && isTableRule(source[at + 1] ?? '')) {
    return table(source, at, page)
  }
  const heading = HEADING.exec(line)
  if (heading) {
    page.out.push([], ...styled(inline(withoutEnd(heading[2] ?? '', '# \t'), page.links), page.cells, 'heading'), [])
    return 1
  }
  if (RULE.test(line)) {
    page.out.push([{ text: '─'.repeat(Math.min(page.cells, 40)), style: 'quote' }])
    return 1
  }
  if (/^\s{0,3}>/.test(line)) {
    const quoted = inline(line.replace(/^\s{0,3}(?:>\s?)+/, ''), page.links)
    page.out.push(...styled(quoted, page.cells - 2, 'quote').map((spans) => [bar, ...spans]))
    return 1
  }
  const item = ITEM.exec(line)
  if (item) return listItem(source, at, item, page)
  if (line.trim() === '') {
    page.out.push([])
    return 1
  }
  const { text, count } = paragraph(source, at)
  page.out.push(...styled(inline(text, page.links), page.cells))
  return count
}

const bar: Span = { text: '│ ', style: 'quote' }

function styled(text: string, cells: number, style?: Span['style']): RenderedLine[] {
  return wrap(text, cells).map((part) => [style ? { text: part, style } : { text: part }])
}

function codeBlock(source: readonly string[], at: number, fence: string, page: Page): number {
  let end = at + 1
  while (end < source.length && source[end]?.trim().startsWith(fence) !== true) end++
  for (const line of source.slice(at + 1, end)) {
    page.out.push([{ text: `  ${cut(line, page.cells - 2)}`, style: 'code' }])
  }
  return end - at + 1
}

/** Lines up to the next blank line or block start, joined. */
function paragraph(source: readonly string[], at: number): { text: string; count: number } {
  const parts = [(source[at] ?? '').trim()]
  for (let next = at + 1; next < source.length; next++) {
    const line = source[next] ?? ''
    const starts = FENCE.test(line) || HEADING.test(line) || ITEM.test(line) || RULE.test(line)
    if (line.trim() === '' || starts || /^\s{0,3}>/.test(line) || line.includes('|')) break
    parts.push(line.trim())
  }
  return { text: parts.join(' '), count: parts.length }
}

function listItem(source: readonly string[], at: number, item: RegExpExecArray, page: Page): number {
  const depth = Math.min(4, Math.floor((item[1] ?? '').length / 2))
  const mark = /\d/.test(item[2] ?? '') ? `${item[2]} ` : '• '
  const indent = '  '.repeat(Math.min(depth, Math.floor(page.cells / 10)))
  const rest = paragraph(source, at)
  const text = [item[3] ?? '', ...(rest.count > 1 ? [rest.text.slice((source[at] ?? '').trim().length + 1)] : [])]
  const room = Math.max(2, page.cells - cellWidth(indent) - cellWidth(mark))
  for (const [nth, part] of wrap(inline(text.join(' '), page.links), room).entries()) {
    const lead = nth === 0 ? indent + mark : ' '.repeat(cellWidth(indent) + cellWidth(mark))
    page.out.push([{ text: lead, style: 'bullet' }, { text: part }])
  }
  return rest.count
}

/** Columns get what they need, or a fair share of the width when that is too much; cells are cut, never wrapped. */
function table(source: readonly string[], at: number, page: Page): number {
  let end = at
  while (end < source.length && source[end]?.includes('|')) end++
  const most = Math.max(1, Math.floor(page.cells / 5))
  const rows = source
    .slice(at, end)
    .filter((_, nth) => nth !== 1)
    .map((line) =>
      line
        .trim()
        .replace(/^\||\|$/g, '')
        .split('|')
        .slice(0, most),
    )
    .map((cells) => cells.map((cell) => inline(cell.trim(), page.links)))
  const columns = rows.reduce((most, cells) => Math.max(most, cells.length), 1)
  const share = Math.max(2, Math.floor((page.cells - 2 * (columns - 1)) / columns))
  const needs = Array.from({ length: columns }, (_, column) =>
    rows.reduce((most, cells) => Math.max(most, cellWidth(cells[column] ?? '')), 1),
  )
  const total = needs.reduce((sum, need) => sum + need, 2 * (columns - 1))
  const widths = total <= page.cells ? needs : shared(needs, share)
  for (const [nth, cells] of rows.entries()) {
    const text = widths.map((width, column) => pad(cells[column] ?? '', width)).join('  ')
    page.out.push([nth === 0 ? { text: cut(text, page.cells), style: 'heading' } : { text: cut(text, page.cells) }])
  }
  return end - at
}

/** Narrow columns keep their width; what they leave over goes to the wide ones in equal parts. */
function shared(needs: readonly number[], share: number): number[] {
  const wide = needs.filter((need) => need > share).length
  const spare = needs.reduce((left, need) => left + Math.max(0, share - need), 0)
  return needs.map((need) => (need <= share ? need : Math.min(need, share + Math.floor(spare / wide))))
}

/** Comments and tags go, outside of code too; what a tag encloses stays. */
function dropTags(text: string): string {
  return text
    .replaceAll(/<!--[^]{0,5000}?-->/g, '')
    .replaceAll(/<img\b[^<>]{0,2000}?\balt="([^"<>]{0,200})"[^<>]{0,2000}>/gi, '[image: $1]')
    .replaceAll(/<br\s{0,5}\/?>/gi, '\n')
    .replaceAll(/<\/?[a-z][a-z0-9-]{0,30}(?:\s[^<>]{0,2000})?\/?>/gi, '')
}

/** Inline marks away: images named, links numbered, emphasis and code ticks dropped. Bounded so that no line is slow. */
function inline(text: string, links: string[]): string {
  return text
    .slice(0, 20_000)
    .replaceAll(/!\[([^[\]]{0,300})\]\([^()\s]{0,2000}(?:\s[^()]{0,300})?\)/g, (_, alt: string) => `[image: ${alt}]`)
    .replaceAll(
      /\[([^[\]]{1,300}(?:\[image: [^[\]]{0,300}\])?)\]\(([^()\s]{1,2000})(?:\s[^()]{0,300})?\)/g,
      (_, label, to) => numbered(String(label), String(to), links),
    )
    .replaceAll(/(\*\*|__)(?=\S)([^*_]{1,500})\1/g, '$2')
    .replaceAll(/(?<![\w*])\*(?=\S)([^*]{1,500})\*(?![\w*])/g, '$1')
    .replaceAll(/`([^`]{1,500})`/g, '$1')
    .replaceAll(/\\([\\`*_{}[\]()#+.!|-])/g, '$1')
}

const MOST_LINKS = 200

function numbered(label: string, to: string, links: string[]): string {
  if (to.startsWith('#')) return label
  let at = links.indexOf(to)
  if (at < 0 && links.length < MOST_LINKS) at = links.push(to) - 1
  return at < 0 ? label : `${label} [${at + 1}]`
}

/** No blank line at the ends, and never two in a row. */
function squeezed(lines: readonly RenderedLine[]): RenderedLine[] {
  const kept = lines.filter((line, at) => line.length > 0 || (at > 0 && (lines[at - 1]?.length ?? 0) > 0))
  return kept.at(-1)?.length === 0 ? kept.slice(0, -1) : kept
}
