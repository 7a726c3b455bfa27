/**
 * How the process of a plugin and the program talk: four bytes of length (big-endian), then so many bytes of JSON.
 * Both sides use this file; it imports nothing, so that the process can be let read nothing else.
 */

const HEAD = 4

/** A frame around a JSON text. */
export function frameOf(json: string): Uint8Array {
  const body = Buffer.from(json)
  const head = Buffer.alloc(HEAD)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}

/** Puts frames together from the pieces a pipe gives; throws a sentence about one that is longer than `maxBytes`. */
export class FrameReader {
  readonly #maxBytes: number
  readonly #call: (json: string) => void
  #pieces: Uint8Array[] = []
  #have = 0
  /** Bytes of the frame that is on its way, its head included; undefined until the head is there. */
  #wanted: number | undefined

  constructor(maxBytes: number, call: (json: string) => void) {
    this.#maxBytes = maxBytes
    this.#call = call
  }

  push(piece: Uint8Array): void {
    this.#pieces.push(piece)
    this.#have += piece.length
    for (;;) {
      if (this.#wanted === undefined) {
        if (this.#have < HEAD) return
        const length = this.#whole().readUInt32BE()
        if (length > this.#maxBytes) throw new Error(`sent an answer of ${length} bytes; ${this.#maxBytes} are taken`)
        this.#wanted = HEAD + length
      }
      if (this.#have < this.#wanted) return
      const all = this.#whole()
      const body = all.toString('utf8', HEAD, this.#wanted)
      this.#pieces = [all.subarray(this.#wanted)]
      this.#have -= this.#wanted
      this.#wanted = undefined
      this.#call(body)
    }
  }

  #whole(): Buffer {
    const [first] = this.#pieces
    const all = this.#pieces.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(this.#pieces)
    this.#pieces = [all]
    return all
  }
}
