import { closeSync, open, openSync, read as readDescriptor, readSync, statSync } from 'node:fs'
import { setImmediate } from 'node:timers'
import { fileProblem, reasonOf } from '../../model/errors.ts'
import type { Engine } from './engine.ts'

/** Standard input as a source. */
export const STDIN = '-'
const STDIN_DESCRIPTOR = 0
/** Other work has its turn. (The promises of `node:timers` and `node:fs` cost more to load than a small file to read.) */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

export interface ChunkRequest {
  /** A file, or `-` for standard input. */
  source: string
  signal?: AbortSignal | undefined
  /** Waits a moment for a pipe that has nothing yet; without it the next turn of other work is waited for. */
  pause?: (() => Promise<void>) | undefined
  /** `total` is missing for what has no size, such as a pipe. */
  onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined
}

/** What buffers fit a source: a small file needs no large ones, and of no file anything is read ahead. */
export function fittingBuffers({ source, chunkBytes }: { source: string; chunkBytes: number }): {
  chunkBytes: number
  inputs: 1 | 2
} {
  const facts = source === STDIN ? undefined : statSync(source, { throwIfNoEntry: false })
  if (!facts?.isFile()) return { chunkBytes, inputs: 2 }
  return { chunkBytes: Math.min(chunkBytes, Math.max(LEAST_BYTES, facts.size)), inputs: 1 }
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
  let reading = input.isAhead ? next(0) : undefined
  try {
    for (let turn = 0; ; turn++) {
      const buffer = turn % 2
      if (turn % CHUNKS_A_TURN === 0) await nextTurn()
      signal?.throwIfAborted()
      const length = await (reading ?? next(buffer))
      signal?.throwIfAborted()
      if (length === 0) return
      if (input.isAhead) reading = next(1 - buffer)
      const from = inputs[buffer] ?? 0
      await call(from, from + length)
      onProgress?.((done += length), input.size)
    }
  } finally {
    // What is being read still writes into the buffer; of a pipe it may never end, and nobody waits for that.
    reading?.catch(() => {})
    if (source !== STDIN) await reading?.catch(() => {})
    input.close()
  }
}

interface Source {
  size: number | undefined
  /** Whether a piece is being read while the one before it is worked on. */
  isAhead: boolean
  read: Read
  close(): void
}

async function openSource(source: string): Promise<Source> {
  if (source === STDIN) return { size: undefined, isAhead: true, read: slowly(STDIN_DESCRIPTOR), close() {} }
  try {
    const facts = statSync(source)
    if (facts.isDirectory()) throw new Error('this is a folder, not a file')
    const isFile = facts.isFile()
    const descriptor = isFile ? openSync(source, 'r') : await openSlowly(source)
    const close = (): void => closeSync(descriptor)
    return isFile
      ? { size: facts.size, isAhead: false, read: atOnce(descriptor), close }
      : { size: undefined, isAhead: true, read: slowly(descriptor), close }
  } catch (error) {
    throw fileProblem(source, `cannot be read: ${reasonOf(error)}`, error)
  }
}

/** A named pipe opens when somebody writes to it. */
const openSlowly = (source: string): Promise<number> =>
  new Promise((resolve, reject) => {
    open(source, 'r', (error, descriptor) => (error ? reject(error) : resolve(descriptor)))
  })

/** A pipe from another program may be one that does not wait: it then says EAGAIN. */
const slowly =
  (descriptor: number): Read =>
  (into, offset, length) =>
    new Promise((resolve, reject) => {
      readDescriptor(descriptor, into, offset, length, null, (error, bytesRead) => {
        if (!error) resolve(bytesRead)
        else if (error.code === 'EAGAIN') resolve(undefined)
        else reject(error)
      })
    })

/** A piece of a file is there sooner than another thread would have been woken to fetch it. */
const atOnce =
  (descriptor: number): Read =>
  (into, offset, length) =>
    readSync(descriptor, into, offset, length, null)
