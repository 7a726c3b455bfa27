import type { ArmDocument } from '../arm/document.ts'
import { elementsOf, member, plainText, textOf, type ArmNode } from '../arm/node.ts'
import type { LineColumn } from '../arm/position.ts'
import { harmless } from '../model/text.ts'

/** A word in a file that findings of some rules do not count, in the file or a part of it. */
export interface Waiver {
  file: string
  /** Where it is written. */
  line: number
  column: number
  /** What it covers; `to` is just past the end. */
  from: LineColumn
  to: LineColumn
  /** Names as written; `*` is every rule. */
  rules: string[]
  reason: string
  /** The last day on which it counts, as written. */
  until?: string
}

/** A file holds so many at most; a text of nothing else would cost time for nothing. */
const MAX_WAIVERS = 1000
const MARK = /souk-disable-(next-line|line|file)(?![\w-])([^]*)$/
const EVERYWHERE: LineColumn = { line: Number.MAX_SAFE_INTEGER, column: 1 }

/**
 * The waivers of a file, from comments and from metadata:
 * `// souk-disable-next-line RULE, RULE until=2027-01-31 -- why` (also `-line` and `-file`), and
 * `"metadata": {"souk": {"suppress": [{"rule": "RULE", "reason": "why", "until": "2027-01-31"}]}}`, which covers the
 * object that owns the metadata.
 */
export function waiversOf(document: ArmDocument): Waiver[] {
  return [...fromComments(document), ...fromMetadata(document)].slice(0, MAX_WAIVERS)
}

function fromComments(document: ArmDocument): Waiver[] {
  if (!document.text.includes('souk-disable-')) return []
  const found: Waiver[] = []
  for (const { start, end } of document.comments) {
    const match = MARK.exec(document.text.slice(start, end).replace(/\*\/$/, ''))
    if (!match) continue
    const [, form, rest = ''] = match
    const [head = '', ...why] = rest.split(/\s--\s/)
    const words = head.split(/[\s,]+/).filter(Boolean)
    const until = words.find((word) => word.startsWith('until='))?.slice('until='.length)
    const place = document.placeOf(start)
    const line = form === 'next-line' ? document.placeOf(end - 1).line + 1 : place.line
    found.push({
      ...written(document, place),
      ...(form === 'file' ? { from: { line: 1, column: 1 }, to: EVERYWHERE } : ofLine(line)),
      rules: words.filter((word) => !word.startsWith('until=')).map((word) => harmless(word, 120)),
      reason: harmless(why.join(' -- ').trim(), 300),
      ...(until === undefined ? {} : { until: harmless(until, 40) }),
    })
  }
  return found
}

const ofLine = (line: number): Pick<Waiver, 'from' | 'to'> => ({
  from: { line, column: 1 },
  to: { line: line + 1, column: 1 },
})

const written = ({ file }: ArmDocument, { line, column }: LineColumn): Pick<Waiver, 'file' | 'line' | 'column'> => ({
  file: harmless(file, 500),
  line,
  column,
})

function fromMetadata(document: ArmDocument): Waiver[] {
  // A file has thousands of metadata, and hardly ever any of ours.
  if (!document.index.byKey.has('souk')) return []
  const found: Waiver[] = []
  for (const { owner, property } of document.index.byKey.get('metadata') ?? []) {
    const list = member(property.value, 'souk', 'suppress')
    if (list?.kind !== 'array') continue
    const { node } = owner
    const isRoot = node === document.root
    const covers = isRoot
      ? { from: { line: 1, column: 1 }, to: EVERYWHERE }
      : { from: document.placeOf(node.start), to: document.placeOf(node.end) }
    for (const entry of list.items) found.push(fromEntry(document, entry, covers))
  }
  return found
}

function fromEntry(document: ArmDocument, entry: ArmNode, covers: Pick<Waiver, 'from' | 'to'>): Waiver {
  const rule = member(entry, 'rule')
  const rules = rule?.kind === 'array' ? elementsOf(rule).map(plainText) : [plainText(rule)]
  const until = textOf(member(entry, 'until'))
  return {
    ...written(document, document.placeOf(entry.start)),
    ...covers,
    rules: rules.filter(Boolean).map((name) => harmless(name, 120)),
    reason: harmless(plainText(member(entry, 'reason')).trim(), 300),
    ...(until === undefined ? {} : { until: harmless(until, 40) }),
  }
}
