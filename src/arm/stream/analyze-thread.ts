/** A thread that analyses one file after another. */
import { parentPort } from 'node:worker_threads'
import type { Analysis, BadResource } from '../../model/analysis.ts'
import { isMarketError, reasonOf } from '../../model/errors.ts'
import { analyzeTemplate } from './analyze.ts'

/** A file to analyse. */
export interface Assignment {
  source: string
  chunkBytes: number
}

/** What a thread says: how many bytes more it read, a bad resource, and at last a result or what was wrong. */
export type Answer =
  | { bytes: number }
  | { bad: BadResource }
  | { analysis: Analysis }
  | { failure: Record<string, unknown> & { message: string } }

/** Bytes between two words about how far it is. */
const TELL_BYTES = 8 * 1024 * 1024

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
const answer = (message: Answer): void => parentPort?.postMessage(message)

async function work({ source, chunkBytes }: Assignment): Promise<void> {
  let told = 0
  const onProgress = (done: number, total: number | undefined): void => {
    if (done - told < TELL_BYTES && done !== total) return
    answer({ bytes: done - told })
    told = done
  }
  try {
    answer({ analysis: await analyzeTemplate({ source, chunkBytes, onProgress, onBad: (bad) => answer({ bad }) }) })
  } catch (error) {
    const message = reasonOf(error)
    answer({ failure: isMarketError(error) ? { ...error.toJSON(), message } : { message } })
  }
}

parentPort?.on('message', (assignment: Assignment) => void work(assignment))
