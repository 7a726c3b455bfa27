import { Names, type Name } from './names.ts'
import type { ArmNode, NumberNode, Property, StringNode } from './node.ts'

/** Why a text is not JSON, and where. */
export interface ReadProblem {
  offset: number
  message: string
}

export interface ReadResult {
  /** Absent when there is a problem, or nothing but white space. */
  root?: ArmNode
  problem?: ReadProblem
  /** What strict JSON would refuse but ARM tools accept, first of each kind. */
  notes: ReadProblem[]
  /** Where comments stand, their marks included, in order. */
  comments: { start: number; end: number }[]
}

/** Nesting beyond this is refused: Azure Resource Manager itself stops far earlier, and the stack is finite. */
const MAX_DEPTH = 400

/** Among so many names one is found faster by looking at each than in a map of them. */
const FEW = 32

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SLASH = 0x2f
const STAR = 0x2a
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' }
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const NAME = /[A-Za-z_$][\w$-]*/y
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

class NotJson extends Error {
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

/** One pass over a text. */
class Reader {
  readonly notes: ReadProblem[] = []
  readonly comments: { start: number; end: number }[] = []
  private readonly text: string
  private readonly names = new Names()
  private at = 0
  private depth = 0
  /**
   * The properties of the objects that are not closed yet, those of an inner one behind those around it, and how many
   * that are. A list that grows for each object would take several times the room of what is in it.
   */
  private readonly open: Property[] = []
  private opened = 0

  constructor(text: string) {
    this.text = text
  }

  document(): ArmNode | undefined {
    if (this.text.codePointAt(0) === 0xfeff) this.at = 1
    this.skip()
    if (this.at >= this.text.length) return undefined
    const root = this.value()
    this.skip()
    if (this.at < this.text.length) this.fail('there is more text after the end of the value')
    return root
  }

  private fail(message: string, offset = this.at): never {
    throw new NotJson(Math.min(offset, this.text.length), message)
  }

  private note(message: string, offset = this.at): void {
    if (this.notes.every((note) => note.message !== message)) this.notes.push({ offset, message })
  }

  private found(): string {
    return this.at >= this.text.length ? 'the text ends' : `found ${JSON.stringify(this.text[this.at])}`
  }

