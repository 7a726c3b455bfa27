import { MAX_BAD, type Analysis, type BadResource } from '../../model/analysis.ts'
import {
  ADOPTED,
  ESCAPED_TYPE,
  HAS_NAME,
  HAS_TYPE,
  HAS_VERSION,
  LANGUAGE,
  NO_OBJECT,
  PLACE_WORDS,
  RESOURCES,
  SCHEMA,
  TEMPLATE,
} from './assembly/codes.ts'
import { listCalls } from './calls.ts'
import { decoded } from './decoded.ts'
import type { Engine } from './engine.ts'
import type { Listener, Scanner } from './scanner.ts'
import { readCounts } from './tally.ts'

const DEPLOYMENT = 'microsoft.resources/deployments'
/** Longer schemas are cut; so are longer names of resources. */
const MAX_SHOWN = 1_000
const MAX_NAME = 200
/** What a resource must have, in the order in which it is told. */
const NEEDED = [
  [HAS_TYPE, 'type'],
  [HAS_VERSION, 'apiVersion'],
  [HAS_NAME, 'name'],
] as const

/** Hears of what a template holds beside its counts, which the engine keeps: schema, version and bad resources. */
export class TemplateCounter implements Listener {
  /** The first bad resources of each template that is open, or nested and not known yet to count. */
  readonly #bad: BadResource[][] = []
  readonly #engine: Engine
  readonly #onBad: (bad: BadResource) => void
  #schema: string | undefined
  #language: string | undefined

  /** `onBad` hears of bad resources as they end. */
  constructor(engine: Engine, onBad: (bad: BadResource) => void = () => {}) {
    this.#engine = engine
    this.#onBad = onBad
  }

  hear(event: number, first: number, second: number, third: number): void {
    if (event === ADOPTED) this.#adopt(first, second, third)
    else if (event === SCHEMA) this.#schema = this.#text(first, second, MAX_SHOWN)
    else if (event === LANGUAGE) this.#language = this.#text(first, second, MAX_SHOWN)
  }

  asked(code: number): void {
    const { typeFrom, typeTo, typeIsDeployment } = this.#engine
    if (code !== ESCAPED_TYPE) this.#badResource()
    else if (this.#text(typeFrom.value, typeTo.value, MAX_SHOWN).toLowerCase() === DEPLOYMENT) typeIsDeployment()
  }

  passed(): void {
    this.#engine.keepNames()
  }

  #text(from: number, to: number, most: number): string {
    return decoded(this.#engine.bytes, from, Math.min(to, from + most))
  }

  #badResource(): void {
    const { badLine, badHas, badTemplate, badBefore } = this.#engine
    const has = badHas.value
    const lacks = NEEDED.filter(([flag]) => (has & flag) === 0).map(([, word]) => word)
    const why = has === NO_OBJECT ? 'it is no object' : `it has no ${lacks.join(', no ')}`
    this.#note(badTemplate.value, badBefore.value, { path: this.#path(), line: badLine.value, why })
  }

  /** Notes a bad resource of a template of which there were so many `before`. */
  #note(template: number, before: number, bad: BadResource): void {
    if (before === 0) this.#bad[template] = []
    if (before < MAX_BAD) this.#bad[template]?.push(bad)
    if (template === 0) this.#onBad(bad)
  }

  /** Takes over the bad resources of a nested template. */
  #adopt(inner: number, outer: number, before: number): void {
    for (const [index, bad] of (this.#bad[inner] ?? []).entries()) this.#note(outer, before + index, bad)
  }

  /** Where in the template the element of a list stands that was seen last. */
  #path(): string {
    const { depth, roleAt, numbers, PLACES } = this.#engine
    const parts: string[] = []
    // The innermost list has counted it already.
    let seen = 1
    for (let level = depth.value; level > 0; level--) {
      const role = roleAt(level)
      if (role === TEMPLATE && level > 1) parts.push('template')
      if (role !== RESOURCES) continue
      const place = (PLACES.value >> 2) + level * PLACE_WORDS
      const [, index = 0, from = 0, to = 0] = numbers.subarray(place, place + 4)
      parts.push(from === 0 ? `resources[${index - seen}]` : `resources.${this.#text(from, to, MAX_NAME)}`)
      seen = 0
    }
    return parts.toReversed().join('.')
  }

  /** The result; to be asked for when the scanner has come to the end. */
  analysis(scanner: Scanner): Analysis {
    const engine = this.#engine
    const { nested, ...counts } = readCounts(engine)
    const badResources = engine.numbers[(engine.LEVEL_LIST.value + engine.BAD_AT.value) >> 2] ?? 0
    return {
      bytes: scanner.bytesDone,
      lines: scanner.lines,
      depth: engine.maxDepth.value,
      ...(this.#schema === undefined ? {} : { schema: this.#schema }),
      ...(this.#language === undefined ? {} : { languageVersion: this.#language }),
      ...counts,
      nested,
      expressions: engine.expressions.value,
      calls: listCalls(engine),
      comments: scanner.comments,
      trailingCommas: engine.trailingCommas.value,
      badResources,
      bad: badResources > 0 ? (this.#bad[0] ?? []) : [],
    }
  }
}
