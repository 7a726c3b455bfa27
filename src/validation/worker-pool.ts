import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { fileProblem, jobCancelled, jobFailed, reasonOf } from '../model/errors.ts'
import type { Clock } from '../system/system.ts'
import { failureOf } from './inspect.ts'
import { rulesAsked, type Ban, type Inspection } from './inspection.ts'
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
  inspect(work: RawWork, options?: InspectOptions): Promise<Inspection>
  /** Ends all threads; what they still work on is given up. */
  close(): Promise<void>
}

interface InspectOptions {
  signal?: AbortSignal | undefined
  onFile?: OnFile | undefined
}

type OnFile = (done: number, file: string) => void

/** A rule that does not end is left out and told; after so many in one job the whole job is given up. */
const MAX_BANS = 5

/** A thread may take so long to start, ms; a busy machine takes a second. */
const START_MS = 30_000

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
  const threads = new Threads(options)
  return { inspect: (work, how = {}) => threads.inspect(work, how), close: () => threads.close() }
}

class Threads {
  private readonly options: PoolOptions
  private readonly threads = new Set<Thread>()
  private readonly queue: Job[] = []
  private ids = 0
  private stopWatch: (() => void) | undefined

  constructor(options: PoolOptions) {
    this.options = options
  }

  async inspect(work: RawWork, { signal, onFile }: InspectOptions): Promise<Inspection> {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Inspection>()
    const job: Job = { id: ++this.ids, work, bans: [], onFile, resolve, reject }
    const stop = (): void => this.cancel(job, signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    this.queue.push(job)
    this.next()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async close(): Promise<void> {
    const open = [...this.queue.splice(0), ...[...this.threads].flatMap(({ job }) => job ?? [])]
    await Promise.all([...this.threads].map((thread) => this.end(thread)))
    for (const job of open) job.reject(jobCancelled('The validation'))
  }

  /** Gives waiting jobs to idle threads. */
  private next(): void {
    for (let job = this.queue[0]; job; job = this.queue[0]) {
      const idle = [...this.threads].find((one) => !one.job)
      if (!idle && this.threads.size >= this.options.size) return
      this.queue.shift()
      this.give(idle ?? this.start(), job)
    }
  }

  private start(): Thread {
    const { apiVersions, rules } = this.options
    const shared = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)
    const facts: WorkerFacts = { shared, apiVersions, rules: rules?.module }
    const worker = new Worker(fileURLToPath(threadModule()), { workerData: facts })
    const thread: Thread = { worker, at: new Int32Array(shared), job: undefined, file: -1, since: 0 }
    worker.on('message', (answer: Answer) => this.hear(thread, answer))
    worker.on('error', (error: unknown) => this.blame(thread, `it ended with an error (${reasonOf(error)})`))
    worker.on('exit', () => this.blame(thread, 'it ended the thread it ran in'))
    worker.unref()
    this.threads.add(thread)
    return thread
  }

  private give(thread: Thread, job: Job): void {
    thread.job = job
    thread.file = -1
    thread.since = this.options.clock.monotonic()
    thread.worker.ref()
    const work = { ...job.work, banned: job.bans.map(({ ban }) => ban) }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    thread.worker.postMessage({ job: job.id, work } satisfies Assignment)
    this.watch()
  }

  private hear(thread: Thread, answer: Answer): void {
    const { job } = thread
    if (!job || job.id !== answer.job) return
    if ('progress' in answer) return job.onFile?.(answer.progress.done, answer.progress.file)
    this.release(thread)
    if ('failure' in answer) job.reject(jobFailed('The validation', answer.failure))
    else job.resolve(withBans(answer.inspection, job, this.options.rules?.list ?? builtinRules))
    this.next()
  }

  private release(thread: Thread): void {
    thread.job = undefined
    thread.worker.unref()
    if ([...this.threads].some((one) => one.job)) return
    this.stopWatch?.()
    this.stopWatch = undefined
  }

  private async end(thread: Thread): Promise<void> {
    this.threads.delete(thread)
    this.release(thread)
    thread.worker.removeAllListeners()
    thread.worker.on('error', () => {})
    await thread.worker.terminate()
  }

  /** Ends a thread whose rule does not end or took it down, and does the rest of its work in another. */
  private blame(thread: Thread, why: string): void {
    const { job, at } = thread
    const [file, rule] = job && Atomics.load(at, 0) === job.id ? [Atomics.load(at, 1), Atomics.load(at, 2)] : [-1, -1]
    void this.end(thread)
    if (!job) return
    if (rule < 0 || job.bans.length >= MAX_BANS) {
      const name = job.work.files[Math.max(0, file)]?.path ?? 'the files'
      job.reject(fileProblem(name, `it could not be validated: ${why}`))
    } else {
      job.bans.push({ ban: [file, rule], why })
      this.queue.unshift(job)
    }
    this.next()
  }

  /** Looks now and then whether a file takes too long. */
  private watch(): void {
    const { clock, fileTimeoutMs } = this.options
    const everyMs = Math.max(20, Math.min(250, fileTimeoutMs / 4))
    this.stopWatch ??= clock.every(everyMs, () => {
      for (const thread of this.threads) {
        if (thread.job && this.isOver(thread, thread.job)) {
          this.blame(thread, `it was still at work when the ${fileTimeoutMs / 1000} s for a file were over`)
        }
      }
    })
  }

  /** Whether the file a thread is at, or its start, takes longer than it may. */
  private isOver(thread: Thread, { id }: Job): boolean {
    const { clock, fileTimeoutMs } = this.options
    const hasBegun = Atomics.load(thread.at, 0) === id
    const file = hasBegun ? Atomics.load(thread.at, 1) : -1
    if (file === thread.file) {
      return clock.monotonic() - thread.since > (hasBegun ? fileTimeoutMs : START_MS + fileTimeoutMs)
    }
    thread.file = file
    thread.since = clock.monotonic()
    return false
  }

  private cancel(job: Job, reason: unknown): void {
    const place = this.queue.indexOf(job)
    if (place >= 0) this.queue.splice(place, 1)
    job.reject(reason)
    const thread = [...this.threads].find((one) => one.job === job)
    if (thread) void this.end(thread).then(() => this.next())
  }
}

/** What was found, and that some rules were left out. */
function withBans(inspection: Inspection, { bans, work }: Job, all: readonly Rule[]): Inspection {
  const rules = rulesAsked(all, work.asked)
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
