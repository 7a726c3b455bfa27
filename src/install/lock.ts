import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { storeBusy } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { System } from '../system/system.ts'

/** Who holds the store. `mark` is the start mark of the process, so that a reused pid is not mistaken for it. */
interface Owner {
  pid: number
  mark: string
  nonce: string
  what: string
  since: string
  isReleased?: boolean
}

export interface StoreLock {
  /** Goes up by one with every owner; written into the state file. */
  readonly fence: number
  readonly nonce: string
  release(): Promise<void>
}

const isCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code

async function writeRecord(path: string, owner: Owner): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(owner))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function fences(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names.flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : [])).toSorted((a, b) => b - a)
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Takes the store for one owner. Records are numbered and the highest one counts: it is free when released or when
 * its process is dead, never because it is late. A record appears whole (written aside, then linked, which fails
 * when the number is taken); the highest is never removed, so a sleeper cannot slip in below it.
 * Throws `job.storeBusy` naming the owner.
 */
export async function openLock(system: System, store: string, what: string): Promise<StoreLock> {
  const folder = join(store, 'lock')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const nonce = system.random.id(16)
  const { pid } = system.env
  const since = new Date(system.clock.now()).toISOString()
  const owner: Owner = { pid, mark: system.run.alive(pid) ?? 'alive', nonce, what, since }
  const aside = join(folder, `${nonce}.new`)
  await writeRecord(aside, owner)
  try {
    for (;;) {
      const top = (await fences(folder))[0] ?? 0
      const holder = top === 0 ? undefined : await readOwner(join(folder, String(top)))
      if (holder && !holder.isReleased && system.run.alive(holder.pid) === holder.mark)
        throw storeBusy(`${harmless(holder.what, 100)}, process ${holder.pid}, since ${harmless(holder.since, 30)}`)
      const fence = top + 1
      if (!(await linkNew(aside, join(folder, String(fence))))) continue
      const now = await fences(folder)
      if ((now[0] ?? fence) > fence) {
        await unlink(join(folder, String(fence))).catch(() => {})
        continue
      }
      await sweep(folder, fence, nonce, system)
      return { fence, nonce, release: async () => release(folder, fence, owner) }
    }
  } finally {
    await unlink(aside).catch(() => {})
  }
}

async function linkNew(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Removes lower records and what dead processes left aside. */
async function sweep(folder: string, fence: number, nonce: string, system: System): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const isLower = /^\d+$/.test(name) && Number(name) < fence
    const maker = name.endsWith('.new') && !name.startsWith(nonce) ? await readOwner(path) : undefined
    const isLeft = maker !== undefined && system.run.alive(maker.pid) !== maker.mark
    if (isLower || isLeft) await unlink(path).catch(() => {})
  }
}

/** Marks the record as free and leaves it there: the next number follows it. */
async function release(folder: string, fence: number, owner: Owner): Promise<void> {
  const aside = join(folder, `${owner.nonce}.new`)
  await writeRecord(aside, { ...owner, isReleased: true })
  await rename(aside, join(folder, String(fence)))
}
