import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { fileProblem } from '../model/errors.ts'
import type { EntryContent } from './deflated-zip.ts'
import { fittingWindow } from './fitting-window.ts'

/** Threads that read and deflate many small files each at a time. */
export interface DeflatePool {
  /** Contents of files in their order; a file that cannot be read is a `file.problem`. */
  deflate(sources: readonly string[]): Promise<EntryContent[]>
  close(): Promise<void>
}

/** What a thread answers for a batch: all packed bytes in one piece, and size, packed size and CRC of each file. */
type Answer = { packed: Uint8Array; facts: number[] } | { source: string; why: string }

/** More threads than this would wait for the one that writes. */
const MAX_THREADS = 4

/**
 * What a thread does. It is started from this function's own text, so that a bundled program needs no second file;
 * so it may use nothing but what it is handed.
 */
function work(
  { parentPort, workerData }: typeof import('node:worker_threads'),
  { crc32, deflateRawSync }: typeof import('node:zlib'),
  { readFileSync }: typeof import('node:fs'),
  fitting: typeof fittingWindow,
): void {
  const level = workerData as number
  parentPort?.on('message', (sources: string[]) => {
    const pieces: Uint8Array[] = []
    const facts: number[] = []
    let total = 0
    for (const source of sources) {
      try {
        const bytes = readFileSync(source)
        const packed = bytes.length === 0 ? bytes : deflateRawSync(bytes, { level, ...fitting(bytes.length) })
        facts.push(bytes.length, packed.length, crc32(bytes))
        pieces.push(packed)
        total += packed.length
      } catch (error) {
        parentPort?.postMessage({ source, why: String((error as Error).message) }, [])
        return
      }
    }
    const packed = new Uint8Array(total)
    let at = 0
    for (const piece of pieces) {
      packed.set(piece, at)
      at += piece.length
    }
    parentPort?.postMessage({ packed, facts }, [packed.buffer])
  })
}

const SOURCE = `(${work.toString()})(require('node:worker_threads'), require('node:zlib'), require('node:fs'), ${fittingWindow.toString()})`

/** Starts the threads. What they make is the same however many there are. */
export function openDeflatePool(level: number): DeflatePool {
  const threads = Array.from({ length: Math.min(MAX_THREADS, availableParallelism()) }, () => openThread(level))
  let turn = 0
  return {
    async deflate(sources) {
      const answer = await threads[turn++ % threads.length]?.ask(sources)
      if (!answer || 'why' in answer) throw fileProblem(answer?.source ?? '', answer?.why ?? 'it was not read')
      return contentsOf(answer.packed, answer.facts)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

function openThread(level: number): { ask(sources: readonly string[]): Promise<Answer>; close(): Promise<number> } {
  const worker = new Worker(SOURCE, { eval: true, workerData: level })
  // Answers come in the order of the questions.
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = []
  let fault: Error | undefined
  worker.on('message', (answer: Answer) => waiting.shift()?.resolve(answer))
  worker.on('error', (error: Error) => {
    fault = error
    for (const one of waiting.splice(0)) one.reject(error)
  })
  return {
    ask(sources) {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>()
      if (fault) reject(fault)
      else {
        waiting.push({ resolve, reject })
        worker.postMessage(sources, [])
      }
      return promise
    },
    close: () => worker.terminate(),
  }
}

function contentsOf(packed: Uint8Array, facts: readonly number[]): EntryContent[] {
  const contents: EntryContent[] = []
  for (let index = 0, at = 0; index < facts.length; index += 3) {
    const [size = 0, packedBytes = 0, crc = 0] = facts.slice(index, index + 3)
    contents.push({ facts: { size, packedBytes, crc }, blocks: [packed.subarray(at, at + packedBytes)] })
    at += packedBytes
  }
  return contents
}
