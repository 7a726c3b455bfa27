import {
  BAD_ESCAPE,
  BAD_HEX,
  BAD_RESOURCE,
  COLON,
  DONE,
  END,
  ESCAPED_TYPE,
  EVENT_WORDS,
  ITEM_MORE,
  MAX_DEPTH,
  MAX_TEXT_BYTES,
  NAME,
  NAME_MORE,
  SEPARATOR,
  SLASH_SEEN,
  TOLD,
  TOO_DEEP,
  WORD,
} from './assembly/codes.ts'
import type { Engine } from './engine.ts'
import { NotJson } from './not-json.ts'
import { Place } from './place.ts'
import { firstChar, wordProblem, type Range } from './word.ts'

/** By what may come next. */
const VALUE_OR_END = 'a value or "]"'
const NAME_WANTED = 'a property name in quotes'
const WANTED = ['a value', VALUE_OR_END, VALUE_OR_END, NAME_WANTED, NAME_WANTED, '":"', '","', 'nothing more'] as const

const STAR = 0x2a
const SLASH = 0x2f
const LINE_FEED = 0x0a
const SPACE = 0x20

/** What stands open of a comment that goes on in the next chunk. */
type Comment = 'none' | 'slash' | 'line' | 'block' | 'star'

/** Hears of what a text holds. */
export interface Listener {
  /** An event of `assembly/codes.ts` with its numbers. Offsets hold until `passed`. */
  hear(event: number, first: number, second: number, third: number): void
  /** Something to be looked at before the walk goes on: one of the codes of why it stopped. */
  asked?(code: number): void
  /** The bytes before an offset are all told of, and will go. */
  passed(to: number): void
  /** Nothing of this range of the chunk is part of the value. */
  comment?(from: number, to: number): void
  /** A bare word with blanks around it that are no white space of JSON, and where it stands without them. */
  word?(from: number, to: number, inner: Range): void
}

/**
 * Reads JSON as a stream, in pieces of any size and in constant memory, with the leniency of the reader: byte order
 * mark, comments, trailing commas, raw line breaks in strings, names without quotes. Unlike the reader it cannot know
 * that a name stands twice in one object. The engine walks the text; what is rare, and what is wrong, is looked at here.
 */
export class Scanner {
  comments = 0
  bytesDone = 0
  #comment: Comment = 'none'
  /** Bytes of a word or text that was not whole; they stand before the next input already. */
  left = 0
  #leftIsWord = false
  /** Where the bytes end that are there. */
  #to = 0
  readonly #events: number
  readonly #engine: Engine
  readonly #listener: Listener
  readonly place: Place

  constructor(engine: Engine, listener: Listener) {
    this.#engine = engine
    this.#listener = listener
    this.#events = engine.EVENTS.value
    this.place = new Place(engine)
  }

  /** Lines begun so far. */
  get lines(): number {
    return this.place.lineAt(0)
  }

  /** Whether the last thing that is no white space or comment was a comma. */
  get isAfterComma(): boolean {
    const { next, isLong } = this.#engine
    return isLong.value === 0 && (next.value === ITEM_MORE || next.value === NAME_MORE)
  }

