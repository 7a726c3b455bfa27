import type { ArmDocument } from './document.ts'
import type { Reference } from './expressions.ts'
import { member, textOf, type ArmNode, type ObjectNode, type Property } from './node.ts'
import { ancestorsOf, firstFrom, pathOf, type Hit, type Spot } from './walk.ts'

/** File names of a main template, in the order in which a folder is searched for one (lower case). */
export const MAIN_TEMPLATES = ['azuredeploy.json', 'maintemplate.json', 'prereq.azuredeploy.json'] as const
export const UI_DEFINITION = 'createuidefinition.json'

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export const isMainTemplate = (path: string): boolean =>
  MAIN_TEMPLATES.some((name) => name === baseName(path).toLowerCase())

/** A property found below some value. The way to it is worked out only when asked for. */
export class Found implements Hit {
  readonly owner: Spot
  readonly property: Property
  private readonly within: ArmNode

  constructor(hit: Hit, within: ArmNode) {
    this.owner = hit.owner
    this.property = hit.property
    this.within = within
  }

  get value(): ArmNode {
    return this.property.value
  }

  /** Objects around the owner, nearest first, no further out than where the search began. */
  get ancestors(): readonly Spot[] {
    return ancestorsOf(this.owner, this.within)
  }

  /** Path of the owner, counted from where the search began. */
  get ownerPath(): string {
    return pathOf(this.owner, this.within)
  }

  get path(): string {
    const { ownerPath } = this
    return ownerPath ? `${ownerPath}.${this.property.name}` : this.property.name
  }
}

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * A template as rules see it: a whole file without its inner-scope templates, or one of those. Nothing is copied:
 * a view is a range of the document with holes, and everything found in a hole is left out.
 */
export interface TemplateView extends Range {
  readonly document: ArmDocument
  readonly root: ObjectNode
  readonly isInner: boolean
  /** What is inside inner-scope templates, by start; empty for an inner view, which keeps its grandchildren. */
  readonly holes: readonly Range[]
}

export function outerView(document: ArmDocument, root: ObjectNode, inner: readonly ObjectNode[]): TemplateView {
  const holes: Range[] = []
  for (const one of inner) if (one.start >= (holes.at(-1)?.end ?? 0)) holes.push(one)
  return { document, root, start: 0, end: document.text.length, isInner: false, holes }
}

export function innerView(document: ArmDocument, root: ObjectNode): TemplateView {
  return { document, root, start: root.start, end: root.end, isInner: true, holes: [] }
}

/** Whether an offset belongs to the view: inside its range and in none of its holes. */
export function isIn(view: TemplateView, offset: number): boolean {
  if (offset < view.start || offset >= view.end) return false
  if (view.holes.length === 0) return true
  const before = view.holes[firstFrom(view.holes, (hole) => hole.start, offset + 1) - 1]
  return before === undefined || offset <= before.start || offset >= before.end
}

/** What of a list sorted by start begins in a range of the view and in none of its holes; what holes hold is passed over. */
function beginningIn<T>(view: TemplateView, list: readonly T[], startOf: (item: T) => number, range: Range): T[] {
  const { holes } = view
  const end = Math.min(range.end, view.end)
  const found: T[] = []
  let hole = firstFrom(holes, (one) => one.end, range.start)
  for (let at = firstFrom(list, startOf, Math.max(range.start, view.start)); at < list.length; at++) {
    const item = list[at] as T
    const start = startOf(item)
    if (start >= end) break
    for (; hole < holes.length && (holes[hole] as Range).end <= start; hole++);
    const next = holes[hole]
    if (next && start > next.start) at = firstFrom(list, startOf, next.end) - 1
    else found.push(item)
  }
  return found
}

const startOfHit = (hit: Hit): number => hit.property.start
const startOfRange = (one: Range): number => one.start

const innerOf = new WeakMap<ArmDocument, readonly ObjectNode[]>()

/** The inner-scope templates of a document: their own scope is `inner`, or a policy rule holds them. In document order. */
export function innerTemplates(document: ArmDocument): readonly ObjectNode[] {
  let inner = innerOf.get(document)
  if (!inner) innerOf.set(document, (inner = findInner(document)))
  return inner
}

