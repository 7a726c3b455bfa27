import { fixed, type Piece } from './piece.ts'

/**
 * Where JSON goes as it is made, in UTF-8 and never a part of a character. A promise is waited for before more comes;
 * after that the bytes are others, as all pieces are written to one place.
 */
export type Sink = (bytes: Uint8Array) => Promise<void> | void

/**
 * Writes one JSON document piece by piece, laid out as `JSON.stringify(value, undefined, 2)` lays it out, and holds no
 * more of it than a chunk: what a document of a million members needs is what the largest of them needs.
 */
export interface IncrementalJsonWriter {
  open(bracket: '{' | '['): void
  /** The name of the next member. */
  key(name: string): void
  /** A whole value, of any depth. */
  value(value: unknown): void
  /** A value that is laid out for where it stands. */
  laidOut(pieces: readonly Piece[]): void
  close(): void
  /** There is a chunk to hand over; one calls `flush` then. */
  readonly isFull: boolean
  /** Hands over what there is. */
  flush(): Promise<void>
  /** Ends the document; throws when something is still open. */
  end(): Promise<void>
  /** Characters written so far. */
  readonly written: number
}

/** Bytes that are gathered before they are handed over. */
const CHUNK_BYTES = 64 * 1024
/** Most bytes that a character takes, as strings count them. */
const BYTES_A_CHARACTER = 3

interface Level {
  bracket: '{' | '['
  count: number
}

/**
 * Text that waits for the sink, a chunk at a time. One place serves for all chunks: memory that was never used before
 * costs more than to make what is written there.
 */
function openHeld(sink: Sink, chunkBytes: number) {
  let place = Buffer.allocUnsafeSlow(chunkBytes + CHUNK_BYTES)
  let held = 0
  let written = 0
  const makeRoom = (bytes: number): void => {
    if (held + bytes <= place.length) return
    const larger = Buffer.allocUnsafeSlow(2 * (held + bytes))
    larger.set(place.subarray(0, held))
    place = larger
  }
  return {
    put(piece: Piece): void {
      if (typeof piece === 'string') {
        makeRoom(piece.length * BYTES_A_CHARACTER)
        held += place.write(piece, held)
        written += piece.length
        return
      }
      makeRoom(piece.bytes.length)
      place.set(piece.bytes, held)
      held += piece.bytes.length
      written += piece.text.length
    },
    isFull: (): boolean => held >= chunkBytes,
    written: (): number => written,
    async flush(): Promise<void> {
      if (held === 0) return
      const bytes = place.subarray(0, held)
      held = 0
      await sink(bytes)
    },
  }
}

export function openJsonWriter(sink: Sink, chunkBytes = CHUNK_BYTES): IncrementalJsonWriter {
  const levels: Level[] = []
  const { put, flush, isFull, written } = openHeld(sink, chunkBytes)
  let isAfterKey = false
  let pad = '\n'
  let comma = fixed(`,${pad}`)
  const indent = (): void => {
    pad = `\n${'  '.repeat(levels.length)}`
    comma = fixed(`,${pad}`)
  }
  /** What stands before a value: nothing after its key, else the comma and a line of its own. */
  const before = (): void => {
    const level = levels.at(-1)
    if (level && !isAfterKey) put(level.count++ > 0 ? comma : pad)
    isAfterKey = false
  }
  return {
    open(bracket) {
      before()
      put(bracket)
      levels.push({ bracket, count: 0 })
      indent()
    },
    key(name) {
      before()
      put(`${JSON.stringify(name)}: `)
      isAfterKey = true
    },
    value(value) {
      before()
      const text = JSON.stringify(value ?? null, undefined, 2)
      // Within JSON a line break stands between tokens only, so each may be moved in.
      put(levels.length === 0 ? text : text.replaceAll('\n', pad))
    },
    laidOut(pieces) {
      before()
      for (const piece of pieces) put(piece)
    },
    close() {
      const level = levels.pop()
      if (!level) throw new Error('nothing is open')
      indent()
      put(`${level.count > 0 ? pad : ''}${level.bracket === '{' ? '}' : ']'}`)
    },
    get isFull() {
      return isFull()
    },
    get written() {
      return written()
    },
    flush,
    async end() {
      if (levels.length > 0) throw new Error(`${levels.length} brackets are still open`)
      put('\n')
      await flush()
    },
  }
}