  /** Reads the bytes of an input from one offset to another, and before them what was left over. Throws NotJson. */
  feed(from: number, to: number): void {
    const { inputs } = this.#engine
    const begin = from - this.left
    this.#walk(begin, to)
    const end = this.#leftFrom(to)
    this.left = to - end
    this.#leftIsWord = this.#engine.isInWord.value === 1
    if (this.#engine.isLong.value === 0) this.#engine.giveBack()
    this.place.end(end)
    this.#listener.passed(end)
    const next = from === inputs[0] ? inputs[1] : inputs[0]
    this.#engine.bytes.copyWithin(next - this.left, end, to)
    this.#to = next
    this.bytesDone += end - begin
  }

  /** Says that nothing more comes; checks that the value is whole. Answers what was passed only now. */
  end(): Range {
    const to = this.#to
    const from = to - this.left
    if (this.left > 0 && this.#leftIsWord) {
      // A word ends with what stands after it.
      this.#engine.bytes[to] = SPACE
      this.#walk(from, to + 1)
    } else this.#begin(from, to)
    if (this.#comment === 'block' || this.#comment === 'star') this.#fail('a comment is not closed', to)
    if (this.#comment === 'slash') this.#fail('a lone "/" is not JSON', to)
    if (this.#engine.isLong.value === 1 || (this.left > 0 && !this.#leftIsWord))
      this.#fail('a string is not closed', to)
    this.bytesDone += this.left
    if (this.#engine.next.value !== END)
      this.#fail(this.bytesDone === 0 ? 'it is empty' : `${this.#wanted()} is expected here, the text ends`, to)
    return { from, to }
  }

  #begin(from: number, to: number): void {
    this.#engine.begin(from, to)
    this.place.begin(from, this.bytesDone === 0)
  }

  #walk(begin: number, to: number): void {
    const { pass } = this.#engine
    this.#begin(begin, to)
    if (this.#comment !== 'none') this.#passComment(begin, to)
    for (let code = pass(to); code !== DONE; code = pass(to)) this.#stopped(code, to)
  }

  /** From where on the bytes up to `to` are left for the next chunk. */
  #leftFrom(to: number): number {
    const { isInText, isInWord, isLong, openAt, cutAt, takeAsLong } = this.#engine
    const begin = openAt.value
    if (isInWord.value === 1) {
      if (to - begin > MAX_TEXT_BYTES) this.#fail('a word or number is too long', begin)
      return begin
    }
    if (isInText.value === 0) return to
    if (isLong.value === 0 && to - begin <= MAX_TEXT_BYTES + 2) return begin
    this.#asked(takeAsLong())
    return Math.min(cutAt.value, to)
  }

  /** Hands on the events that there are. */
  #tell(): void {
    const { numbers, eventsEnd, forgetEvents } = this.#engine
    const end = eventsEnd.value >> 2
    const numberAt = (at: number): number => numbers[at] as number
    for (let at = this.#events >> 2; at < end; at += EVENT_WORDS)
      this.#listener.hear(numberAt(at), numberAt(at + 1), numberAt(at + 2), numberAt(at + 3))
    forgetEvents()
  }

  #fail(message: string, at: number): never {
    this.#tell()
    const line = this.place.lineAt(at)
    throw new NotJson(message, line, this.place.columnAt(at))
  }

  #wanted(): string {
    const next = this.#engine.next.value
    if (next !== SEPARATOR) return WANTED[next] ?? ''
    return this.#engine.isInArray() ? '"," or "]"' : '"," or "}"'
  }

  #unexpected(char: number, at = char): never {
    const found = JSON.stringify(firstChar(this.#engine.bytes, char))
    return this.#refuse(found, at)
  }

  #refuse(found: string, at: number): never {
    const isOver = this.#engine.next.value === END
    const wanted = isOver ? 'there is more text after the end of the value' : `${this.#wanted()} is expected here`
    return this.#fail(`${wanted}, found ${found}`, at)
  }

  /** The walk stopped at something that is to be heard of, that is rare, or wrong. */
  #stopped(code: number, to: number): void {
    const { at, until, stop, bytes, problemAt } = this.#engine
    this.#tell()
    if (code === TOLD) return
    if (code === SLASH_SEEN) return this.#beginComment(stop.value, to)
    if (code === WORD) return this.#word(at.value, until.value)
    if (code === BAD_RESOURCE || code === ESCAPED_TYPE) return this.#asked(code)
    if (code === TOO_DEEP) this.#fail(`values are nested more than ${MAX_DEPTH} deep`, at.value)
    const letter = problemAt.value
    if (code === BAD_ESCAPE) this.#fail(`"\\${String.fromCharCode(bytes[letter] as number)}" is not an escape`, letter)
    if (code === BAD_HEX) this.#fail('\\u needs four hexadecimal digits', letter)
    this.#unexpected(at.value)
  }

  #asked(code: number): void {
    if (code !== DONE) this.#listener.asked?.(code)
  }

  /** A bare word that is no number or literal, or stands where none may. */
  #word(from: number, to: number): void {
    const { next, wordIsName, wordIsScalar } = this.#engine
    const range = { from, to }
    const isName = next.value === NAME || next.value === NAME_MORE
    const problem = wordProblem(this.#engine, range, isName)
    if (range.from > from || range.to < to) this.#listener.word?.(from, to, range)
    if (range.from === range.to) return
    if (next.value >= COLON) this.#unexpected(range.from, from)
    if (problem !== undefined) this.#refuse(problem, from)
    if (isName) wordIsName(range.from, range.to)
    else this.#asked(wordIsScalar(range.from))
  }

  #beginComment(at: number, to: number): void {
    this.#comment = 'slash'
    this.#listener.comment?.(at, at + 1)
    this.#passComment(at + 1, to)
  }

  /** Goes through a comment, from whatever part of it, to its end or that of the chunk. */
  #passComment(from: number, to: number): void {
    const { bytes } = this.#engine
    let at = from
    while (at < to && this.#comment !== 'none') {
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
        const found = bytes.indexOf(this.#comment === 'line' ? LINE_FEED : STAR, at)
        const isFound = found >= 0 && found < to
        at = isFound ? found + 1 : to
        if (isFound) this.#comment = this.#comment === 'line' ? 'none' : 'star'
      }
    }
    this.#listener.comment?.(from, at)
    this.#engine.enter(at, false)
  }
}
