import { read as readDescriptor, readSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { fileProblem, reasonOf } from '../../model/errors.ts'
import type { Engine } from './engine.ts'

/** Standard input as a source. */
export const STDIN = '-'
const STDIN_DESCRIPTOR = 0
const readFrom = promisify(readDescriptor)

export interface ChunkRequest {
  /** A file, or `-` for standard input. */
  source: string
  signal?: AbortSignal | undefined
  /** `total` is missing for what has no size, such as a pipe. */
  /** Waits a moment for a pipe that has nothing yet; without it the next turn of other work is waited for. */
  pause?: (() => Promise<void>) | undefined
  onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined
}

/** A small file needs no large buffers. */
export function fittingChunk({ source, chunkBytes }: { source: string; chunkBytes: number }): number {
  const facts = source === STDIN ? undefined : statSync(source, { throwIfNoEntry: false })
  return facts?.isFile() ? Math.min(chunkBytes, Math.max(LEAST_BYTES, facts.size)) : chunkBytes
}
const LEAST_BYTES = 4096

/** How many bytes came, 0 at the end; undefined when there are none yet. */
type Read = (into: Uint8Array, offset: number, length: number) => Promise<number | undefined> | number

/** Chunks of a file between two turns of other work, such as a key that was pressed. */
const CHUNKS_A_TURN = 4

/**
 * Calls with each piece of a source in turn, which lies in one of the two input buffers of the engine. What comes slowly
 * is being read while the piece before it is worked on. Throws `file.problem` for what cannot be read, and the signal's
 * reason.
 */
export async function eachChunk(
  { source, signal, pause = nextTurn, onProgress }: ChunkRequest,
  { bytes, inputs, chunkBytes }: Pick<Engine, 'bytes' | 'inputs' | 'chunkBytes'>,
  call: (from: number, to: number) => Promise<void> | void,
): Promise<void> {
  const input = await openSource(source)
  let done = 0
  const next = async (buffer: number): Promise<number> => {
    try {
      for (;;) {
        const length = await input.read(bytes, inputs[buffer] ?? 0, chunkBytes)
        if (length !== undefined) return length
        if (signal?.aborted) return 0
        await pause()
      }
    } catch (error) {
      throw fileProblem(source, `cannot be read: ${reasonOf(error)}`, error)
    }
  }
  let reading = next(0)
  try {
    for (let turn = 0; ; turn++) {
      const buffer = turn % 2
      if (turn % CHUNKS_A_TURN === 0) await nextTurn()
      signal?.throwIfAborted()
      const length = await reading
      signal?.throwIfAborted()
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

interface Source {
  size: number | undefined
  read: Read
  close(): Promise<void>
}

async function openSource(source: string): Promise<Source> {
  if (source === STDIN) return { size: undefined, read: slowly(STDIN_DESCRIPTOR), close: async () => {} }
  try {
    const handle = await open(source)
    const facts = await handle.stat()
    if (facts.isDirectory()) {
      await handle.close()
      throw new Error('this is a folder, not a file')
    }
    const isFile = facts.isFile()
    const read = isFile ? atOnce(handle.fd) : slowly(handle.fd)
    return { size: isFile ? facts.size : undefined, read, close: () => handle.close() }
  } catch (error) {
    throw fileProblem(source, `cannot be read: ${reasonOf(error)}`, error)
  }
}

/** A pipe from another program may be one that does not wait: it then says EAGAIN. */
const slowly =
  (descriptor: number): Read =>
  async (into, offset, length) => {
    try {
      return (await readFrom(descriptor, into, offset, length, null)).bytesRead
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined
      throw error
    }
  }

/** A piece of a file is there sooner than another thread would have been woken to fetch it. */
const atOnce =
  (descriptor: number): Read =>
  (into, offset, length) =>
    readSync(descriptor, into, offset, length, null)
