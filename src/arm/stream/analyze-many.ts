import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { BadResource, FileOutcome } from '../../model/analysis.ts'
import { reasonOf } from '../../model/errors.ts'
import type { Answer, Assignment } from './analyze-thread.ts'

export interface ManyRequest {
  sources: readonly string[]
  chunkBytes: number
  /** Threads at most. */
  workers: number
  signal: AbortSignal
  /** Bytes of all files read so far. */
  onProgress(doneBytes: number): void
  onBad(source: string, bad: BadResource): void
}

/** The module of the thread: beside this one among the sources, and by its own name in the bundle. */
const threadModule = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './analyze-thread.ts' : './analyze-thread.js', import.meta.url)

/**
 * Analyses several files in threads. Answers in the order of the files; one that cannot be read stops no other. Throws
 * the signal's reason.
 */
export async function analyzeMany(request: ManyRequest): Promise<FileOutcome[]> {
  const { sources, signal } = request
  signal.throwIfAborted()
  const outcomes: FileOutcome[] = []
  let next = 0
  let bytes = 0
  const hear = (more: number): void => request.onProgress((bytes += more))
  const threads = Array.from({ length: Math.max(1, Math.min(request.workers, sources.length)) }, () => {
    return new Worker(fileURLToPath(threadModule()))
  })
  const stop = (): void => {
    for (const thread of threads) void thread.terminate()
  }
  signal.addEventListener('abort', stop, { once: true })
  const work = async (thread: Worker): Promise<void> => {
    while (next < sources.length && !signal.aborted) {
      const index = next++
      outcomes[index] = await analyzeIn(thread, { request, source: sources[index] ?? '', hear })
    }
  }
  try {
    await Promise.all(threads.map(work))
  } finally {
    signal.removeEventListener('abort', stop)
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
  signal.throwIfAborted()
  return outcomes
}

interface OneFile {
  request: ManyRequest
  source: string
  hear(bytes: number): void
}

/** Has a thread analyse one file. A thread that breaks is the fault of this file alone. */
async function analyzeIn(thread: Worker, { request, source, hear }: OneFile): Promise<FileOutcome> {
  const { promise, resolve } = Promise.withResolvers<FileOutcome>()
  const listen = (answer: Answer): void => {
    if ('bytes' in answer) hear(answer.bytes)
    else if ('bad' in answer) request.onBad(source, answer.bad)
    else if ('analysis' in answer) resolve({ source, analysis: answer.analysis })
    else resolve({ source, error: answer.failure })
  }
  const fail = (error: unknown): void => resolve({ source, error: { message: reasonOf(error) } })
  const end = (): void => fail(new Error(`${source} was not analysed: its thread ended.`))
  thread.on('message', listen).once('error', fail).once('exit', end)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  thread.postMessage({ source, chunkBytes: request.chunkBytes } satisfies Assignment)
  try {
    return await promise
  } finally {
    thread.off('message', listen).off('error', fail).off('exit', end)
  }
}
