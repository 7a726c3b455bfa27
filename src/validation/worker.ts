/** A thread that inspects files. It is told what to do, and shows in shared memory where it is. */
import { hrtime } from 'node:process'
import { parentPort, workerData } from 'node:worker_threads'
import { inspectFiles, type Inspection, type Work } from './inspection.ts'
import { textOfFile, type RawFile } from './inputs.ts'
import { knownApiVersions } from './known-api-versions.ts'
import type { Rule } from './rule.ts'
import { builtinRules } from './rules/builtin.ts'

/** What a thread is started with. */
export interface WorkerFacts {
  /** Where it is: the job, the file and the rule by number, -1 for none. */
  shared: SharedArrayBuffer
  /** A file with newer API versions than those that ship. */
  apiVersions?: string | undefined
  /** Address of a module whose `rules` are run instead of our own. */
  rules?: string | undefined
}

/** Work with its files as they were read. */
export interface RawWork extends Omit<Work, 'files' | 'templates'> {
  files: readonly RawFile[]
  templates: readonly RawFile[]
}

export interface Assignment {
  job: number
  work: RawWork
}

/** What a thread says. */
export type Answer = { job: number } & (
  | { inspection: Inspection }
  | { failure: string }
  | { progress: { done: number; file: string } }
)

const facts = workerData as WorkerFacts
const at = new Int32Array(facts.shared)
const rulesFrom = async (address: string): Promise<readonly Rule[]> =>
  ((await import(address)) as { rules: readonly Rule[] }).rules
const rules = facts.rules === undefined ? builtinRules : await rulesFrom(facts.rules)
const apiVersions = await knownApiVersions(facts.apiVersions)

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
const answer = (message: Answer): void => parentPort?.postMessage(message)

async function work({ job, work: given }: Assignment): Promise<void> {
  try {
    const [files, templates] = [given.files.map(textOfFile), given.templates.map(textOfFile)]
    const inspection = await inspectFiles(
      { ...given, files, templates },
      {
        rules,
        apiVersions,
        clock: () => Number(hrtime.bigint()) / 1e6,
        at(file, rule) {
          Atomics.store(at, 1, file)
          Atomics.store(at, 2, rule)
          Atomics.store(at, 0, job)
        },
        onFile: (done, total, file) => {
          if (done < total) answer({ job, progress: { done, file } })
        },
      },
    )
    answer({ job, inspection })
  } catch (error) {
    answer({ job, failure: error instanceof Error ? error.message : String(error) })
  }
}

parentPort?.on('message', (message: Assignment) => void work(message))
