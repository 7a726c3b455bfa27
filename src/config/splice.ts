import { isDeepStrictEqual } from 'node:util'
import { isCollection, isMap, isPair, isScalar, isSeq, parseDocument, stringify, YAMLMap, YAMLSeq } from 'yaml'
import type { Document, Node, Pair } from 'yaml'

/**
 * Changes to YAML text that touch the lines they are about and no others: blank lines, quotes, indents and comments
 * stay as the owner of the file wrote them. Each change is also made to the parsed document, and when the text does
 * not then say the same (anchors, entries in one line, tabs), the document is written out instead.
 */

type Change = (document: Document) => void
type Splice = (text: string, document: Document) => string | undefined

const dataOf = (document: Document): unknown => document.toJS({ maxAliasCount: 100 }) as unknown

function spliced(text: string, change: Change, splice: Splice): string {
  const wanted = parseDocument(text)
  if (wanted.contents === null) wanted.contents = new YAMLMap() as unknown as typeof wanted.contents
  change(wanted)
  const candidate = splice(text, parseDocument(text))
  if (candidate !== undefined) {
    const read = parseDocument(candidate)
    // A file of comments alone says as much as one with an empty map.
    if (read.errors.length === 0 && isDeepStrictEqual(dataOf(read) ?? {}, dataOf(wanted) ?? {})) return candidate
  }
  return wanted.toString({ lineWidth: 0 })
}

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
/** Where the next line starts, or the end of the text. */
const nextLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}
const cut = (text: string, from: number, to: number, into = ''): string => text.slice(0, from) + into + text.slice(to)

/** Offset after the last character of a node that is no comment and no blank. */
function endOf(node: unknown, text: string): number | undefined {
  if (isPair(node)) return endOf(node.value, text) ?? endOf(node.key, text)
  if (isCollection(node) && !node.flow && node.items.length > 0) return endOf(node.items.at(-1), text)
  const range = (node as Node | null)?.range
  if (!range) return undefined
  let end = range[1]
  while (end > range[0] && /\s/.test(text[end - 1] ?? '')) end--
  return end
}

/** Lines with an indent, put after the line in which `at` lies. */
function insertAfter(text: string, at: number, lines: readonly string[]): string {
  const eol = eolOf(text)
  const place = nextLine(text, at)
  const block = lines.map((line) => `${line}${eol}`).join('')
  const isOpen = place === text.length && text !== '' && !text.endsWith('\n')
  return cut(text, place, place, isOpen ? eol + block : block)
}

const written = (value: unknown): string[] => stringify(value, { lineWidth: 0 }).trimEnd().split('\n')
const indented = (lines: readonly string[], indent: number): string[] =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(indent) + line))

/** Offset of the dash before an item of a list. */
function dashOf(text: string, item: unknown): number | undefined {
  const from = (item as Node | null)?.range?.[0]
  if (from === undefined) return undefined
  let at = from - 1
  while (at >= 0 && /\s/.test(text[at] ?? '')) at--
  return text[at] === '-' ? at : undefined
}

const listAt = (document: Document, key: string): YAMLSeq | undefined => {
  const list = document.get(key)
  return isSeq(list) ? list : undefined
}

/** Adds an item at the end of the list under a key of the top; the list is made when it is not there. */
export function addItem(text: string, key: string, item: unknown): string {
  const change: Change = (document) => {
    const list = listAt(document, key) ?? new YAMLSeq()
    if (listAt(document, key) === undefined) document.set(key, list)
    list.flow = false
    list.add(document.createNode(item))
  }
  return spliced(text, change, (text, document) => {
    const list = listAt(document, key)
    const lines = written([item])
    if (list && list.items.length > 0) return list.flow ? undefined : afterLast(text, list, lines)
    const pair = pairOf(document.contents, key)
    if (!pair) {
      const block = [`${key}:`, ...indented(lines, 2)]
      return insertAfter(text, text.length, /^\s*$/.test(lastLine(text)) ? block : ['', ...block])
    }
    const colon = text.indexOf(':', keyEnd(pair)) + 1
    const value = (pair.value as Node | null)?.range
    const bare = list && value ? cut(text, colon, value[1]) : text
    return insertAfter(bare, colon, indented(lines, 2))
  })
}

const lastLine = (text: string): string =>
  text
    .replace(/\r?\n$/, '')
    .split('\n')
    .at(-1) ?? ''

function afterLast(text: string, list: YAMLSeq, lines: readonly string[]): string | undefined {
  const [before, last] = [list.items.at(-2), list.items.at(-1)]
  const dash = dashOf(text, last)
  const end = endOf(last, text)
  if (dash === undefined || end === undefined) return undefined
  const gap = before === undefined ? '' : text.slice(endOf(before, text), dash)
  const isAiry = /\n[ \t]*\r?\n/.test(gap)
  const block = indented(lines, dash - lineStart(text, dash))
  return insertAfter(text, end, isAiry ? ['', ...block] : block)
}

