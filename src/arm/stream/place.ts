import type { Engine } from './engine.ts'

/** Keeps line and column of the bytes that were passed. */
export class Place {
  /** Where the bytes begin that are being looked at, and the column of that place. */
  #from = 0
  #column = 1
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** The text goes on at this offset. A byte order mark at the start of all is no column: editors show none. */
  begin(at: number, isFirst: boolean): void {
    this.#from = at
    const { bytes } = this.#engine
    if (isFirst && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) this.#from += 3
  }

  /** All before this offset was passed. */
  end(at: number): void {
    this.#column = this.columnAt(at)
    this.#engine.lineAt(at)
    this.#from = at
  }

  /** The line of an offset, at or after the last one asked for. */
  lineAt(offset: number): number {
    return this.#engine.lineAt(offset)
  }

  columnAt(offset: number): number {
    const { bytes, units } = this.#engine
    if (offset <= this.#from) return this.#column
    const passed = Buffer.from(bytes.buffer, this.#from, offset - this.#from)
    const lineFeed = passed.lastIndexOf(LINE_FEED)
    return lineFeed < 0 ? this.#column + units(this.#from, offset) : 1 + units(this.#from + lineFeed + 1, offset)
  }
}

const LINE_FEED = 0x0a
