import { readDocument, type ArmDocument } from '../arm/document.ts'
import { entriesOf, member, textOf, type ObjectNode } from '../arm/node.ts'
import { generatorOf, innerTemplates, innerView, isMainTemplate, outerView } from '../arm/templates.ts'
import { positions } from '../arm/position.ts'
import { pathAt } from '../arm/walk.ts'
import type { Finding } from '../model/report.ts'
import { MAX_FAULTS, place, schemaOf, type RawFault, type Standing } from './inspect.ts'
import type { DocumentRule, Facts, Fault } from './rule.ts'
import { changeBetween, type Change } from './text-change.ts'

/**
 * What is remembered of a template so that one edit is not judged by reading everything again. A compiled module is
 * mostly inner-scope templates, and these see nothing of what is around them: so is the file cut into the outermost of
 * them, its parts, and the rest, its frame, in which each part is replaced by what the frame sees of it. An edit within a
 * part is judged by reading that part, one outside by reading the frame. Whatever does not fit this is judged anew.
 */
export interface FileMemory {
  text: string
  isBicep: boolean
  /** It decides which rules apply. */
  schema: string
  /** Whether a rule that looks across borders may have looked from a part into the frame: then the frame binds it. */
  isBound: boolean
  parts: readonly Part[]
  /** By number of the rule; `at` counts in the text. */
  frame: ReadonlyMap<number, readonly Kept[]>
}

interface Part {
  start: number
  end: number
  /** The way to it from the root. */
  path: string
  /** What stands for it in the frame: the types of its parameters. */
  face: string
  /** By number of the rule; `at` and `path` count from the part. */
  faults: ReadonlyMap<number, readonly Kept[]>
}

interface Kept {
  fault: Fault
  /** The path at the fault. */
  path: string
}

/** A rule with its number, and what it said of the whole file before. */
export interface Said {
  rule: DocumentRule
  number: number
  /** Undefined when it was skipped. */
  faults: readonly RawFault[] | undefined
}

/** Words that reach beyond the object they stand in: suppressions, and parts of policies, which have rules of their own. */
const FAR_REACHING = /souk-disable-|"suppress"|"policyrule"/i

/** Remembers a template; undefined when an edit of it could not be judged by its parts. */
export function remember(document: ArmDocument, said: readonly Said[]): FileMemory | undefined {
  const { text, root } = document
  const schema = schemaOf(document)
  if (root?.kind !== 'object' || !schema || !isPlain(document) || FAR_REACHING.test(text)) return undefined
  if (said.some(({ rule, faults = [] }) => !isCuttable(rule) || faults.length > MAX_FAULTS)) return undefined
  const holes = outerView(document, root, innerTemplates(document)).holes
  if (!holes.length || holes.some((hole) => !isLocal(document, hole))) return undefined
  const parts = holes.map(({ start, end }) => {
    const node = innerTemplates(document).find((one) => one.start === start)
    return { start, end, path: pathAt(root, start), face: faceOf(node), faults: new Map<number, Kept[]>() }
  })
  const frame = new Map<number, Kept[]>()
  for (const { number, faults = [] } of said) {
    for (const { fault, within } of faults) {
      const part = parts.find(({ start, end }) =>
        within ? within.start >= start && within.end <= end : fault.at > start && fault.at < end,
      )
      const path = pathAt(root, fault.at)
      if (part) add(part.faults, number, keptBelow(part, fault, path))
      else add(frame, number, { fault, path })
    }
  }
  const isBicep = generatorOf(root) === 'bicep'
  const isBound = innerTemplates(document).some(
    (one) => holes.some(({ start }) => start === one.start) && !isClosed(one, text.slice(one.start, one.end), said),
  )
  return { text, isBicep, schema, isBound, parts, frame }
}

const isCuttable = ({ family }: DocumentRule): boolean => family === 'template' || family === 'all-files'

const add = (to: Map<number, Kept[]>, number: number, kept: Kept): void => {
  const known = to.get(number)
  if (known) known.push(kept)
  else to.set(number, [kept])
}

const below = (path: string, around: string): string => path.slice(around.length).replace(/^\./, '')

/** A fault as its part by itself would tell it: a rule that saw the whole file counts its path from the root. */
function keptBelow(part: Part, fault: Fault, path: string): Kept {
  const { path: told = '' } = fault
  const own = told.startsWith(part.path) ? { path: below(told, part.path) } : {}
  return { fault: { ...fault, ...own, at: fault.at - part.start }, path: below(path, part.path) }
}

