import { addPoint, endOf, type Point } from './estimate.ts'
import type { JobEvent, JobSnapshot, JobSpec, StepSnapshot } from './job.ts'

/** Log lines a snapshot keeps. */
const LOG_LINES = 200
/** Memory samples a snapshot keeps. */
const MEMORY_SAMPLES = 40
/** A step must have run this long, ms, before a rate is told: earlier figures are noise. */
const RATE_FROM_MS = 200

/** A snapshot and the moments (ms since 1970) its running steps began, which rates are measured from. */
export interface Fold {
  snapshot: JobSnapshot
  startedAt: Readonly<Record<string, number>>
  /** What the running step had done at which moment, over the last seconds. */
  points: readonly Point[]
}

/** The snapshot of a job nobody has written about yet. */
export function emptyFold(spec: JobSpec): Fold {
  return {
    snapshot: {
      id: spec.id,
      type: spec.type,
      title: spec.title,
      state: 'queued',
      ...(spec.priority === undefined ? {} : { priority: spec.priority }),
      createdAt: spec.createdAt,
      steps: [],
      percent: 0,
      log: [],
      torn: 0,
    },
    startedAt: {},
    points: [],
  }
}

/** Every step weighs the same; a running one counts by its own progress. 100 is kept for success. */
function percentOf(steps: readonly StepSnapshot[]): number {
  if (steps.length === 0) return 0
  const parts = steps.map((step) => {
    if (step.state === 'running') return step.total ? Math.min(1, step.done / step.total) : 0
    return step.state === 'waiting' ? 0 : 1
  })
  return Math.min(99, Math.floor((parts.reduce((sum, part) => sum + part, 0) / steps.length) * 100))
}

function changeStep(fold: Fold, id: string, change: Partial<StepSnapshot>): Fold {
  const steps = fold.snapshot.steps.map((step) => (step.id === id ? { ...step, ...change } : step))
  const percent = Math.max(fold.snapshot.percent, percentOf(steps))
  return { ...fold, snapshot: { ...fold.snapshot, steps, percent } }
}

function foldStep(fold: Fold, event: JobEvent & { type: 'step' }): Fold {
  const { step, state, reason, ms } = event
  const change = { state, ...(reason === undefined ? {} : { reason }), ...(ms === undefined ? {} : { ms }) }
  if (state === 'running') {
    const startedAt = { ...fold.startedAt, [step]: Date.parse(event.at) }
    return changeStep({ ...fold, startedAt, points: [] }, step, change)
  }
  const before = fold.snapshot.percent
  const after = changeStep(fold, step, change)
  // A step that failed or was undone is no progress.
  return state === 'failed' || state === 'undone'
    ? { ...after, snapshot: { ...after.snapshot, percent: before } }
    : after
}

function foldProgress(before: Fold, event: JobEvent & { type: 'progress' }): Fold {
  const fold = { ...before, points: addPoint(before.points, event) }
  const endsAt = endOf(fold.points, event.total)
  const ranMs = Date.parse(event.at) - (fold.startedAt[event.step] ?? Number.NaN)
  return changeStep(fold, event.step, {
    done: event.done,
    unit: event.unit,
    ...(event.total === undefined ? {} : { total: event.total }),
    ...(ranMs >= RATE_FROM_MS ? { rate: event.done / (ranMs / 1000) } : {}),
    ...(endsAt === undefined ? {} : { endsAt: new Date(endsAt).toISOString() }),
  })
}

function foldFinished(fold: Fold, event: JobEvent & { type: 'finished' }): Fold {
  const { snapshot } = fold
  if (snapshot.endedAt !== undefined) return fold
  const error = event.error as JobSnapshot['error']
  return {
    ...fold,
    snapshot: {
      ...snapshot,
      state: event.state,
      endedAt: event.at,
      percent: event.state === 'succeeded' ? 100 : snapshot.percent,
      ...(event.result ? { result: event.result } : {}),
      ...(error ? { error } : {}),
    },
  }
}

/** One more event. Pure: the same events give the same snapshot, whoever folds them. */
export function foldEvent(fold: Fold, event: JobEvent): Fold {
  const { snapshot } = fold
  switch (event.type) {
    case 'queued':
      return fold
    case 'started': {
      const steps = event.steps.map((step) => ({ id: step.id, title: step.title, state: 'waiting' as const, done: 0 }))
      return { ...fold, snapshot: { ...snapshot, state: 'running', startedAt: event.at, pid: event.pid, steps } }
    }
    case 'step':
      return foldStep(fold, event)
    case 'progress':
      return foldProgress(fold, event)
    case 'log': {
      const { at, level, text, step } = event
      const line = { at, level, text, ...(step === undefined ? {} : { step }) }
      return { ...fold, snapshot: { ...snapshot, log: [...snapshot.log, line].slice(-LOG_LINES) } }
    }
    case 'memory': {
      const { recentBytes = [], peakBytes = 0 } = snapshot.memory ?? {}
      const recent = [...recentBytes, event.rssBytes].slice(-MEMORY_SAMPLES)
      const { rssBytes, samples, slopeBytes } = event
      const trend = samples === undefined || slopeBytes === undefined ? {} : { samples, slopeBytes }
      const memory = { recentBytes: recent, peakBytes: Math.max(peakBytes, rssBytes), ...trend }
      return { ...fold, snapshot: { ...snapshot, memory } }
    }
    case 'finished':
      return foldFinished(fold, event)
    default:
      // A newer program may write events this one does not know.
      return fold
  }
}

export const isFinished = (job: Pick<JobSnapshot, 'state'>): boolean =>
  job.state !== 'queued' && job.state !== 'running'
