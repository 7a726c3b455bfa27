import type { ByteIndex } from './byte-index.ts'

/** Keeps line and column of the bytes that were passed, without looking at any twice. */
export class Place {
  #line = 1
  #column = 1
  /** Up to where this chunk was counted. */
  #at = 0
  readonly #index: ByteIndex

  constructor(index: ByteIndex) {
    this.#index = index
  }

  /** A new chunk begins at this offset. A byte order mark at the start of all is no column: editors show none. */
  begin(at: number, isFirst: boolean): void {
    this.#at = at
    const { bytes } = this.#index
    if (isFirst && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) this.#at += 3
  }

  /** The line of an offset of this chunk, at or after the last one asked for. */
  lineAt(offset: number): number {
    this.#pass(offset)
    return this.#line
  }

  columnAt(offset: number): number {
    this.#pass(offset)
    return this.#column
  }

  #pass(to: number): void {
    if (to <= this.#at) return
    const { bytes } = this.#index
    const lines = this.#index.lines(this.#at, to)
    if (lines > 0) {
      this.#line += lines
      this.#column = 1
      this.#at = bytes.lastIndexOf(0x0a, to - 1) + 1
    }
    this.#column += this.#index.units(this.#at, to)
    this.#at = to
  }
}
