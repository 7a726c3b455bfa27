import { WINDOW_BYTES, type ByteIndex } from './byte-index.ts'
import { Place } from './place.ts'
import { MAX_TEXT_BYTES, NotJson, type Sink } from './sink.ts'
import { firstChar, isWordEnd, wordProblem } from './word.ts'

/** Nesting beyond this is refused, as by the reader. */
const MAX_DEPTH = 400

// What may come next.
const END = 0
const VALUE = 1
/** In an array: a value, or its end. */
const ITEM = 2
/** In an object: a name, or its end. */
const NAME = 3
const COLON_NEXT = 4
const SEPARATOR = 5
const WANTED = ['nothing more', 'a value', 'a value or "]"', 'a property name in quotes', '":"', '","'] as const

const QUOTE = 0x22
const STAR = 0x2a
const COMMA = 0x2c
const SLASH = 0x2f
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const LETTER_U = 0x75
const SIMPLE_ESCAPES = new Set(Buffer.from('"\\/bfnrt', 'latin1'))
const isHex = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66)

/** What stands open in a text that goes on in the next chunk. */
type Comment = 'none' | 'slash' | 'line' | 'block' | 'star'

/**
 * Hears what a writer needs to know beyond the values. All are ranges of this chunk, in order but for the comma; a
 * `from` of -1 stands for something that began in a chunk before.
 */
export interface Cuts {
  /** Nothing of this is part of the value. */
  comment(from: number, to: number): void
  trailingComma(at: number): void
  /** A bare word with blanks around it that are no white space of JSON; `text` is without them. */
  word(from: number, to: number, text: Uint8Array): void
  /** A value that is text and begins with `[`, in its quotes; `text` is without them. */
  expression?(from: number, to: number, text: Uint8Array): void
}

/**
 * Reads JSON as a stream, in pieces of any size and in constant memory, with the leniency of the reader: byte order
 * mark, comments, trailing commas, raw line breaks in strings, names without quotes. Unlike the reader it cannot know
 * that a name stands twice in one object.
 */
export class Scanner {
  depth = 0
  maxDepth = 0
  comments = 0
  trailingCommas = 0
  bytesDone = 0
  #next = VALUE
  #afterComma = false
  #commaAt = -1
  #inString = false
  #isName = false
  #from = -1
  #comment: Comment = 'none'
  /** Bytes that an escape still needs: 5 its letter, 4 to 1 hexadecimal digits. */
  #escape = 0
  #inWord = false
  #wordFrom = -1
  #textFrom = -1
  #held: Uint8Array = new Uint8Array(0)
  #to = 0
  readonly #isArray = new Uint8Array(MAX_DEPTH + 1)
  readonly #index: ByteIndex
  readonly #sink: Sink
  readonly #cuts: Cuts | undefined
  readonly place: Place

  constructor(index: ByteIndex, sink: Sink, cuts?: Cuts) {
    this.#index = index
    this.#sink = sink
    this.#cuts = cuts
    this.place = new Place(index)
  }

