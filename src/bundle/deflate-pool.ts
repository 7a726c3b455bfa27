import { availableParallelism } from 'node:os'
import { SHARE_ENV, Worker } from 'node:worker_threads'
import { openSmallFiles, type SmallBatch, type SmallFiles, type SmallTools, type Unread } from './small-files.ts'

/** Threads that read and deflate batches of small files beside this one. */
export interface DeflatePool {
  /** Whether a thread would come to one more batch before long. */
  isFree(): boolean
  deflate(batch: SmallBatch): Promise<SmallFiles | Unread>
  close(): Promise<void>
}

/** More threads than this would wait for the one that writes. */
const MAX_THREADS = 3
/** Batches that a thread is handed at once, so that it need not wait for the next one. */
const BATCHES_A_THREAD = 2

/** What a thread does. It may use nothing but what it is handed, see below. */
function work(
  { parentPort, workerData }: typeof import('node:worker_threads'),
  open: typeof openSmallFiles,
  tools: SmallTools,
): void {
  const { level, maxBytes } = workerData as { level: number; maxBytes: number }
  const deflate = open(tools, level, maxBytes)
  parentPort?.on('message', (batch: SmallBatch) => {
    const made = deflate(batch)
    parentPort.postMessage(made, 'packed' in made ? [made.packed.buffer as ArrayBuffer] : [])
  })
}

const TOOLS = "{ crypto: require('node:crypto'), fs: require('node:fs'), zlib: require('node:zlib') }"
// The text of the functions themselves, so that a bundled program needs no second file.
const SOURCE = `(${work.toString()})(require('node:worker_threads'), ${openSmallFiles.toString()}, ${TOOLS})`

/** Starts a thread for each core but this one. What they make is the same however many there are, also when none. */
export function openDeflatePool(level: number, maxBytes: number): DeflatePool {
  const count = Math.min(MAX_THREADS, availableParallelism() - 1)
  const threads = Array.from({ length: count }, () => openThread({ level, maxBytes }))
  const freest = (): Thread | undefined => threads.toSorted((a, b) => a.waiting() - b.waiting())[0]
  return {
    isFree: () => (freest()?.waiting() ?? BATCHES_A_THREAD) < BATCHES_A_THREAD,
    async deflate(batch) {
      const thread = freest()
      if (!thread) throw new Error('there is no thread')
      return thread.ask(batch)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

interface Thread {
  waiting(): number
  ask(batch: SmallBatch): Promise<SmallFiles | Unread>
  close(): Promise<number>
}

function openThread(workerData: { level: number; maxBytes: number }): Thread {
  const worker = new Worker(SOURCE, { eval: true, workerData, env: SHARE_ENV })
  // Answers come in the order of the questions.
  const waiting: PromiseWithResolvers<SmallFiles | Unread>[] = []
  let fault: Error | undefined
  worker.on('message', (answer: SmallFiles | Unread) => waiting.shift()?.resolve(answer))
  worker.on('error', (error: Error) => {
    fault = error
    for (const one of waiting.splice(0)) one.reject(error)
  })
  return {
    waiting: () => waiting.length,
    ask(batch) {
      const asked = Promise.withResolvers<SmallFiles | Unread>()
      if (fault) asked.reject(fault)
      else {
        waiting.push(asked)
        worker.postMessage(batch, [])
      }
      return asked.promise
    },
    close: () => worker.terminate(),
  }
}