const joined = (around: string, path: string): string =>
  path === '' || path.startsWith('[') ? around + path : `${around}.${path}`

/** What the frame sees of a part: the types of its parameters, as JSON. */
function faceOf(part: ObjectNode | undefined): string {
  const types = entriesOf(member(part, 'parameters')).map(({ name, value }) => {
    const type = textOf(member(value, 'type'))
    return `${JSON.stringify(name)}:${JSON.stringify(type === undefined ? {} : { type })}`
  })
  return `{"parameters":{${types.join(',')}}}`
}

/** Whether every parameter used within a range is declared there too: nothing in it looks for one outside. */
function isLocal({ index, parameterUses }: ArmDocument, { start, end }: { start: number; end: number }): boolean {
  const declared = new Set<string>()
  for (const { property } of index.byKey.get('parameters') ?? []) {
    if (property.start < start || property.end > end) continue
    for (const { key } of entriesOf(property.value)) declared.add(key)
    // Functions of the user's own list theirs.
    if (property.value.kind === 'array')
      for (const item of property.value.items) declared.add((textOf(member(item, 'name')) ?? '').toLowerCase())
  }
  return parameterUses.every((use) => use.start < start || use.end > end || declared.has(use.name.toLowerCase()))
}

/** Whether a text holds a word for which a rule looks across the borders of parts. */
function hasWord(said: readonly Pick<Said, 'rule'>[], text: string): boolean {
  const words = said.flatMap(({ rule }) => (rule.family === 'template' ? (rule.acrossFor ?? []) : []))
  return words.some((word) => new RegExp(word, 'i').test(text))
}

/** Whether rules that look across borders find in a part all they ask for: such a rule wants the variables of a template. */
const isClosed = (part: ObjectNode, text: string, said: readonly Pick<Said, 'rule'>[]): boolean =>
  (member(part, 'variables') !== undefined && member(part, 'resources') !== undefined) || !hasWord(said, text)

export interface Asking {
  file: string
  facts: Facts
  said: readonly Pick<Said, 'rule' | 'number'>[]
}

/** So much around a change is looked at for words that the change may have completed. */
const AROUND = 40

/**
 * The findings of a text that differs in one place from the one remembered, by rule in their order; undefined when it
 * must be judged anew.
 */
export function judgeEdit(
  memory: FileMemory,
  text: string,
  asking: Asking,
): { memory: FileMemory; findings: Finding[][] } | undefined {
  const change = changeBetween(memory.text, text)
  const near = text.slice(Math.max(0, change.start - AROUND), change.newEnd + AROUND)
  if (FAR_REACHING.test(near)) return undefined
  const edited = edit(memory, text, { change, asking })
  return edited && { memory: edited, findings: findingsOf(edited, asking) }
}

interface Edit {
  change: Change
  asking: Asking
}

function edit(memory: FileMemory, text: string, { change, asking }: Edit): FileMemory | undefined {
  if (change.start === change.oldEnd && change.shift === 0) return memory
  const at = memory.parts.findIndex(({ start, end }) => start < change.start && change.oldEnd < end)
  const part = memory.parts[at]
  if (part) return withPart(memory, text, { change, asking, part })
  const isOutside = memory.parts.every(({ start, end }) => end <= change.start || start >= change.oldEnd)
  return isOutside ? withFrame({ ...memory, text, parts: movedParts(memory.parts, change) }, asking) : undefined
}

const moved = (at: number, { oldEnd, shift }: Change): number => (at >= oldEnd ? at + shift : at)

const movedParts = (parts: readonly Part[], change: Change): Part[] =>
  parts.map((part) => ({ ...part, start: moved(part.start, change), end: moved(part.end, change) }))

/** An edit within one part: that is read again, and the rest moves. */
function withPart(
  memory: FileMemory,
  text: string,
  { change, asking, part }: Edit & { part: Part },
): FileMemory | undefined {
  const own = text.slice(part.start, part.end + change.shift)
  const document = readDocument(asking.file, own)
  const { root } = document
  const isWhole = isPlain(document) && root?.start === 0 && root.end === own.length
  if (!isWhole || root.kind !== 'object' || !isLocal(document, root) || !isClosed(root, own, asking.said))
    return undefined
  const faults = new Map<number, Kept[]>()
  for (const { rule, number } of asking.said) {
    for (const fault of partFaults(rule, document, { ...standingOf(memory, asking), root }))
      add(faults, number, { fault, path: pathAt(root, fault.at) })
  }
  const face = faceOf(root)
  const parts = movedParts(memory.parts, change)
  parts[memory.parts.indexOf(part)] = { ...part, end: part.end + change.shift, face, faults }
  const next = { ...memory, text, parts, frame: movedFrame(memory.frame, change) }
  return face === part.face ? next : withFrame(next, asking)
}

