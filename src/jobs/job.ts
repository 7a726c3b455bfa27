/**
 * Long work. A job is a list of titled steps; its journal (one NDJSON file in its folder) is the only truth about it:
 * panes, commands and tests all fold the same lines.
 */
type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'interrupted'

/** Inputs of a job, written to `job.json` before it starts; enough to run it again. */
export interface JobSpec {
  id: string
  /** `run`, `generate`, `validate`, `package`, `install`, `update`, `uninstall` ... */
  type: string
  title: string
  input: Record<string, unknown>
  createdAt: string
  /** Version of the program that made it. */
  program: string
  rerunOf?: string
  /** Who goes first of those that wait; `normal` when left out. */
  priority?: JobPriority
}

/** Of jobs that wait, high ones go first; equal ones in the order they were made. */
export const JOB_PRIORITIES = ['high', 'normal', 'low'] as const
type JobPriority = (typeof JOB_PRIORITIES)[number]

export type JobEventBody =
  | { type: 'queued'; title: string }
  | { type: 'started'; pid: number; mark: string; steps: { id: string; title: string }[] }
  | {
      type: 'step'
      step: string
      state: 'running' | 'done' | 'skipped' | 'failed' | 'undone'
      reason?: string
      ms?: number
    }
  | { type: 'progress'; step: string; done: number; total?: number; unit: string }
  | { type: 'memory'; rssBytes: number; samples?: number; slopeBytes?: number }
  | { type: 'log'; level: 'info' | 'warning' | 'error'; step?: string; text: string }
  | {
      type: 'finished'
      state: 'succeeded' | 'failed' | 'cancelled'
      ms: number
      result?: Record<string, unknown>
      error?: Record<string, unknown>
    }

/** One journal line. `seq` counts from 1 without gaps; `at` is ISO time. */
export type JobEvent = JobEventBody & { seq: number; at: string }

export interface StepSnapshot {
  id: string
  title: string
  state: 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'undone'
  reason?: string
  done: number
  total?: number
  unit?: string
  /** Units a second over the running step, measured from journal times; undefined before it can be told. */
  rate?: number
  /** When it is likely to end, ISO time: from its rate of the last seconds, and only once that can be told. */
  endsAt?: string
  ms?: number
}

/** The journal folded. */
export interface JobSnapshot {
  id: string
  type: string
  title: string
  state: JobState
  priority?: JobPriority
  createdAt: string
  startedAt?: string
  endedAt?: string
  pid?: number
  /**
   * Memory of its process, bytes: the last samples, oldest first, and the most there was; how many samples were taken
   * and, when last told, by how much it grew a minute.
   */
  memory?: { recentBytes: number[]; peakBytes: number; samples?: number; slopeBytes?: number }
  steps: StepSnapshot[]
  /** 0 to 100, never falling. */
  percent: number
  /** Last lines of the log, oldest first (at most 200). */
  log: { at: string; level: string; text: string; step?: string }[]
  result?: Record<string, unknown>
  error?: { code?: string; message: string; hint?: string }
  /** Lines of the journal that could not be read. */
  torn: number
}

export interface StepContext {
  signal: AbortSignal
  /** Emits at most a few events a second; the last one always gets through. */
  progress(done: number, total: number | undefined, unit: string): void
  log(text: string, level?: 'info' | 'warning' | 'error'): void
}

/** One titled piece of work. `undo` runs in reverse order when a later step fails or the job is cancelled. */
export interface Step<S> {
  id: string
  title: string
  /** A reason to skip, or undefined to run. */
  skip?(state: S): string | undefined
  run(state: S, context: StepContext): Promise<void>
  undo?(state: S): Promise<void>
}

/** What a job type does: its state from its input, its steps, its result. */
export interface JobType<S = unknown> {
  type: string
  open(input: Record<string, unknown>, spec: JobSpec): Promise<S> | S
  steps(state: S): Step<S>[]
  result(state: S): Record<string, unknown>
  close?(state: S): Promise<void>
  /** Removes what a killed process of this job left outside its folder; called when no process of it lives. */
  sweep?(spec: JobSpec): Promise<void> | void
}

/** The desk: start, look, follow, cancel, rerun. */
export interface Jobs {
  /** Writes the job's folder and starts it in a process of its own. */
  start(type: string, title: string, input: Record<string, unknown>, priority?: JobPriority): Promise<string>
  /** Runs it in this process, journal and all; rejects with the job's error. */
  runHere(type: string, title: string, input: Record<string, unknown>, signal?: AbortSignal): Promise<JobSnapshot>
  /** Entry of the job's own process. */
  runStarted(id: string, signal: AbortSignal): Promise<JobSnapshot>
  list(): Promise<JobSnapshot[]>
  get(id: string): Promise<JobSnapshot>
  /** All events from the first one on, then live ones, ending after `finished` (or when the process is found dead). */
  follow(id: string, signal?: AbortSignal): AsyncIterable<JobEvent>
  /** Calls back with the new snapshot of any job that changed; the returned function stops it. */
  watch(call: (job: JobSnapshot) => void): () => void
  cancel(id: string): Promise<JobSnapshot>
  rerun(id: string): Promise<string>
  remove(id: string): Promise<void>
  close(): Promise<void>
}