  /** Passes white space and comments. */
  private skip(): void {
    const { text } = this
    let { at } = this
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0xa0 || code === 0xfeff) at++
      else {
        this.at = at
        if (code !== SLASH) return
        this.comment()
        at = this.at
      }
    }
  }

  private comment(): void {
    const next = this.text.charCodeAt(this.at + 1)
    if (next !== SLASH && next !== STAR) this.fail('a lone "/" is not JSON')
    this.note('comments are not strict JSON')
    const end = next === SLASH ? this.text.indexOf('\n', this.at) : this.text.indexOf('*/', this.at + 2)
    if (next === STAR && end < 0) this.fail('a comment is not closed')
    const start = this.at
    this.at = end < 0 ? this.text.length : end + (next === SLASH ? 1 : 2)
    this.comments.push({ start, end: this.at })
  }

  private value(): ArmNode {
    const code = this.text.charCodeAt(this.at)
    if (code === QUOTE) return this.string()
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++this.depth > MAX_DEPTH) this.fail(`values are nested more than ${MAX_DEPTH} deep`)
      const node = code === OPEN_BRACE ? this.object() : this.array()
      this.depth--
      return node
    }
    return this.literal() ?? this.number() ?? this.fail(`a value is expected here, ${this.found()}`)
  }

  private literal(): ArmNode | undefined {
    const start = this.at
    for (const [word, value] of LITERALS) {
      if (!this.text.startsWith(word, start)) continue
      this.at = start + word.length
      return value === null ? { kind: 'null', start, end: this.at } : { kind: 'boolean', start, end: this.at, value }
    }
    return undefined
  }

  private number(): NumberNode | undefined {
    NUMBER.lastIndex = this.at
    const match = NUMBER.exec(this.text)
    if (!match) return undefined
    const start = this.at
    this.at = NUMBER.lastIndex
    const isInteger = match[1] === undefined && match[2] === undefined
    return { kind: 'number', start, end: this.at, value: Number(match[0]), isInteger }
  }

  private string(): StringNode {
    const start = this.at
    const { text } = this
    let at = start + 1
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      // At the end of the text there is no number to compare.
      if (!(code >= 0x20) || code === BACKSLASH) return this.oddString(start, at)
      at++
    }
    this.at = at + 1
    return { kind: 'string', start, end: this.at, value: text.slice(start + 1, at) }
  }

  /** A string with an escape, a control character or no end, from its first such place on. */
  private oddString(start: number, oddAt: number): StringNode {
    const { text } = this
    this.at = oddAt
    let value = ''
    let from = start + 1
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        value += text.slice(from, this.at) + this.escape()
        from = this.at
      } else if (code < 0x20) {
        this.note('a string contains a raw control character or line break')
        this.at++
      } else if (this.at >= text.length) this.fail('a string is not closed', start)
      else this.at++
    }
    value += text.slice(from, this.at)
    this.at++
    return { kind: 'string', start, end: this.at, value }
  }

  /** Reads one escape and stands after it. */
  private escape(): string {
    const letter = this.text[this.at + 1] ?? ''
    if (letter === 'u') {
      const digits = this.text.slice(this.at + 2, this.at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail('\\u needs four hexadecimal digits')
      this.at += 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const value = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
    if (value === undefined) this.fail(`"\\${letter}" is not an escape`)
    this.at += 2
    return value
  }

  private array(): ArmNode {
    const start = this.at++
    const items: ArmNode[] = []
    for (this.skip(); this.text.charCodeAt(this.at) !== CLOSE_BRACKET; this.skip()) {
      items.push(this.value())
      this.separator(CLOSE_BRACKET, '"," or "]"')
    }
    this.at++
    return { kind: 'array', start, end: this.at, items }
  }

  private object(): ArmNode {
    const start = this.at++
    const { open } = this
    const from = this.opened
    let seen: Map<string, number> | undefined
    for (this.skip(); this.text.charCodeAt(this.at) !== CLOSE_BRACE; this.skip()) {
      const property = this.property()
      if (!seen && this.opened - from > FEW) seen = placesOf(open, from, this.opened)
      const index = (seen ? seen.get(property.key) : this.placeOf(property.key, from)) ?? this.opened
      const twin = index < this.opened ? open[index] : undefined
      if (twin?.name === property.name)
        this.note(`the name "${property.name}" stands twice in one object; the last one counts`, property.start)
      else if (twin)
        this.fail(`the names "${twin.name}" and "${property.name}" differ only in upper and lower case`, property.start)
      else this.opened++
      seen?.set(property.key, index)
      open[index] = property
      this.separator(CLOSE_BRACE, '"," or "}"')
    }
    this.at++
    const properties = open.slice(from, this.opened)
    this.opened = from
    return { kind: 'object', start, end: this.at, properties }
  }

  private placeOf(key: string, from: number): number | undefined {
    for (let index = from; index < this.opened; index++) if (this.open[index]?.key === key) return index
    return undefined
  }

  /** After an element: a comma, or the closing mark which is left standing. */
  private separator(close: number, wanted: string): void {
    this.skip()
    const code = this.text.charCodeAt(this.at)
    if (code === close) return
    if (code !== COMMA) this.fail(`${wanted} is expected here, ${this.found()}`)
    const comma = this.at++
    this.skip()
    if (this.text.charCodeAt(this.at) === close) this.note('a comma before a closing bracket is not strict JSON', comma)
  }

  private property(): Property {
    const start = this.at
    const { name, key } = this.name()
    this.skip()
    if (this.text.charCodeAt(this.at) !== COLON) this.fail(`":" is expected after the name "${name}", ${this.found()}`)
    this.at++
    this.skip()
    const value = this.value()
    return { name, key, start, end: value.end, value }
  }

  private name(): Name {
    if (this.text.charCodeAt(this.at) === QUOTE) return this.quotedName()
    NAME.lastIndex = this.at
    const match = NAME.exec(this.text)
    if (!match) this.fail(`a property name in quotes is expected here, ${this.found()}`)
    this.note('a property name without quotes is not strict JSON')
    this.at = NAME.lastIndex
    return this.names.of(match[0])
  }

  /** The few names of a template stand in it thousands of times: one that was read before is found by its letters alone. */
  private quotedName(): Name {
    const { text, names } = this
    const from = this.at + 1
    let at = from
    let mark = 0
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (!(code >= 0x20) || code === BACKSLASH) return names.of(this.oddString(this.at, at).value)
      mark = (Math.imul(mark, 31) + code) | 0
      at++
    }
    this.at = at + 1
    return names.at(text, from, at, mark)
  }
}

const placesOf = (open: readonly Property[], from: number, to: number): Map<string, number> =>
  new Map(open.slice(from, to).map(({ key }, index) => [key, from + index]))

/**
 * Reads JSON the way ARM tools do: byte-order mark, comments, trailing commas, raw line breaks in strings and names
 * without quotes are accepted and noted. Names that differ only in case are a problem. Never throws.
 */
export function readJson(text: string): ReadResult {
  const reader = new Reader(text)
  const { notes, comments } = reader
  try {
    const root = reader.document()
    return root === undefined ? { notes, comments } : { root, notes, comments }
  } catch (error) {
    if (!(error instanceof NotJson)) throw error
    return { problem: { offset: error.offset, message: error.message }, notes, comments }
  }
}
