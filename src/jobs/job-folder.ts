import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Run } from '../system/system.ts'
import type { JobSpec } from './job.ts'

/** What ids look like: moment, milliseconds, chance. Anything else never becomes a path. */
const ID = /^[0-9]{8}-[0-9]{6}-[0-9]{3}-[a-z0-9]{6}$/

const specSchema = z.object({
  id: z.string(),
  type: z.string(),
  title: z.string(),
  input: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
  program: z.string(),
  rerunOf: z.string().optional(),
})
const ownerSchema = z.object({ pid: z.number().int().positive(), mark: z.string() })

/** The process a job belongs to: pid and start mark, so that a reused pid is never taken for it. */
export type Owner = z.infer<typeof ownerSchema>

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

/** Ids of all jobs, oldest first. */
export function listJobIds(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root)
    .filter((name) => ID.test(name) && existsSync(join(root, name, 'job.json')))
    .toSorted()
}

function writeWhole(path: string, value: unknown): void {
  // The starter and the job itself may write the owner at the same moment, so each has a name of its own.
  const fresh = `${path}.${randomUUID()}`
  writeFileSync(fresh, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 })
  renameSync(fresh, path)
}

export function writeJobSpec(root: string, spec: JobSpec): JobFolder {
  const folder = jobFolder(root, spec.id)
  try {
    mkdirSync(folder.path, { recursive: true, mode: 0o700 })
    writeWhole(folder.spec, spec)
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
  const parsed = readJson(jobFolder(root, id).spec, specSchema)
  return parsed?.id === id ? (parsed as JobSpec) : undefined
}

export function writeOwner(folder: JobFolder, owner: Owner): void {
  writeWhole(folder.owner, owner)
}

/** The process of a job if it still lives. */
export function livingOwner(folder: JobFolder, run: Run): Owner | undefined {
  const owner = readJson(folder.owner, ownerSchema)
  return owner && run.alive(owner.pid) === owner.mark ? owner : undefined
}

export const hasOwner = (folder: JobFolder): boolean => existsSync(folder.owner)

export function removeJobFolder(root: string, id: string): void {
  if (ID.test(id)) rmSync(jobFolder(root, id).path, { recursive: true, force: true })
}

function readJson<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data
  } catch {
    return undefined
  }
}
