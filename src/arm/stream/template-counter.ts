import { MAX_BAD, type Analysis, type BadResource } from '../../model/analysis.ts'
import { CallCounts, isExpression } from './calls.ts'
import type { Scanner } from './scanner.ts'
import type { Sink } from './sink.ts'
import { Counts } from './tally.ts'
import { isWord, Texts } from './texts.ts'

/** What an open object or array is to a template. */
const TEMPLATE = 1
/** An object whose members are counted. */
const PARAMETERS = 2
const VARIABLES = 3
const OUTPUTS = 4
/** The array of namespaces, one of them, and its functions. */
const FUNCTIONS = 5
const NAMESPACE = 6
const FUNCTION_NAMES = 7
const RESOURCES = 8
const RESOURCE = 9
const PROPERTIES = 10

/** What the next text is the value of. */
const NOTHING = 0
const SCHEMA = 20
const LANGUAGE = 21
const TYPE = 22
const NAME = 23
const VERSION = 24
/** Says that a resource is of another provider, which wants no version. */
const ALIEN = 25
const PROFILE = 26

const LONGEST_WORD = 15
/** Words in lower case with what they stand for, by their length. */
type WordList = readonly (readonly { bytes: Uint8Array; role: number }[])[]

function words(pairs: Record<string, number>): WordList {
  const lists: { bytes: Uint8Array; role: number }[][] = Array.from({ length: LONGEST_WORD + 1 }, () => [])
  for (const [word, role] of Object.entries(pairs))
    lists[word.length]?.push({ bytes: Buffer.from(word, 'latin1'), role })
  return lists
}
const TEMPLATE_WORDS = words({
  parameters: PARAMETERS,
  variables: VARIABLES,
  outputs: OUTPUTS,
  functions: FUNCTIONS,
  resources: RESOURCES,
  $schema: SCHEMA,
  languageversion: LANGUAGE,
  apiprofile: PROFILE,
})
const RESOURCE_WORDS = words({
  type: TYPE,
  name: NAME,
  apiversion: VERSION,
  properties: PROPERTIES,
  resources: RESOURCES,
  import: ALIEN,
  extension: ALIEN,
})
const NAMESPACE_WORDS = words({ members: FUNCTION_NAMES })
const PROPERTIES_WORDS = words({ template: TEMPLATE })
const DEPLOYMENT = 'microsoft.resources/deployments'

/** A template that is open. Whether a nested one counts is known when the resource around it ends. */
interface TemplateFrame {
  role: typeof TEMPLATE
  counts: Counts
  bad: BadResource[]
  badCount: number
  /** `apiProfile` gives all resources their version. */
  hasProfile: boolean
}

interface ResourcesFrame {
  role: typeof RESOURCES
  isChild: boolean
  /** The element that is open or comes next: its number, and its name in an object. */
  index: number
  name: string | undefined
}

interface ResourceFrame {
  role: typeof RESOURCE
  line: number
  type: string | undefined
  hasName: boolean
  hasVersion: boolean
  isAlien: boolean
  /** Its `properties.template`: only its type says whether that is a template. */
  inner: TemplateFrame | undefined
}

type Frame = TemplateFrame | ResourcesFrame | ResourceFrame | { role: Section }
type Section = 2 | 3 | 4 | 5 | 6 | 7 | 10

const newTemplate = (): TemplateFrame => ({
  role: TEMPLATE,
  counts: new Counts(),
  bad: [],
  badCount: 0,
  hasProfile: false,
})

/** Counts what a scanner finds. Memory grows with the nesting and with the number of different types alone. */
export class TemplateCounter implements Sink {
  readonly #frames: Frame[] = []
  readonly #main = newTemplate()
  /** The innermost template that is open. */
  #template = this.#main
  readonly #calls = new CallCounts()
  readonly #texts = new Texts()
  readonly #lineOf: () => number
  readonly #onBad: (bad: BadResource) => void
  /** Objects and arrays that are open and of no interest. */
  #skipped = 0
  #expressions = 0
  /** What the next value is, by the name before it. */
  #value: number = TEMPLATE
  #schema: string | undefined
  #language: string | undefined

  /** `lineOf` tells the line of the value that was just opened; `onBad` hears of bad resources as they end. */
  constructor(lineOf: () => number, onBad: (bad: BadResource) => void = () => {}) {
    this.#lineOf = lineOf
    this.#onBad = onBad
  }

