import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random, Run } from '../system/system.ts'
import type { JobSpec } from './job.ts'

/** What ids look like: moment, milliseconds, chance. Anything else never becomes a path. */
const ID = /^[0-9]{8}-[0-9]{6}-[0-9]{3}-[a-z0-9]{6}$/

/** The process a job belongs to: pid and start mark, so that a reused pid is never taken for it. */
export interface Owner {
  pid: number
  mark: string
}

type Members = Record<string, unknown>

/** Letters by chance that make a name nobody else has. */
const CHANCE = 16

/** A spec as it was written. Checked by hand: loading schemas would take longer, and every start opens the jobs. */
function specOf({ id, type, title, input, createdAt, program, rerunOf, priority }: Members): JobSpec | undefined {
  const texts = [id, type, title, createdAt, program, rerunOf ?? '']
  const hasInput = typeof input === 'object' && input !== null && !Array.isArray(input)
  if (!hasInput || !texts.every((one) => typeof one === 'string')) return undefined
  const spec = {
    id,
    type,
    title,
    input,
    createdAt,
    program,
    ...(rerunOf === undefined ? {} : { rerunOf }),
    ...priorityOf(priority),
  }
  return spec as unknown as JobSpec
}

const priorityOf = (value: unknown): Pick<JobSpec, 'priority'> =>
  value === 'high' || value === 'low' || value === 'normal' ? { priority: value } : {}

function ownerOf({ pid, mark }: Members): Owner | undefined {
  const isPid = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0
  return isPid && typeof mark === 'string' ? { pid, mark } : undefined
}

/** The places of one job's files. */
export interface JobFolder {
  path: string
  spec: string
  journal: string
  output: string
  owner: string
}

export function jobFolder(root: string, id: string): JobFolder {
  const path = join(root, id)
  return {
    path,
    spec: join(path, 'job.json'),
    journal: join(path, 'journal.ndjson'),
    output: join(path, 'output.log'),
    owner: join(path, 'owner.json'),
  }
}

/** `20261121-132145-123-k3x9ab`: sorts by the moment of creation. */
export function makeJobId(atMs: number, chance: string): string {
  const digits = new Date(atMs).toISOString().replaceAll(/[^0-9]/g, '')
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}-${digits.slice(14, 17)}-${chance}`
}

/** The moment a job was made, ms since 1970, as its id tells it. */
export function madeAt(id: string): number {
  const [, date, time, ms] = /^(\d{4}\d\d\d\d)-(\d{6})-(\d{3})-/.exec(id) ?? []
  const pairs = (digits = ''): string[] => digits.match(/\d\d/g) ?? []
  const [century, year, month, day] = pairs(date)
  return Date.parse(`${century}${year}-${month}-${day}T${pairs(time).join(':')}.${ms}Z`)
}

/** Ids of all jobs, oldest first. */
export function listJobIds(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => ID.test(name) && existsSync(join(root, name, 'job.json')))
    .toSorted()
}

function writeWhole(path: string, value: unknown, chance: string): void {
  // The starter and the job itself may write the owner at the same moment, so each has a name of its own.
  const fresh = `${path}.${chance}`
  writeFileSync(fresh, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(fresh, path)
}

export function writeJobSpec(root: string, spec: JobSpec, random: Random): JobFolder {
  const folder = jobFolder(root, spec.id)
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 })
    writeWhole(folder.spec, spec, random.id(CHANCE))
  } catch (error) {
    // On a full disk there would be a folder that no list shows.
    rmSync(folder.path, { recursive: true, force: true })
    throw error
  }
  return folder
}

/** The spec of a job, or undefined when there is no such job or its file cannot be read. */
export function readJobSpec(root: string, id: string): JobSpec | undefined {
  if (!ID.test(id)) return undefined
  const parsed = readJson(jobFolder(root, id).spec, specOf)
  return parsed?.id === id ? parsed : undefined
}

export function writeOwner(folder: JobFolder, owner: Owner, random: Random): void {
  writeWhole(folder.owner, owner, random.id(CHANCE))
}

/** The process of a job if it still lives. */
export function livingOwner(folder: JobFolder, run: Run): Owner | undefined {
  const owner = readJson(folder.owner, ownerOf)
  return owner && run.alive(owner.pid) === owner.mark ? owner : undefined
}

export const hasOwner = (folder: JobFolder): boolean => existsSync(folder.owner)

export function removeJobFolder(root: string, id: string): void {
  if (ID.test(id)) rmSync(jobFolder(root, id).path, { recursive: true, force: true })
}

function readJson<T>(path: string, read: (members: Members) => T | undefined): T | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof value === 'object' && value !== null ? read(value as Members) : undefined
  } catch {
    return undefined
  }
}
