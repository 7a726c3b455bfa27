import { MAX_BAD, type Analysis, type BadResource } from '../../model/analysis.ts'
import {
  CLOSED,
  COUNTED,
  DEPTH_SHIFT,
  ELEMENT,
  FUNCTION_NAMES,
  HAS_LONG_TYPE,
  HAS_NAME,
  HAS_VERSION,
  IS_ALIEN,
  LANGUAGE,
  OPENED,
  OUTPUTS,
  PARAMETERS,
  PROFILE,
  RESOURCE_CLOSED,
  RESOURCES,
  SCHEMA,
  STRANGE,
  TEMPLATE,
  TYPE,
  VARIABLES,
} from './assembly/codes.ts'
import { listCalls } from './calls.ts'
import { decoded } from './decoded.ts'
import type { Engine } from './engine.ts'
import type { Listener, Scanner } from './scanner.ts'
import { Counts, type TypeNumber } from './tally.ts'
import { NONE, TypeNames } from './type-names.ts'

/** Longer types and schemas are cut; so are longer names of resources. */
const MAX_SHOWN = 1_000
const MAX_NAME = 200

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
  /** Where its name stands in the chunk, -1 when it was read already or there is none. */
  nameFrom: number
  nameTo: number
  name: string | undefined
}

type Frame = TemplateFrame | ResourcesFrame

const newTemplate = (): TemplateFrame => ({
  role: TEMPLATE,
  counts: new Counts(),
  bad: [],
  badCount: 0,
  hasProfile: false,
})

/** Counts what a scanner finds. Memory grows with the nesting and with the number of different types alone. */
export class TemplateCounter implements Listener {
  readonly #frames: Frame[] = []
  readonly #main = newTemplate()
  /** The innermost template that is open. */
  #template = this.#main
  readonly #types: TypeNames
  /** Of the resource that is open at a depth: a type that the engine has no number for, ... */
  readonly #longTypes: string[] = []
  /** ... and its `properties.template`: only its type says whether that is a template. */
  readonly #inner: (TemplateFrame | undefined)[] = []
  readonly #engine: Engine
  readonly #onBad: (bad: BadResource) => void
  #schema: string | undefined
  #language: string | undefined

  /** `onBad` hears of bad resources as they end. */
  constructor(engine: Engine, onBad: (bad: BadResource) => void = () => {}) {
    this.#engine = engine
    this.#types = new TypeNames(engine)
    this.#onBad = onBad
  }

  hear(event: number, first: number, second: number, third: number): void {
    if (event === RESOURCE_CLOSED) this.#closeResource(first, second, third)
    else if (event === OPENED) this.#open(first, second === 1)
    else if (event === CLOSED) this.#close(second)
    else if (event === COUNTED) this.#counted(first, second)
    else if (event === STRANGE) this.#strangeElement(first)
    else if (event === ELEMENT) this.#named(first, second)
    else if (event === TYPE) this.#longTypes[third] = this.#text(first, second, MAX_SHOWN)
    else if (event === PROFILE) this.#template.hasProfile = true
    else if (event === SCHEMA) this.#schema = this.#text(first, second, MAX_SHOWN)
    else if (event === LANGUAGE) this.#language = this.#text(first, second, MAX_SHOWN)
  }

  /** The bytes of a chunk go: names that are still wanted are read. */
  passed(): void {
    for (const frame of this.#frames) if (frame.role === RESOURCES) this.#readName(frame)
  }

  #text(from: number, to: number, most: number): string {
    return decoded(this.#engine.bytes, from, Math.min(to, from + most))
  }

  #open(role: number, isChild: boolean): void {
    if (role === RESOURCES) {
      if (!isChild) this.#restart()
      this.#frames.push({ role: RESOURCES, isChild, index: 0, nameFrom: -1, nameTo: -1, name: undefined })
    } else this.#frames.push(this.#frames.length > 0 ? (this.#template = newTemplate()) : this.#main)
  }

