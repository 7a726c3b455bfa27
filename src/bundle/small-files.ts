/** What is known of one file that was packed. Sizes in bytes, before and after. */
export interface EntryFacts {
  size: number
  packedBytes: number
  crc: number
  /** In lower-case hex. */
  sha256: string
}

/** What a batch of small files came to: all packed bytes in one piece, and of each file, in order, where it begins. */
export interface SmallFiles {
  packed: Uint8Array
  /** Without facts where it turned out to be no small file. */
  files: { at: number; facts?: EntryFacts }[]
}

/** A file that could not be read, and why. */
export interface Unread {
  source: string
  why: string
}

/** Small files to be done together: where they lie, and the bytes they had when they were looked at. */
export type SmallBatch = readonly { source: string; size: number }[]

/** What is needed of the runtime. */
export interface SmallTools {
  crypto: Pick<typeof import('node:crypto'), 'hash'>
  fs: Pick<typeof import('node:fs'), 'closeSync' | 'constants' | 'openSync' | 'readSync'>
  zlib: Pick<typeof import('node:zlib'), 'constants' | 'crc32' | 'createDeflateRaw' | 'deflateRawSync'>
}

/** What works inside a deflating stream of the runtime, and where it tells what it left of room and of bytes. */
interface Engine {
  _handle?: {
    writeSync(flush: number, from: Uint8Array, at: number, length: number, ...into: [Uint8Array, number, number]): void
    reset(): void
    close(): void
  }
  _writeState?: Uint32Array
}

/**
 * Reads, digests and deflates batches of small files, up to `maxBytes` each, into the same buffers. It may use nothing
 * from outside: threads get it as text.
 *
 * A batch has one engine, as to set one up takes longer than to deflate a small file. At the end of a file an engine looks
 * at the byte behind it, which is 0 in a new one and in one that was used again what a longer file left there; so the
 * shorter files go first, and each is packed as if it were alone.
 */
export function openSmallFiles(
  { crypto, fs, zlib }: SmallTools,
  level: number,
  maxBytes: number,
): (batch: SmallBatch) => SmallFiles | Unread {
  const { O_RDONLY, O_NOFOLLOW } = fs.constants
  const file = new Uint8Array(maxBytes + 1)
  let into = new Uint8Array(0)
  const read = (source: string): number => {
    const opened = fs.openSync(source, O_RDONLY | O_NOFOLLOW)
    try {
      // At a place: pipes and the like have none and are refused.
      return fs.readSync(opened, file, 0, file.length, 0)
    } finally {
      fs.closeSync(opened)
    }
  }
  /** Deflates the file that was read to `at`; answers the bytes it takes, or undefined when there was no room for them. */
  const deflate = ({ _handle: handle, _writeState: left }: Engine, size: number, at: number): number | undefined => {
    const room = into.length - at
    if (level > 0 && size > 0 && left && typeof handle?.writeSync === 'function') {
      handle.writeSync(zlib.constants.Z_FINISH, file, 0, size, into, at, room)
      handle.reset()
      return left[0] === 0 || left[1] !== 0 ? undefined : room - (left[0] ?? 0)
    }
    // A runtime that keeps its engine elsewhere sets one up for each.
    const bytes = file.subarray(0, size)
    const packed = level > 0 && size > 0 ? zlib.deflateRawSync(bytes, { level }) : bytes
    if (packed.length > room) return undefined
    into.set(packed, at)
    return packed.length
  }
  return (batch) => {
    const engine = zlib.createDeflateRaw({ level }) as unknown as Engine
    // What cannot be deflated grows by a few bytes.
    const room = batch.reduce((sum, { size }) => sum + size + (size >> 8) + 64, maxBytes)
    if (into.length < room) into = new Uint8Array(room)
    const files = batch.map((): SmallFiles['files'][number] => ({ at: 0 }))
    let [at, longest] = [0, 0]
    for (const { source, index } of batch
      .map((one, index) => ({ ...one, index }))
      .toSorted((a, b) => a.size - b.size)) {
      try {
        const size = read(source)
        // One that shrank since it was looked at comes too late.
        const packedBytes = size > maxBytes || size < longest ? undefined : deflate(engine, size, at)
        longest = Math.max(longest, Math.min(size, maxBytes))
        if (packedBytes === undefined) continue
        const whole = file.subarray(0, size)
        const facts = { size, packedBytes, crc: zlib.crc32(whole), sha256: crypto.hash('sha256', whole) }
        files[index] = { at, facts }
        at += packedBytes
      } catch (error) {
        return { source, why: String((error as Error).message) }
      }
    }
    engine._handle?.close()
    return { packed: into.slice(0, at), files }
  }
}