const isPlain = ({ problem, notes, comments }: ArmDocument): boolean =>
  !problem && notes.length === 0 && comments.length === 0

const standingOf = ({ isBicep }: FileMemory, { file, facts }: Asking): Omit<Standing, 'root'> => ({
  isBicep,
  isMain: isMainTemplate(file),
  facts,
})

function movedFrame(frame: FileMemory['frame'], change: Change): FileMemory['frame'] {
  const move = ({ fault, path }: Kept): Kept => ({ fault: { ...fault, at: moved(fault.at, change) }, path })
  return new Map(Array.from(frame, ([number, kept]) => [number, kept.map(move)]))
}

/** What a rule says of a part by itself: of the inner template that it is, and of those inside it. */
function* partFaults(rule: DocumentRule, document: ArmDocument, standing: Standing): Iterable<Fault> {
  if (rule.family === 'all-files') yield* rule.inspect({ document })
  if (rule.family !== 'template' || (rule.isOuterOnly && !rule.seesLinks && !rule.acrossFor)) return
  const inner = innerTemplates(document)
  const { root } = standing
  for (const template of rule.isOuterOnly ? [root] : [root, ...inner])
    yield* rule.inspect({ ...standing, view: innerView(document, template), document, root: template, inner })
}

/** An edit outside all parts: the frame is read again. Undefined when the parts are no longer what it has inside. */
function withFrame(memory: FileMemory, asking: Asking): FileMemory | undefined {
  const { text, parts } = memory
  const faces: { start: number; end: number }[] = []
  let frameText = ''
  let from = 0
  for (const { start, end, face } of parts) {
    frameText += text.slice(from, start)
    faces.push({ start: frameText.length, end: frameText.length + face.length })
    frameText += face
    from = end
  }
  const document = readDocument(asking.file, frameText + text.slice(from))
  const { root } = document
  if (memory.isBound || !isPlain(document) || root?.kind !== 'object') return undefined
  const inner = innerTemplates(document)
  const isSame = inner.length === faces.length && inner.every(({ start }, index) => start === faces[index]?.start)
  if (!isSame || memory.schema !== schemaOf(document) || memory.isBicep !== (generatorOf(root) === 'bicep'))
    return undefined
  const realOf = (offset: number): number => {
    const before = faces.findLastIndex(({ end }) => end <= offset)
    return before < 0 ? offset : offset - (faces[before]?.end ?? 0) + (parts[before]?.end ?? 0)
  }
  const frame = new Map<number, Kept[]>()
  const view = outerView(document, root, inner)
  const subject = { ...standingOf(memory, asking), view, document, root, inner }
  for (const { rule, number } of asking.said) {
    const isTemplate = rule.family === 'template'
    const faults = isTemplate ? rule.inspect(subject) : rule.family === 'all-files' ? rule.inspect({ document }) : []
    for (const fault of faults)
      add(frame, number, { fault: { ...fault, at: realOf(fault.at) }, path: pathAt(root, fault.at) })
  }
  const placed = parts.map((part, index) => ({ ...part, path: pathAt(root, faces[index]?.start ?? 0) }))
  return { ...memory, parts: placed, frame }
}

/** All that is remembered as findings with their places, by rule in the order of the rules. */
function findingsOf({ text, parts, frame }: FileMemory, { file, said }: Asking): Finding[][] {
  const placeOf = positions(text)
  return said.map(({ rule, number }) => {
    const paths = new Map<number, string>()
    const faults = (frame.get(number) ?? []).map(({ fault, path }) => {
      paths.set(fault.at, path)
      return fault
    })
    for (const part of parts) {
      for (const { fault, path } of part.faults.get(number) ?? []) {
        const at = fault.at + part.start
        paths.set(at, joined(part.path, path))
        faults.push({ ...fault, at })
      }
    }
    const pathAt = (at: number): string => paths.get(at) ?? ''
    return place(rule, { file, length: text.length, placeOf, pathAt }, faults)
  })
}