  /** Lines begun so far. */
  get lines(): number {
    return this.place.lineAt(this.#to)
  }

  /** Whether the last thing that is no white space or comment was a comma. */
  get isAfterComma(): boolean {
    return this.#afterComma && !this.#inString && !this.#inWord
  }

  /**
   * Where the word, or the text value that begins with `[`, stands that goes on in the next chunk: -1 when it began in
   * a chunk before this one, undefined when nothing of the kind is open.
   */
  get openFrom(): number | undefined {
    if (this.#inWord) return this.#wordFrom
    if (!this.#inString || this.#isName) return undefined
    if (this.#held.length > 1 && this.#held[1] !== OPEN_BRACKET) return undefined
    return this.#textFrom
  }

  /** Reads the bytes of the index from one offset to another. Throws NotJson. */
  feed(from: number, to: number): void {
    this.place.begin(from, this.bytesDone === 0)
    this.#to = to
    this.#commaAt = -1
    this.#wordFrom = -1
    this.#textFrom = -1
    if (this.#inString) this.#from = from
    let at = this.#resume(from)
    while (at < to) {
      const windowEnd = Math.min(at + WINDOW_BYTES, to)
      const count = this.#index.index(at, windowEnd)
      this.#walk(count)
      at = this.#index.stop.value
      if (at < windowEnd) at = this.#beginComment(at)
    }
    if (this.#inString) this.#hold(this.#from, to)
    this.place.lineAt(to)
    this.bytesDone += to - from
  }

  /** Says that nothing more comes; checks that the value is whole. */
  end(): void {
    const at = this.#to
    if (this.#inWord) this.#endWord(at, at)
    if (this.#comment === 'block' || this.#comment === 'star') this.#fail('a comment is not closed', at)
    if (this.#comment === 'slash') this.#fail('a lone "/" is not JSON', at)
    if (this.#inString) this.#fail('a string is not closed', at)
    if (this.depth > 0 || this.#next !== END)
      this.#fail(this.bytesDone === 0 ? 'it is empty' : `${this.#wanted()} is expected here, the text ends`, at)
  }

  /** `before` is how many bytes stand between the place of the problem and `at`, when it is in a chunk before. */
  #fail(message: string, at: number, before = 0): never {
    const line = this.place.lineAt(at)
    throw new NotJson(message, line, this.place.columnAt(at) - before)
  }

  #wanted(): string {
    if (this.#next !== SEPARATOR) return WANTED[this.#next] ?? ''
    return this.#isArray[this.depth] ? '"," or "]"' : '"," or "}"'
  }

  #unexpected(at: number): never {
    const { bytes } = this.#index
    return this.#refuse(JSON.stringify(firstChar(bytes, at)), at)
  }

  #refuse(found: string, at: number, before = 0): never {
    const isOver = this.#next === END
    const wanted = isOver ? 'there is more text after the end of the value' : `${this.#wanted()} is expected here`
    return this.#fail(`${wanted}, found ${found}`, at, before)
  }

  /** What the last chunk left open. Answers from where on the index may look. */
  #resume(from: number): number {
    if (this.#inString) for (let at = from; this.#escape > 0 && at < this.#to; at++) this.#escaped(at)
    if (this.#inWord) this.#continueWord(from)
    return this.#comment === 'none' ? from : this.#passComment(from)
  }

  #walk(count: number): void {
    const { bytes, marks } = this.#index
    for (let mark = 0; mark < count; mark++) {
      const at = marks[mark] as number
      const byte = bytes[at] as number
      if (this.#inString) {
        if (byte === QUOTE) this.#closeString(at)
        else this.#beginEscape(at)
      } else if (byte === QUOTE) {
        if (this.#next === COLON_NEXT || this.#next === SEPARATOR || this.#next === END) this.#unexpected(at)
        this.#openString(at)
        const end = marks[mark + 1] as number
        // Nearly every text ends before anything else happens in it.
        if (mark + 1 < count && bytes[end] === QUOTE) {
          mark++
          this.#inString = false
          this.#textEnded(bytes, at + 1, end, end)
        }
      } else if (byte === COLON) {
        if (this.#next !== COLON_NEXT) this.#unexpected(at)
        this.#next = VALUE
      } else if (byte === COMMA) this.#comma(at)
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#open(at, byte === OPEN_BRACKET)
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#close(at, byte === CLOSE_BRACKET)
      else {
        this.#wordFrom = at
        this.#continueWord(at)
      }
    }
  }

  #openString(at: number): void {
    this.#inString = true
    this.#isName = this.#next === NAME
    this.#from = at + 1
    this.#textFrom = at
  }

  #beginEscape(at: number): void {
    this.#escape = 5
    for (let next = at + 1; this.#escape > 0 && next < this.#to; next++) this.#escaped(next)
  }

  #comma(at: number): void {
    if (this.#next !== SEPARATOR) this.#unexpected(at)
    this.#next = this.#isArray[this.depth] ? ITEM : NAME
    this.#afterComma = true
    this.#commaAt = at
  }

  #open(at: number, isArray: boolean): void {
    if (this.#next !== VALUE && this.#next !== ITEM) this.#unexpected(at)
    if (this.depth === MAX_DEPTH) this.#fail(`values are nested more than ${MAX_DEPTH} deep`, at)
    this.depth++
    if (this.depth > this.maxDepth) this.maxDepth = this.depth
    this.#isArray[this.depth] = isArray ? 1 : 0
    this.#next = isArray ? ITEM : NAME
    this.#afterComma = false
    this.offset = at
    this.#sink.open(isArray)
  }

  /** Where the value stands that the sink is being told of. */
  offset = 0

  #close(at: number, isArray: boolean): void {
    const isFirstOrLast = this.#next === SEPARATOR || this.#next === ITEM || this.#next === NAME
    if (!isFirstOrLast || this.depth === 0 || (this.#isArray[this.depth] === 1) !== isArray) this.#unexpected(at)
    if (this.#afterComma) {
      this.trailingCommas++
      this.#cuts?.trailingComma(this.#commaAt)
      this.#afterComma = false
    }
    this.depth--
    this.#sink.close()
    this.#valueEnded()
  }

  #valueEnded(): void {
    this.#next = this.depth === 0 ? END : SEPARATOR
    this.#afterComma = false
  }

  #closeString(at: number): void {
    this.#inString = false
    if (this.#held.length === 0) return this.#textEnded(this.#index.bytes, this.#from, at, at)
    this.#hold(this.#from, at)
    const held = this.#held
    this.#held = NONE
    this.#textEnded(held, 1, held.length, at)
  }

  /** A text from `from` to `to`, whose last quote stands at `at` of the chunk. */
  #textEnded(bytes: Uint8Array, from: number, to: number, at: number): void {
    if (this.#isName) return this.#nameEnded(bytes, from, to)
    this.#sink.string(bytes, from, to)
    if (bytes[from] === OPEN_BRACKET) this.#cuts?.expression?.(this.#textFrom, at + 1, bytes.subarray(from, to))
    this.#valueEnded()
  }

  #nameEnded(bytes: Uint8Array, from: number, to: number): void {
    this.#next = COLON_NEXT
    this.#afterComma = false
    this.#sink.name(bytes, from, to)
  }

  /** Keeps what is known of a text that goes on in the next chunk; its first byte stands for the quote. */
  #hold(from: number, to: number): void {
    const room = MAX_TEXT_BYTES + 2 - this.#held.length
    const more = this.#index.bytes.subarray(from, Math.min(to, from + Math.max(0, room)))
    this.#held =
      this.#held.length === 0 ? Buffer.concat([ONE, more]) : room > 0 ? Buffer.concat([this.#held, more]) : this.#held
  }

  #escaped(at: number): void {
    const byte = this.#index.bytes[at] as number
    if (this.#escape < 5) {
      if (!isHex(byte)) this.#fail('\\u needs four hexadecimal digits', at)
      this.#escape--
    } else if (SIMPLE_ESCAPES.has(byte)) this.#escape = 0
    else if (byte === LETTER_U) this.#escape = 4
    else this.#fail(`"\\${String.fromCharCode(byte)}" is not an escape`, at)
  }

  /** A bare word begins or goes on here: it ends at white space, a mark, a quote or a slash, or with the chunk. */
  #continueWord(from: number): void {
    const { bytes } = this.#index
    let end = from
    while (end < this.#to && !isWordEnd(bytes[end] as number)) end++
    this.#inWord = true
    if (end === this.#to) {
      if (this.#held.length + end - from > MAX_TEXT_BYTES) this.#fail('a word or number is too long', from)
      this.#held = Buffer.concat([this.#held, bytes.subarray(from, end)])
    } else this.#endWord(from, end)
  }

  #endWord(from: number, end: number): void {
    this.#inWord = false
    const { bytes } = this.#index
    const held = this.#held
    this.#held = NONE
    const word = held.length > 0 ? Buffer.concat([held, bytes.subarray(from, end)]) : bytes
    const range = held.length > 0 ? { from: 0, to: word.length } : { from, to: end }
    const isName = this.#next === NAME
    const problem = wordProblem(word, range, isName)
    if (this.#cuts && (range.from > (held.length > 0 ? 0 : from) || range.to < (held.length > 0 ? word.length : end)))
      this.#cuts.word(this.#wordFrom, end, word.subarray(range.from, range.to))
    if (range.from === range.to) return
    if (this.#next === COLON_NEXT || this.#next === SEPARATOR || this.#next === END)
      this.#refuse(JSON.stringify(firstChar(word, range.from)), from, held.length)
    if (problem !== undefined) this.#refuse(problem, from, held.length)
    if (isName) return this.#nameEnded(word, range.from, range.to)
    this.#sink.scalar(word, range.from, range.to)
    this.#valueEnded()
  }

  #beginComment(at: number): number {
    this.#index.endWord()
    this.#comment = 'slash'
    this.#cuts?.comment(at, at + 1)
    return this.#passComment(at + 1)
  }

  /** Goes through a comment, from whatever part of it. Answers where it ends, or the end of the chunk. */
  #passComment(from: number): number {
    const { bytes } = this.#index
    let at = from
    while (at < this.#to && this.#comment !== 'none') {
      const byte = bytes[at] as number
      if (this.#comment === 'slash') {
        if (byte !== SLASH && byte !== STAR) this.#fail('a lone "/" is not JSON', at)
        this.comments++
        this.#comment = byte === SLASH ? 'line' : 'block'
        at++
      } else if (this.#comment === 'star') {
        if (byte !== STAR) this.#comment = byte === SLASH ? 'none' : 'block'
        at++
      } else {
        const found = bytes.indexOf(this.#comment === 'line' ? 0x0a : STAR, at)
        at = found < 0 || found >= this.#to ? this.#to : found + 1
        if (at <= this.#to && found >= 0 && found < this.#to) this.#comment = this.#comment === 'line' ? 'none' : 'star'
      }
    }
    this.#cuts?.comment(from, at)
    return at
  }
}

const NONE = new Uint8Array(0)
const ONE = Uint8Array.of(QUOTE)