function findInner(document: ArmDocument): ObjectNode[] {
  if (!document.text.includes('"template"')) return []
  const found: ObjectNode[] = []
  for (const { owner, property } of document.index.byKey.get('template') ?? []) {
    if (property.value.kind !== 'object') continue
    const scope = textOf(member(owner.node, 'expressionEvaluationOptions', 'scope'))?.toLowerCase()
    if (scope === 'inner' || /\.policyrule\./i.test(`${pathOf(owner, undefined)}.`)) found.push(property.value)
  }
  return found
}

/**
 * All properties with a name (lower case) below a value, in document order; none below nothing. As in the toolkit nothing below a
 * property whose own name starts with `parent` is looked at.
 */
export function find(view: TemplateView, key: string, within: ArmNode | undefined): Found[] {
  return collect(view, view.document.index.byKey.get(key) ?? [], within)
}

/** A test for names in lower case; one object for all questions, as its answers are kept. */
export type KeyTest = (key: string) => boolean

const acceptedOf = new WeakMap<ArmDocument, Map<KeyTest, readonly (readonly Hit[])[]>>()

/** The properties whose name a test accepts, by name: a document has a view for every template inside it. */
function acceptedHits(document: ArmDocument, accepts: KeyTest): readonly (readonly Hit[])[] {
  let known = acceptedOf.get(document)
  if (!known) acceptedOf.set(document, (known = new Map()))
  let found = known.get(accepts)
  if (!found) {
    found = [...document.index.byKey].flatMap(([key, hits]) => (accepts(key) ? [hits] : []))
    known.set(accepts, found)
  }
  return found
}

/** As `find`, for every name that a test accepts; sorted by place. */
export function findWhere(view: TemplateView, accepts: KeyTest, within: ArmNode | undefined): Found[] {
  const found = acceptedHits(view.document, accepts).flatMap((hits) => collect(view, hits, within))
  return found.toSorted((a, b) => a.property.start - b.property.start)
}

function collect(view: TemplateView, hits: readonly Hit[], within: ArmNode | undefined): Found[] {
  if (!within || hits.length === 0) return []
  const found: Found[] = []
  for (const hit of beginningIn(view, hits, startOfHit, within))
    if (!isHidden(hit.owner, within)) found.push(new Found(hit, within))
  return found
}

function isHidden({ hiddenBy }: Spot, within: ArmNode): boolean {
  return hiddenBy !== undefined && hiddenBy.node !== within && hiddenBy.node.start > within.start
}

/** The references of a list that stand in the view and, if given, inside a range. */
export function usesIn(view: TemplateView, uses: readonly Reference[], range: Range = view): Reference[] {
  return beginningIn(view, uses, startOfRange, range).filter((use) => use.end <= range.end)
}

interface TextMatch extends Range {
  readonly groups: RegExpExecArray
}

const matchesOf = new WeakMap<ArmDocument, Map<string, readonly TextMatch[]>>()

/** The matches of a pattern in the whole text, searched once: a document has a view for every template inside it. */
function allMatches(document: ArmDocument, pattern: RegExp): readonly TextMatch[] {
  let known = matchesOf.get(document)
  if (!known) matchesOf.set(document, (known = new Map()))
  let found = known.get(String(pattern))
  if (!found) {
    found = Array.from(document.text.matchAll(pattern), (groups) => {
      return { start: groups.index, end: groups.index + groups[0].length, groups }
    })
    known.set(String(pattern), found)
  }
  return found
}

/** The matches of a pattern (with the `g` flag) in the text of the view, with offsets of the document. */
export function matchesIn(view: TemplateView, pattern: RegExp): TextMatch[] {
  return beginningIn(view, allMatches(view.document, pattern), startOfRange, view).filter(({ end }) => end <= view.end)
}

/** The text of a value without what its view leaves out. */
export function textIn(view: TemplateView, range: Range): string {
  let text = ''
  let from = range.start
  for (const hole of view.holes) {
    if (hole.start < range.start || hole.end > range.end) continue
    text += `${view.document.text.slice(from, hole.start)}{}`
    from = hole.end
  }
  return text + view.document.text.slice(from, range.end)
}

/** The generator named in the metadata, in lower case, such as `bicep`. */
export function generatorOf(root: ArmNode | undefined): string | undefined {
  return textOf(member(root, 'metadata', '_generator', 'name'))?.toLowerCase()
}
