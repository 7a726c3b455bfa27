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
  #edits: Edit[] = []
  #turn = 0
  #holdsComma = false
  #dropsComma = false
  /** Whether what was passed ended in a text too long to be kept. */
  #isInText = false

  constructor(engine: Engine, shorten?: Shorten) {
    engine.beginWriting()
    this.#engine = engine
    this.#shorten = shorten
    this.scanner = new Scanner(engine, this)
  }

  hear(event: number, first: number, second: number): void {
    if (event === COMMA_GOES) this.#commaGoes(first)
    else if (event === EXPRESSION) this.#expression(first, second)
  }

  comment(from: number, to: number): void {
    this.#edits.push({ from, to })
  }

  word(from: number, to: number, inner: Range): void {
    this.#edits.push({ from, to, text: this.#engine.bytes.slice(inner.from, inner.to) })
  }

  #commaGoes(at: number): void {
    if (at < 0) this.#dropsComma = true
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
    return this.#write(() => this.scanner.feed(from, to))
  }

  /** Checks that the value is whole; answers where that stands of it which was left. */
  end(): Range {
    return this.#write(() => this.scanner.end())
  }

  #write(pass: () => Range): Range {
    const { outputs, bytes, compact, isLong } = this.#engine
    this.#edits = []
    this.#dropsComma = false
    const { from, to } = pass()
    const begin = outputs[(this.#turn = 1 - this.#turn)] ?? 0
    let out = begin
    if (this.#holdsComma && !this.#dropsComma) bytes[out++] = COMMA
    let at = from
    // Commas are told of when what follows them was seen, a comment before them it may be.
    for (const edit of this.#edits.toSorted((a, b) => a.from - b.from)) {
      out = compact(at, edit.from, out, this.#isInText)
      this.#isInText = false
      if (edit.text) bytes.set(edit.text, out)
      out += edit.text?.length ?? 0
      at = edit.to
    }
    out = compact(at, to, out, this.#isInText)
    this.#isInText = isLong.value === 1
    this.#holdsComma = this.scanner.isAfterComma && out > begin
    if (this.#holdsComma) out--
    return { from: begin, to: out }
  }
}