  open(isArray: boolean): void {
    if (this.#skipped > 0) {
      this.#skipped++
      return
    }
    const outer = this.#frames.at(-1)
    const frame = this.#frameOf(outer, isArray)
    if (outer?.role === RESOURCES && !frame) this.#strangeElement(outer)
    this.#value = NOTHING
    if (frame) this.#frames.push(frame)
    else this.#skipped = 1
  }

  #frameOf(outer: Frame | undefined, isArray: boolean): Frame | undefined {
    if (outer?.role === RESOURCES) return isArray ? undefined : this.#newResource()
    if (outer?.role === FUNCTIONS) return isArray ? undefined : { role: NAMESPACE }
    const { counts } = this.#template
    if (this.#value === RESOURCES) {
      const isChild = outer?.role === RESOURCE
      if (!isChild) this.#restart()
      return { role: RESOURCES, isChild, index: 0, name: undefined }
    }
    if (isArray) return this.#value === FUNCTIONS ? { role: FUNCTIONS } : undefined
    if (this.#value === TEMPLATE) return outer ? (this.#template = newTemplate()) : this.#main
    if (this.#value === PARAMETERS) counts.parameters = 0
    else if (this.#value === VARIABLES) counts.variables = 0
    else if (this.#value === OUTPUTS) counts.outputs = 0
    else if (this.#value !== PROPERTIES && this.#value !== FUNCTION_NAMES) return undefined
    return { role: this.#value }
  }

  /** Of two lists of resources in one template the last one counts. */
  #restart(): void {
    this.#template.counts.forgetResources()
    this.#template.bad = []
    this.#template.badCount = 0
  }

  #newResource(): ResourceFrame {
    const facts = { type: undefined, hasName: false, hasVersion: false, isAlien: false, inner: undefined }
    return { role: RESOURCE, line: this.#lineOf(), ...facts }
  }

  close(): void {
    this.#value = NOTHING
    if (this.#skipped > 0) {
      this.#skipped--
      return
    }
    const frame = this.#frames.pop()
    if (frame?.role === RESOURCE) this.#closeResource(frame)
    else if (frame?.role === TEMPLATE && this.#frames.length > 0) this.#closeTemplate(frame)
  }

  #closeTemplate(frame: TemplateFrame): void {
    // Around it stand the properties of a resource.
    const resource = this.#frames.at(-2)
    if (resource?.role === RESOURCE) resource.inner = frame
    this.#template = this.#frames.findLast((one) => one.role === TEMPLATE) ?? this.#main
  }

  #closeResource(frame: ResourceFrame): void {
    const { type, inner } = frame
    const list = this.#frames.at(-1)
    if (list?.role !== RESOURCES) return
    this.#count(list, type ?? '(none)')
    if (inner && type?.toLowerCase() === DEPLOYMENT) {
      this.#template.counts.addNested(inner.counts)
      for (const bad of inner.bad) this.#noteBad(bad)
      this.#template.badCount += inner.badCount - inner.bad.length
    }
    const isVersioned = frame.hasVersion || frame.isAlien || this.#template.hasProfile
    const lacks = [
      ...(type === undefined ? ['type'] : []),
      ...(isVersioned ? [] : ['apiVersion']),
      ...(frame.hasName || frame.isAlien ? [] : ['name']),
    ]
    if (lacks.length > 0)
      this.#noteBad({ path: this.#path(), line: frame.line, why: `it has no ${lacks.join(', no ')}` })
    list.index++
  }

  /** An element of `resources` that is no object. */
  #strangeElement(list: ResourcesFrame): void {
    this.#count(list, '(none)')
    this.#noteBad({ path: this.#path(), line: this.#lineOf(), why: 'it is no object' })
    list.index++
  }

  #count(list: ResourcesFrame, type: string): void {
    const { counts } = this.#template
    if (list.isChild) counts.children++
    else counts.resources++
    counts.types.add(type)
  }

  #noteBad(bad: BadResource): void {
    const template = this.#template
    template.badCount++
    if (template.bad.length < MAX_BAD) template.bad.push(bad)
    if (template === this.#main) this.#onBad(bad)
  }

  #path(): string {
    const parts: string[] = []
    for (const frame of this.#frames) {
      if (frame.role === TEMPLATE && frame !== this.#main) parts.push('template')
      else if (frame.role === RESOURCES)
        parts.push(frame.name === undefined ? `resources[${frame.index}]` : `resources.${frame.name}`)
    }
    return parts.join('.')
  }

  name(bytes: Uint8Array, from: number, to: number): void {
    if (bytes[from] === 0x5b) this.#countExpression(bytes, from, to)
    if (this.#skipped > 0) return
    this.#value = NOTHING
    const frame = this.#frames.at(-1)
    if (!frame) return
    const { counts } = this.#template
    const { role } = frame
    if (role === RESOURCE) this.#nameInResource(frame, bytes, { from, to })
    else if (role === PROPERTIES) this.#value = lookUp(PROPERTIES_WORDS, bytes, from, to)
    else if (role === RESOURCES) frame.name = this.#texts.of(bytes, from, Math.min(to, from + 200))
    else if (role === TEMPLATE) this.#nameInTemplate(bytes, from, to)
    else if (role === PARAMETERS) counts.parameters++
    else if (role === VARIABLES) counts.variables++
    else if (role === OUTPUTS) counts.outputs++
    else if (role === FUNCTION_NAMES) counts.functions++
    else if (role === NAMESPACE) this.#value = lookUp(NAMESPACE_WORDS, bytes, from, to)
  }

  #nameInTemplate(bytes: Uint8Array, from: number, to: number): void {
    this.#value = lookUp(TEMPLATE_WORDS, bytes, from, to)
    if (this.#value === PROFILE) this.#template.hasProfile = true
  }

  #nameInResource(frame: ResourceFrame, bytes: Uint8Array, { from, to }: { from: number; to: number }): void {
    this.#value = lookUp(RESOURCE_WORDS, bytes, from, to)
    if (this.#value === ALIEN) frame.isAlien = true
  }

  string(bytes: Uint8Array, from: number, to: number): void {
    if (bytes[from] === 0x5b) this.#countExpression(bytes, from, to)
    if (this.#skipped > 0) return
    const frame = this.#frames[this.#frames.length - 1]
    if (frame?.role === RESOURCES) this.#strangeElement(frame)
    if (this.#value === NOTHING) return
    const value = this.#value
    this.#value = NOTHING
    if (frame?.role === RESOURCE) {
      if (value === TYPE) frame.type = this.#texts.of(bytes, from, Math.min(to, from + MAX_SHOWN))
      else if (value === NAME) frame.hasName = true
      else if (value === VERSION) frame.hasVersion = true
    } else if (frame === this.#main) {
      if (value === SCHEMA) this.#schema = this.#texts.of(bytes, from, Math.min(to, from + MAX_SHOWN))
      else if (value === LANGUAGE) this.#language = this.#texts.of(bytes, from, Math.min(to, from + MAX_SHOWN))
    }
  }

  scalar(): void {
    if (this.#skipped > 0) return
    const frame = this.#frames.at(-1)
    if (frame?.role === RESOURCES) this.#strangeElement(frame)
    this.#value = NOTHING
  }

  /** The result; to be asked for when the scanner has come to the end. */
  analysis(scanner: Scanner): Analysis {
    const { counts, bad, badCount } = this.#main
    return {
      bytes: scanner.bytesDone,
      lines: scanner.lines,
      depth: scanner.maxDepth,
      ...(this.#schema === undefined ? {} : { schema: this.#schema }),
      ...(this.#language === undefined ? {} : { languageVersion: this.#language }),
      ...counts.list(),
      nested: counts.listNested(),
      expressions: this.#expressions,
      calls: this.#calls.list(),
      comments: scanner.comments,
      trailingCommas: scanner.trailingCommas,
      badResources: badCount,
      bad,
    }
  }

  #countExpression(bytes: Uint8Array, from: number, to: number): void {
    if (!isExpression(bytes, from, to)) return
    this.#expressions++
    this.#calls.count(bytes, from, to)
  }
}

/** Longer types and schemas are cut. */
const MAX_SHOWN = 1_000

function lookUp(lists: WordList, bytes: Uint8Array, from: number, to: number): number {
  const list = lists[to - from]
  if (list)
    for (let index = 0; index < list.length; index++) {
      const word = list[index] as { bytes: Uint8Array; role: number }
      if (isWord(bytes, from, to, word.bytes)) return word.role
    }
  return NOTHING
}
