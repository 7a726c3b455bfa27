import type { ByteIndex } from './byte-index.ts'
import { Scanner, type Cuts } from './scanner.ts'
import { MAX_TEXT_BYTES, type Sink } from './sink.ts'

/** Answers a shorter text with the same meaning for one that begins with `[`, or undefined to leave it. */
export type Shorten = (text: Uint8Array, line: number) => Uint8Array | undefined

/** What stands in place of a range of the chunk. */
interface Edit {
  from: number
  to: number
  text?: Uint8Array
}

const COMMA = 0x2c
const silent: Sink = { open() {}, close() {}, name() {}, string() {}, scalar() {} }

/**
 * Writes JSON without comments, trailing commas and white space outside strings, chunk by chunk; everything else keeps
 * its bytes. What may yet go (a comma that could be the last, an expression that is not whole) waits for the next chunk.
 */
export class Minifier implements Cuts {
  readonly scanner: Scanner
  readonly #index: ByteIndex
  readonly #shorten: Shorten | undefined
  #edits: Edit[] = []
  #turn = 0
  #holdsComma = false
  #dropsComma = false
  /** The beginning of what goes on in this chunk, taken out of the output again. */
  #held: Uint8Array = NOTHING
  /** The edit that takes the place of what was held. */
  #heldEdit: Edit | undefined

  constructor(index: ByteIndex, shorten?: Shorten) {
    this.#index = index
    this.#shorten = shorten
    this.scanner = new Scanner(index, silent, this)
  }

  comment(from: number, to: number): void {
    this.#edits.push({ from, to })
  }

  trailingComma(at: number): void {
    if (at < 0) {
      this.#dropsComma = true
      return
    }
    let place = this.#edits.length
    while (place > 0 && (this.#edits[place - 1] as Edit).from > at) place--
    this.#edits.splice(place, 0, { from: at, to: at + 1 })
  }

  word(from: number, to: number, text: Uint8Array): void {
    this.#edit(from, to, text.slice())
  }

  expression(from: number, to: number, text: Uint8Array): void {
    // What was too long to be held is written already.
    if (!this.#shorten || (from < 0 && this.#held.length === 0) || text.length > MAX_TEXT_BYTES) return
    const shorter = this.#shorten(text, this.scanner.place.lineAt(Math.max(from, 0)))
    if (shorter) this.#edit(from, to, shorter)
  }

  #edit(from: number, to: number, text: Uint8Array): void {
    if (from < 0) this.#heldEdit = { from, to, text }
    else this.#edits.push({ from, to, text })
  }

  /** Reads a chunk of the input; answers the range of memory that holds what can be written of it. Throws NotJson. */
  feed(from: number, to: number): { from: number; to: number } {
    const { bytes, outputs } = this.#index
    this.#edits = []
    this.#dropsComma = false
    this.#heldEdit = undefined
    this.scanner.feed(from, to)
    const begin = outputs[(this.#turn = 1 - this.#turn)] ?? 0
    let out = begin
    if (this.#holdsComma && !this.#dropsComma) bytes[out++] = COMMA
    out = this.#fill(from, to, out)
    this.#holdsComma = this.scanner.isAfterComma && out > begin
    if (this.#holdsComma) out--
    return { from: begin, to: out }
  }

  /** Checks that the value is whole; answers what was still held. */
  end(): Uint8Array {
    this.#edits = []
    this.#heldEdit = undefined
    this.scanner.end()
    const [last] = [...(this.#heldEdit ? [this.#heldEdit as Edit] : []), ...this.#edits]
    return last?.text ?? this.#held
  }

  #fill(from: number, to: number, begin: number): number {
    const { bytes, compact, leaveString } = this.#index
    const put = (text: Uint8Array, out: number): number => {
      bytes.set(text, out)
      return out + text.length
    }
    let out = begin
    let at = from
    const edit = this.#heldEdit
    if (edit) {
      out = put(edit.text ?? NOTHING, out)
      at = edit.to
      leaveString()
    } else out = put(this.#held, out)
    for (const { from: editFrom, to: editTo, text } of this.#edits) {
      out = compact(at, editFrom, out)
      if (text) out = put(text, out)
      at = editTo
    }
    out = compact(at, to, out)
    return this.#holdBack(to, out, begin)
  }

  /** Takes what goes on in the next chunk out of the output again, unless it has grown too long to change. */
  #holdBack(to: number, out: number, begin: number): number {
    const open = this.scanner.openFrom
    const wasHeld = this.#held.length > 0
    const isOurs = open !== undefined && (open >= 0 || wasHeld)
    const length = !isOurs ? 0 : open >= 0 ? to - open : out - begin
    this.#held = length > 0 && length <= MAX_TEXT_BYTES ? this.#index.bytes.slice(out - length, out) : NOTHING
    return out - this.#held.length
  }
}

const NOTHING = new Uint8Array(0)
