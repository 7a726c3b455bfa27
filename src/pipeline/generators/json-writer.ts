/** Where JSON goes as it is made; a promise is waited for before more comes. */
export type Sink = (text: string) => Promise<void> | void

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
  laidOut(text: string): void
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

/** Characters that are gathered before they are handed over. */
const CHUNK_CHARS = 64 * 1024

interface Level {
  bracket: '{' | '['
  count: number
}

/** Text that waits for the sink, a chunk at a time. */
function openHeld(sink: Sink, chunkChars: number) {
  let held: string[] = []
  let heldChars = 0
  let written = 0
  return {
    put(text: string): void {
      held.push(text)
      heldChars += text.length
      written += text.length
    },
    isFull: (): boolean => heldChars >= chunkChars,
    written: (): number => written,
    async flush(): Promise<void> {
      if (heldChars === 0) return
      const text = held.join('')
      held = []
      heldChars = 0
      await sink(text)
    },
  }
}

export function openJsonWriter(sink: Sink, chunkChars = CHUNK_CHARS): IncrementalJsonWriter {
  const levels: Level[] = []
  const { put, flush, isFull, written } = openHeld(sink, chunkChars)
  let isAfterKey = false
  const pad = (): string => `\n${'  '.repeat(levels.length)}`
  /** What stands before a value: nothing after its key, else the comma and a line of its own. */
  const before = (): void => {
    const level = levels.at(-1)
    if (level && !isAfterKey) put(level.count++ > 0 ? `,${pad()}` : pad())
    isAfterKey = false
  }
  return {
    open(bracket) {
      before()
      put(bracket)
      levels.push({ bracket, count: 0 })
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
      put(levels.length === 0 ? text : text.replaceAll('\n', pad()))
    },
    laidOut(text) {
      before()
      put(text)
    },
    close() {
      const level = levels.pop()
      if (!level) throw new Error('nothing is open')
      if (level.count > 0) put(pad())
      put(level.bracket === '{' ? '}' : ']')
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
