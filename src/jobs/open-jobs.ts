import { mkdirSync } from 'node:fs'
import { jobFailed, jobUnknown } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import type { System } from '../system/system.ts'
import { openBoard } from './board.ts'
import { stopOwner, writeCancelled } from './cancel.ts'
import { executeJob, type Execution } from './execute.ts'
import { followJob, watchJobs } from './follow.ts'
import type { Desk } from './follow.ts'
import type { JobEvent, Jobs, JobSnapshot, JobSpec, JobType } from './job.ts'
import {
  hasOwner,
  jobFolder,
  listJobIds,
  madeAt,
  makeJobId,
  readJobSpec,
  removeJobFolder,
  writeJobSpec,
  writeOwner,
  type JobFolder,
} from './job-folder.ts'
import { openJournal } from './journal.ts'
import { waitTurn, type JobLimits } from './queue.ts'
import { isFinished } from './snapshot.ts'

/** What is kept of finished jobs when a new one starts and nothing else is said. */
const KEEP: Keeping = { keep: 200, keepForMs: Number.POSITIVE_INFINITY }

/** How many finished jobs are kept, and for how long after they ended. */
interface Keeping {
  keep: number
  keepForMs: number
}

/** Memory, bytes: of one job from which it says so, and of all together from which no further one begins. */
interface MemoryLimits {
  warnBytes: number
  holdBytes: number
}

export interface JobsOptions {
  system: System
  /** `paths.jobs`; made when it is not there. */
  folder: string
  types: readonly JobType[]
  settings: { concurrency: JobLimits; jobs?: Keeping & MemoryLimits }
  emit: Emit
  /** Version of the program, written into every job. */
  program?: string
  /** Variables for the process of a job, over those of this one. */
  environment?: Record<string, string>
}

/** The desk, with the one duty no door has: keeping the folder from growing for ever. */
export interface JobDesk extends Jobs {
  /** Removes the oldest finished jobs beyond `keep`, and those that ended longer ago; answers their ids. */
  prune(keep: number, keepForMs?: number): Promise<string[]>
}

interface Local {
  control: AbortController
  ended: Promise<unknown>
}

/** A desk and what it remembers of jobs that run in this very process. */
interface Room extends Desk {
  options: JobsOptions
  local: Map<string, Local>
  lastIdMs: number
}

/** Opens the jobs desk over a folder. Several processes may have it open at once: all truth is in the folder. */
export function openJobs(options: JobsOptions): JobDesk {
  const { system, folder: root } = options
  mkdirSync(root, { recursive: true, mode: 0o700 })
  const room: Room = { options, root, system, board: openBoard(root, system), local: new Map(), lastIdMs: 0 }
  const stops = new Set<() => void>()
  const closing = new AbortController()
  const start: Jobs['start'] = async (type, title, input, priority) => {
    await pruneJobs(room, options.settings.jobs ?? KEEP)
    return startJob(room, create(room, { type, title, input, ...(priority ? { priority } : {}) }))
  }
  return {
    start,
    async runHere(type, title, input, signal) {
      const spec = create(room, { type, title, input })
      return runLocally(room, spec, signal ?? new AbortController().signal)
    },
    runStarted: (id, signal) => runStarted(room, id, signal),
    list: async () => room.board.all(),
    get: async (id) => lookAt(room, id),
    follow(id, signal) {
      specOf(room, id)
      return told(room, id, followJob(room, id, signal ? AbortSignal.any([signal, closing.signal]) : closing.signal))
    },
    watch(call) {
      const stop = watchJobs(room, call)
      stops.add(stop)
      return () => {
        stops.delete(stop)
        stop()
      }
    },
    cancel: (id) => cancelJob(room, id),
    async rerun(id) {
      const { type, title, input, priority } = specOf(room, id)
      await sweepLeftovers(room, id)
      return startJob(room, create(room, { type, title, input, rerunOf: id, ...(priority ? { priority } : {}) }))
    },
    async remove(id) {
      if (!isFinished(lookAt(room, id))) await cancelJob(room, id)
      await dropJob(room, id)
    },
    prune: (keep, keepForMs = Number.POSITIVE_INFINITY) => pruneJobs(room, { keep, keepForMs }),
    async close() {
      closing.abort()
      for (const stop of stops) stop()
      for (const local of room.local.values()) local.control.abort()
      await Promise.allSettled([...room.local.values()].map((local) => local.ended))
    },
  }
}

/** Tells this process of what a job in another one does. What happens here, queueing included, has been told. */
async function* told(room: Room, id: string, events: AsyncIterable<JobEvent>): AsyncIterable<JobEvent> {
  for await (const event of events) {
    if (event.type !== 'queued' && !room.local.has(id)) room.options.emit('job.event', { job: id, ...event })
    yield event
  }
}

function specOf(room: Room, id: string): JobSpec {
  const spec = readJobSpec(room.root, id)
  if (spec) return spec
  const near = listJobIds(room.root).toReversed()
  throw jobUnknown(id, near.filter((one) => id !== '' && one !== id && one.includes(id)).slice(0, 3))
}

function lookAt(room: Room, id: string): JobSnapshot {
  specOf(room, id)
  const job = room.board.look(id)
  if (!job) throw jobUnknown(id, [])
  return job
}

