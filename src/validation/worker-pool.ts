import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { jobCancelled, jobFailed, reasonOf } from '../model/errors.ts'
import type { Clock } from '../system/system.ts'
import { failureOf } from './inspect.ts'
import { rulesNamed, type Ban, type Inspection } from './inspection.ts'
import type { Rule } from './rule.ts'
import { builtinRules } from './rules/builtin.ts'
import type { Answer, Assignment, RawWork, WorkerFacts } from './worker.ts'

export interface PoolOptions {
  clock: Clock
  /** Threads at most. */
  size: number
  /** How long one file may take, ms. */
  fileTimeoutMs: number
  /** A file with newer API versions than those that ship. */
  apiVersions?: string | undefined
  /** A module with `rules`, and the same rules here: instead of our own. */
  rules?: { module: string; list: readonly Rule[] }
}

export interface Pool {
  /** Inspects in a thread. Rejects with the reason of the signal, at once. */
  inspect(
    work: RawWork,
    options?: { signal?: AbortSignal | undefined; onFile?: OnFile | undefined },
  ): Promise<Inspection>
  /** Ends all threads; what they still work on is given up. */
  close(): Promise<void>
}

type OnFile = (done: number, file: string) => void

/** A rule that does not end is left out and told; after so many in one job the whole job is given up. */
const MAX_BANS = 5

interface Job {
  id: number
  work: RawWork
  bans: { ban: Ban; why: string }[]
  onFile: OnFile | undefined
  resolve(inspection: Inspection): void
  reject(error: unknown): void
}

interface Thread {
  worker: Worker
  at: Int32Array
  job: Job | undefined
  /** Since when the job's present file is being worked on. */
  file: number
  since: number
}

/** The module of the thread: beside this one among the sources, and by its own name in the bundle. */
const threadModule = (): URL => {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? './worker.ts' : './validation-worker.js', import.meta.url)
}

/** A few threads that inspect files; each starts when there is work for it, and none keeps the process alive when idle. */
export function openPool(options: PoolOptions): Pool {
  const { clock, size, fileTimeoutMs } = options
  const rules = options.rules?.list ?? builtinRules
  const threads = new Set<Thread>()
  const queue: Job[] = []
  let ids = 0
  let stopWatch: (() => void) | undefined

  function next(): void {
    for (let job = queue[0]; job; job = queue[0]) {
      const idle = [...threads].find((one) => !one.job) ?? (threads.size < size ? start() : undefined)
      if (!idle) return
      queue.shift()
      give(idle, job)
    }
    watch()
  }

  function start(): Thread {
    const shared = new SharedArrayBuffer(12)
    const facts: WorkerFacts = { shared, apiVersions: options.apiVersions, rules: options.rules?.module }
    const worker = new Worker(fileURLToPath(threadModule()), { workerData: facts, stdin: false })
    const thread: Thread = { worker, at: new Int32Array(shared), job: undefined, file: -1, since: 0 }
    worker.on('message', (answer: Answer) => hear(thread, answer))
    worker.on('error', (error: unknown) => blame(thread, `it ended with an error (${reasonOf(error)})`))
    worker.on('exit', () => blame(thread, 'it ended the thread it ran in'))
    threads.add(thread)
    worker.unref()
    return thread
  }

  function give(thread: Thread, job: Job): void {
    thread.job = job
    thread.file = -1
    thread.since = clock.monotonic()
    thread.worker.ref()
    const work = { ...job.work, banned: job.bans.map(({ ban }) => ban) }
    thread.worker.postMessage({ job: job.id, work } satisfies Assignment)
    watch()
  }

  function hear(thread: Thread, answer: Answer): void {
    const { job } = thread
    if (!job || job.id !== answer.job) return
    if ('progress' in answer) return job.onFile?.(answer.progress.done, answer.progress.file)
    release(thread)
    if ('failure' in answer) job.reject(jobFailed('The validation', answer.failure))
    else job.resolve(withBans(answer.inspection, job, rules))
    next()
  }

  function release(thread: Thread): void {
    thread.job = undefined
    thread.worker.unref()
    if ([...threads].some((one) => one.job)) return
    stopWatch?.()
    stopWatch = undefined
  }

  async function end(thread: Thread): Promise<void> {
    threads.delete(thread)
    release(thread)
    thread.worker.removeAllListeners()
    thread.worker.on('error', () => {})
    await thread.worker.terminate()
  }

  /** Ends a thread whose rule does not end or took it down, and does the rest of its work in another. */
  function blame(thread: Thread, why: string): void {
    const { job, at } = thread
    const isAtWork = job !== undefined && Atomics.load(at, 0) === job.id
    const [file, rule] = isAtWork ? [Atomics.load(at, 1), Atomics.load(at, 2)] : [-1, -1]
    void end(thread)
    if (!job) return
    if (rule < 0 || job.bans.length >= MAX_BANS) {
      const name = job.work.files[Math.max(0, file)]?.path ?? 'the files'
      job.reject(jobFailed(`The validation of ${name}`, why))
    } else {
      job.bans.push({ ban: [file, rule], why })
      queue.unshift(job)
    }
    next()
  }

  /** Looks now and then whether a file takes too long. */
  function watch(): void {
    stopWatch ??= clock.every(Math.max(20, Math.min(250, fileTimeoutMs / 4)), () => {
      for (const thread of threads) {
        if (!thread.job) continue
        const file = Atomics.load(thread.at, 0) === thread.job.id ? Atomics.load(thread.at, 1) : -1
        if (file !== thread.file) {
          thread.file = file
          thread.since = clock.monotonic()
        } else if (clock.monotonic() - thread.since > fileTimeoutMs) {
          blame(thread, `it was still at work when the ${fileTimeoutMs / 1000} s for a file were over`)
        }
      }
    })
  }

  function cancel(job: Job, reason: unknown): void {
    const place = queue.indexOf(job)
    if (place >= 0) queue.splice(place, 1)
    const thread = [...threads].find((one) => one.job === job)
    job.reject(reason)
    if (thread) void end(thread).then(next)
  }

  return {
    inspect: (work, { signal, onFile } = {}) =>
      new Promise<Inspection>((resolve, reject) => {
        signal?.throwIfAborted()
        const job: Job = { id: ++ids, work, bans: [], onFile, resolve, reject }
        const stop = (): void => cancel(job, signal?.reason)
        signal?.addEventListener('abort', stop, { once: true })
        const settled = (): void => signal?.removeEventListener('abort', stop)
        job.resolve = (inspection) => (settled(), resolve(inspection))
        job.reject = (error) => (settled(), reject(error as Error))
        queue.push(job)
        next()
      }),
    async close() {
      const open = [...queue.splice(0), ...[...threads].flatMap(({ job }) => job ?? [])]
      await Promise.all([...threads].map(end))
      for (const job of open) job.reject(jobCancelled('The validation'))
    },
  }
}

/** What was found, and that some rules were left out. */
function withBans(inspection: Inspection, { bans, work }: Job, all: readonly Rule[]): Inspection {
  const rules = rulesNamed(all, work.rule)
  const failures = bans.map(({ ban: [file, rule], why }) =>
    failureOf(rules[rule]?.name ?? 'unknown', work.files[file]?.path ?? '', why),
  )
  const states = failures.map(({ rule, message }) => ({ rule, state: 'skipped' as const, reason: message }))
  const known = new Set(inspection.rules.map(({ rule }) => rule))
  return {
    ...inspection,
    findings: [...failures, ...inspection.findings],
    rules: [...inspection.rules, ...states.filter(({ rule }) => !known.has(rule))],
  }
}