  /** Of two lists of resources in one template the last one counts. */
  #restart(): void {
    this.#template.counts.forgetResources()
    this.#template.bad = []
    this.#template.badCount = 0
  }

  #named(from: number, to: number): void {
    const frame = this.#frames.at(-1)
    if (frame?.role !== RESOURCES) return
    frame.nameFrom = from
    frame.nameTo = to
  }

  #readName(frame: ResourcesFrame): void {
    if (frame.nameFrom >= 0) frame.name = this.#text(frame.nameFrom, frame.nameTo, MAX_NAME)
    frame.nameFrom = -1
  }

  #counted(role: number, members: number): void {
    const { counts } = this.#template
    if (role === PARAMETERS) counts.parameters = members
    else if (role === VARIABLES) counts.variables = members
    else if (role === OUTPUTS) counts.outputs = members
    else if (role === FUNCTION_NAMES) counts.functions += members
  }

  #close(depth: number): void {
    const frame = this.#frames.pop()
    if (frame?.role !== TEMPLATE || this.#frames.length === 0) return
    // It stands in the properties of a resource.
    this.#inner[depth - 2] = frame
    this.#template = this.#frames.findLast((one) => one.role === TEMPLATE) ?? this.#main
  }

  #closeResource(line: number, number: number, facts: number): void {
    const depth = facts >> DEPTH_SHIFT
    const list = this.#frames[this.#frames.length - 1]
    if (list?.role !== RESOURCES) return
    const type = (facts & HAS_LONG_TYPE) === 0 ? number : this.#types.numberOf(this.#longTypes[depth] ?? '')
    this.#count(list, type)
    const inner = this.#inner[depth]
    this.#inner[depth] = undefined
    if (inner && this.#types.isDeployment(type)) this.#addNested(inner)
    const isAlien = (facts & IS_ALIEN) !== 0
    const isVersioned = (facts & HAS_VERSION) !== 0 || isAlien || this.#template.hasProfile
    const isNamed = (facts & HAS_NAME) !== 0 || isAlien
    if (type === NONE || !isVersioned || !isNamed) {
      const lacks = [
        ...(type === NONE ? ['type'] : []),
        ...(isVersioned ? [] : ['apiVersion']),
        ...(isNamed ? [] : ['name']),
      ]
      this.#noteBad({ path: this.#path(), line, why: `it has no ${lacks.join(', no ')}` })
    }
    list.index++
  }

  #addNested(inner: TemplateFrame): void {
    this.#template.counts.addNested(inner.counts)
    for (const bad of inner.bad) this.#noteBad(bad)
    this.#template.badCount += inner.badCount - inner.bad.length
  }

  /** An element of `resources` that is no object. */
  #strangeElement(line: number): void {
    const list = this.#frames.at(-1)
    if (list?.role !== RESOURCES) return
    this.#count(list, NONE)
    this.#noteBad({ path: this.#path(), line, why: 'it is no object' })
    list.index++
  }

  #count(list: ResourcesFrame, type: TypeNumber): void {
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
      else if (frame.role === RESOURCES) {
        this.#readName(frame)
        parts.push(frame.name === undefined ? `resources[${frame.index}]` : `resources.${frame.name}`)
      }
    }
    return parts.join('.')
  }

  /** The result; to be asked for when the scanner has come to the end. */
  analysis(scanner: Scanner): Analysis {
    const { counts, bad, badCount } = this.#main
    const nameOf = (type: TypeNumber): string => this.#types.nameOf(type)
    const engine = this.#engine
    return {
      bytes: scanner.bytesDone,
      lines: scanner.lines,
      depth: engine.maxDepth.value,
      ...(this.#schema === undefined ? {} : { schema: this.#schema }),
      ...(this.#language === undefined ? {} : { languageVersion: this.#language }),
      ...counts.list(nameOf),
      nested: counts.listNested(nameOf),
      expressions: engine.expressions.value,
      calls: listCalls(engine),
      comments: scanner.comments,
      trailingCommas: engine.trailingCommas.value,
      badResources: badCount,
      bad,
    }
  }
}