function typeOf(room: Room, spec: JobSpec): JobType {
  const type = room.options.types.find((one) => one.type === spec.type)
  if (!type) throw jobFailed(`"${spec.title}"`, `there is no kind of job called "${spec.type}"`)
  return type
}

function create(room: Room, part: Pick<JobSpec, 'type' | 'title' | 'input' | 'rerunOf' | 'priority'>): JobSpec {
  const { system, options } = room
  const nowMs = system.clock.now()
  // Two jobs made in one millisecond still sort in the order they were made.
  room.lastIdMs = Math.max(nowMs, room.lastIdMs + 1)
  const spec: JobSpec = {
    id: makeJobId(room.lastIdMs, system.random.id(6)),
    ...part,
    createdAt: new Date(nowMs).toISOString(),
    program: options.program ?? 'souk',
  }
  typeOf(room, spec)
  const folder = writeJobSpec(room.root, spec, system.random)
  const journal = openJournal(folder.journal, system.clock)
  journal.write({ type: 'queued', title: spec.title })
  journal.close()
  options.emit('job.event', { job: spec.id, type: 'queued' })
  return spec
}

function startJob(room: Room, spec: JobSpec): string {
  const { environment } = room.options
  const { run } = room.system
  const folder = jobFolder(room.root, spec.id)
  const pid = run.detached(['__job', spec.id], { logFile: folder.output, ...(environment ? { env: environment } : {}) })
  const mark = pid > 0 ? run.alive(pid) : undefined
  // The job writes the same when it comes up; whoever is first, a job that dies in between is found dead.
  if (mark !== undefined && !hasOwner(folder)) writeOwner(folder, { pid, mark }, room.system.random)
  return spec.id
}

const executionOf = (room: Room, part: Pick<Execution, 'spec' | 'folder' | 'signal'>): Execution => {
  const { emit, settings } = room.options
  return { ...part, system: room.system, emit, warnBytes: settings.jobs?.warnBytes }
}

/** This process is the one that runs the job. */
function takeOver({ system }: Room, folder: JobFolder): void {
  const { pid } = system.env
  writeOwner(folder, { pid, mark: system.run.alive(pid) ?? '' }, system.random)
}

/** Runs in this process under a controller of its own, so that `cancel` of this very process reaches it. */
async function runLocally(room: Room, spec: JobSpec, outer: AbortSignal): Promise<JobSnapshot> {
  const folder = jobFolder(room.root, spec.id)
  takeOver(room, folder)
  const control = new AbortController()
  const signal = AbortSignal.any([outer, control.signal])
  const ended = executeJob(typeOf(room, spec), executionOf(room, { spec, folder, signal }))
  room.local.set(spec.id, { control, ended })
  try {
    const error = await ended
    if (error) throw error
    return lookAt(room, spec.id)
  } finally {
    room.local.delete(spec.id)
  }
}

async function runStarted(room: Room, id: string, signal: AbortSignal): Promise<JobSnapshot> {
  const spec = specOf(room, id)
  const folder = jobFolder(room.root, id)
  takeOver(room, folder)
  // Cancelled before it came up.
  if (isFinished(lookAt(room, id))) return lookAt(room, id)
  try {
    const { concurrency, jobs } = room.options.settings
    const tools = { board: room.board, system: room.system, signal, holdFromBytes: jobs?.holdBytes }
    await waitTurn(spec, concurrency, tools)
  } catch {
    writeCancelled(room.system, folder, spec)
    return lookAt(room, id)
  }
  await executeJob(typeOf(room, spec), executionOf(room, { spec, folder, signal }))
  return lookAt(room, id)
}

async function cancelJob(room: Room, id: string): Promise<JobSnapshot> {
  const spec = specOf(room, id)
  const before = lookAt(room, id)
  if (isFinished(before) && before.state !== 'interrupted') return before
  const local = room.local.get(id)
  if (local) {
    local.control.abort()
    await local.ended
    return lookAt(room, id)
  }
  const folder = jobFolder(room.root, id)
  await stopOwner(room.system, folder)
  await sweepLeftovers(room, id)
  writeCancelled(room.system, folder, spec)
  return lookAt(room, id)
}

/** Lets the job's type clear what a killed process of it left on disk. */
async function sweepLeftovers(room: Room, id: string): Promise<void> {
  const spec = specOf(room, id)
  await room.options.types.find((one) => one.type === spec.type)?.sweep?.(spec)
}

async function dropJob(room: Room, id: string): Promise<void> {
  await sweepLeftovers(room, id)
  removeJobFolder(room.root, id)
}

/** Journals are read only of jobs that were made before those that may go by their age. */
async function pruneJobs(room: Room, { keep, keepForMs }: Keeping): Promise<string[]> {
  const { board, root, system } = room
  const from = system.clock.now() - keepForMs
  const unfinished = new Set(board.unfinished().map((job) => job.id))
  const endedBefore = (id: string): boolean => {
    if (madeAt(id) >= from) return false
    const job = board.look(id)
    return job !== undefined && Date.parse(job.endedAt ?? job.createdAt) < from
  }
  const old = listJobIds(root)
    .toReversed()
    .filter((id) => !unfinished.has(id))
    .filter((id, index) => index >= keep || endedBefore(id))
    // One that cannot be read is left to who looks into it.
    .filter((id) => board.look(id) !== undefined)
  for (const id of old) await dropJob(room, id)
  return old
}