/** Takes an item out of the list under a key, with the comment that stands right above it. */
export function dropItem(text: string, key: string, index: number): string {
  return spliced(
    text,
    (document) => void document.deleteIn([key, index]),
    (text, document) => {
      const list = listAt(document, key)
      const item = list?.items[index]
      const dash = dashOf(text, item)
      const end = endOf(item, text)
      if (!list || list.flow || dash === undefined || end === undefined) return undefined
      let from = lineStart(text, dash)
      // What stands above the first item is as likely about the whole list.
      if (index > 0) from = aboveComments(text, from)
      let to = nextLine(text, end)
      if (isBlank(text, lineStart(text, from - 1), from)) {
        if (to >= text.length) from = lineStart(text, from - 1)
        else if (isBlank(text, to, nextLine(text, to))) to = nextLine(text, to)
      }
      const rest = cut(text, from, to)
      if (list.items.length > 1) return rest
      const colon = text.indexOf(':', keyEnd(pairOf(document.contents, key))) + 1
      return cut(rest, colon, colon, ' []')
    },
  )
}

const keyEnd = (pair: Pair | undefined): number => (pair?.key as Node | undefined)?.range?.[1] ?? 0

/** The start of the comment lines right above a line. */
function aboveComments(text: string, line: number): number {
  let from = line
  while (isComment(text, lineStart(text, from - 1), from)) from = lineStart(text, from - 1)
  return from
}

const isComment = (text: string, from: number, to: number): boolean => from < to && /^\s*#/.test(text.slice(from, to))
const isBlank = (text: string, from: number, to: number): boolean => from < to && text.slice(from, to).trim() === ''

function pairOf(map: unknown, key: string): Pair | undefined {
  return isMap(map) ? map.items.find((pair) => (isScalar(pair.key) ? pair.key.value : pair.key) === key) : undefined
}

const mapAt = (document: Document, path: readonly (string | number)[]): unknown =>
  path.length === 0 ? document.contents : document.getIn(path, true)

/** Writes a member of a map; undefined takes it out. */
export function putMember(text: string, path: readonly (string | number)[], key: string, value: unknown): string {
  if (value === undefined) return dropMember(text, path, key)
  const wasThere = pairOf(mapAt(parseDocument(text), path), key)?.value
  const isPlain = (one: unknown): boolean => one === undefined || isScalar(one)
  if (!isPlain(wasThere) || (wasThere && typeof value === 'object'))
    return putMember(dropMember(text, path, key), path, key, value)
  return spliced(
    text,
    (document) => document.setIn([...path, key], document.createNode(value)),
    (text, document) => {
      const map = mapAt(document, path)
      const pair = pairOf(map, key)
      const range = isScalar(pair?.value) ? pair.value.range : undefined
      const lines = written({ [key]: value })
      if (range && range[1] > range[0]) return cut(text, range[0], range[1], written(value).join('\n'))
      return pair || !isMap(map) ? undefined : addMember(text, map, lines)
    },
  )
}

function addMember(text: string, map: YAMLMap, lines: readonly string[]): string | undefined {
  const first = (map.items[0]?.key as Node | undefined)?.range?.[0]
  const end = endOf(map, text)
  if (first === undefined || end === undefined) return undefined
  if (map.flow) return lines.length > 1 ? undefined : cut(text, ...lastEnd(map, text), `, ${lines[0] ?? ''}`)
  return insertAfter(text, end, indented(lines, first - lineStart(text, first)))
}

function lastEnd(map: YAMLMap, text: string): [number, number] {
  const end = endOf(map.items.at(-1), text) ?? 0
  return [end, end]
}

function dropMember(text: string, path: readonly (string | number)[], key: string): string {
  if (!pairOf(mapAt(parseDocument(text), path), key)) return text
  return spliced(
    text,
    (document) => void document.deleteIn([...path, key]),
    (text, document) => {
      const map = mapAt(document, path)
      const pair = pairOf(map, key)
      const from = (pair?.key as Node | undefined)?.range?.[0]
      const end = endOf(pair, text)
      const isLone = from !== undefined && text.slice(lineStart(text, from), from).trim() === ''
      if (!isMap(map) || map.flow || end === undefined || !isLone) return undefined
      const [line, next] = [lineStart(text, from), nextLine(text, end)]
      const isLast = next >= text.length && isBlank(text, lineStart(text, line - 1), line)
      return cut(text, isLast ? lineStart(text, line - 1) : line, next)
    },
  )
}
