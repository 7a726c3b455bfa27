import { read as readDescriptor, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { fileProblem, reasonOf } from '../../model/errors.ts'
import type { ByteIndex } from './byte-index.ts'

/** Standard input as a source. */
export const STDIN = '-'
const STDIN_DESCRIPTOR = 0
const readFrom = promisify(readDescriptor)

export interface ChunkRequest {
  /** A file, or `-` for standard input. */
  source: string
  signal?: AbortSignal | undefined
  /** `total` is missing for what has no size, such as a pipe. */
  onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined
}

/** A small file needs no large buffers. */
export function fittingChunk({ source, chunkBytes }: { source: string; chunkBytes: number }): number {
  const facts = source === STDIN ? undefined : statSync(source, { throwIfNoEntry: false })
  return facts?.isFile() ? Math.min(chunkBytes, Math.max(LEAST_BYTES, facts.size)) : chunkBytes
}
const LEAST_BYTES = 4096

type Read = (into: Uint8Array, offset: number, length: number) => Promise<{ bytesRead: number }>

/**
 * Calls with each piece of a source in turn, which lies in one of the two input buffers of the index; the next one is
 * being read meanwhile. Throws `file.problem` for what cannot be read, and the signal's reason.
 */
export async function eachChunk(
  { source, signal, onProgress }: ChunkRequest,
  { bytes, inputs, chunkBytes }: Pick<ByteIndex, 'bytes' | 'inputs' | 'chunkBytes'>,
  call: (from: number, to: number) => Promise<void> | void,
): Promise<void> {
  const input = await openSource(source)
  let done = 0
  const next = async (buffer: number): Promise<number> => {
    try {
      return (await input.read(bytes, inputs[buffer] ?? 0, chunkBytes)).bytesRead
    } catch (error) {
      throw fileProblem(source, `cannot be read: ${reasonOf(error)}`, error)
    }
  }
  let reading = next(0)
  try {
    for (let buffer = 0; ; buffer = 1 - buffer) {
      signal?.throwIfAborted()
      const length = await reading
      if (length === 0) return
      reading = next(1 - buffer)
      const from = inputs[buffer] ?? 0
      await call(from, from + length)
      onProgress?.((done += length), input.size)
    }
  } finally {
    // What is being read still writes into the buffer; of a pipe it may never end, and nobody waits for that.
    reading.catch(() => {})
    if (source !== STDIN) await reading.catch(() => {})
    await input.close()
  }
}

async function openSource(source: string): Promise<{ size: number | undefined; read: Read; close(): Promise<void> }> {
  if (source === STDIN) {
    const read: Read = (into, offset, length) => readFrom(STDIN_DESCRIPTOR, into, offset, length, null)
    return { size: undefined, read, close: async () => {} }
  }
  try {
    const handle = await open(source)
    const facts = await handle.stat()
    if (facts.isDirectory()) {
      await handle.close()
      throw new Error('this is a folder, not a file')
    }
    const size = facts.isFile() ? facts.size : undefined
    return { size, read: (into, offset, length) => handle.read(into, offset, length), close: () => handle.close() }
  } catch (error) {
    throw fileProblem(source, `cannot be read: ${reasonOf(error)}`, error)
  }
}
