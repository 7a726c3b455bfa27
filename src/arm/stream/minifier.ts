import { COMMA_GOES, EXPRESSION } from './assembly/codes.ts'
import type { Engine } from './engine.ts'
import { Scanner, type Listener } from './scanner.ts'
import type { Range } from './word.ts'

/** Answers a shorter text with the same meaning for one that begins with `[`, or undefined to leave it. */
export type Shorten = (text: Uint8Array, line: number) => Uint8Array | undefined

/** What stands in place of a range of the chunk. */
interface Edit extends Range {
  text?: Uint8Array
}

const COMMA = 0x2c

/**
 * Writes JSON without comments, trailing commas and white space outside strings, chunk by chunk; everything else keeps
 * its bytes. A comma that may yet go waits for the next chunk.
 */
export class Minifier implements Listener {
  readonly scanner: Scanner
  readonly #engine: Engine
  readonly #shorten: Shorten | undefined
  /** What is to stand in place of something in the input, not written yet. */
  #edits: Edit[] = []
  /** Up to where the input was written, and where the output begins and ends. */
  #at = 0
  #begin = 0
  #out = 0
  #turn = 0
  #holdsComma = false
  /** Whether what was passed ended in a text too long to be kept. */
  #isInText = false

  constructor(engine: Engine, shorten?: Shorten) {
    engine.beginWriting(shorten !== undefined)
    this.#engine = engine
    this.#shorten = shorten
    this.scanner = new Scanner(engine, this)
  }

  hear(event: number, first: number, second: number): void {
    if (event === COMMA_GOES) this.#commaGoes(first)
    else if (event === EXPRESSION) this.#expression(first, second)
  }

  comment(from: number, to: number): void {
    this.#write(from)
    this.#at = to
  }

  passed(to: number): void {
    this.#write(to)
  }

  word(from: number, to: number, inner: Range): void {
    this.#edits.push({ from, to, text: this.#engine.bytes.slice(inner.from, inner.to) })
  }

  #commaGoes(at: number): void {
    if (at < this.#at) this.#holdsComma = false
    else this.#edits.push({ from: at, to: at + 1 })
  }

  /** A text in its quotes. */
  #expression(from: number, to: number): void {
    if (!this.#shorten) return
    const text = this.#shorten(this.#engine.bytes.subarray(from + 1, to - 1), this.scanner.place.lineAt(from))
    if (text) this.#edits.push({ from, to, text })
  }

  /** Reads a chunk of the input; answers the range of memory that holds what can be written of it. Throws NotJson. */
  feed(from: number, to: number): Range {
    this.#begin = this.#out = this.#engine.outputs[(this.#turn = 1 - this.#turn)] ?? 0
    this.#at = from - this.scanner.left
    this.scanner.feed(from, to)
    this.#isInText = this.#engine.isLong.value === 1
    return { from: this.#begin, to: this.#out }
  }

  /** Checks that the value is whole; answers where that stands of it which was left. */
  end(): Range {
    this.#begin = this.#out = this.#engine.outputs[(this.#turn = 1 - this.#turn)] ?? 0
    const { from, to } = this.scanner.end()
    this.#at = from
    this.#write(to)
    return { from: this.#begin, to: this.#out }
  }

  /** Writes the input up to an offset. A comma at its end is held: it may yet go. */
  #write(to: number): void {
    const { bytes } = this.#engine
    if (this.#holdsComma) bytes[this.#out++] = COMMA
    // Edits come in the order of the text, but for commas: they are told of when what follows them was seen.
    for (const { from, to: after, text } of this.#edits.toSorted((a, b) => a.from - b.from)) {
      this.#compact(from)
      if (text) bytes.set(text, this.#out)
      this.#out += text?.length ?? 0
      this.#at = after
    }
    this.#edits = []
    this.#compact(to)
    this.#holdsComma = this.scanner.isAfterComma && this.#out > this.#begin
    if (this.#holdsComma) this.#out--
  }

  #compact(to: number): void {
    this.#out = this.#engine.compact(this.#at, to, this.#out, this.#isInText)
    this.#isInText = false
    this.#at = to
  }
}
