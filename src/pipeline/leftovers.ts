import { existsSync, readdirSync, readFileSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { z } from 'zod'
import type { System } from '../system/system.ts'

/** In a staging folder: whose it is, which files were being placed, and what stood in their way. */
const OWNER = '.owner'
const PLACING = '.placing'
const BEFORE = '.before'
export const KEPT_NAMES: ReadonlySet<string> = new Set([OWNER, PLACING, BEFORE])

const ownerShape = z.object({
  pid: z.number().int().positive(),
  mark: z.string(),
  /** Folders down to OUT that were made for the run, outermost first. */
  made: z.array(z.string()).default([]),
})
const placingShape = z.array(z.object({ file: z.string(), isThere: z.boolean() }))

/** The folder in which files that are written over wait until the run is done. */
export const beforeOf = (staging: string): string => join(staging, BEFORE)

/** Marks a staging folder as this process's own. */
export function writeOwner(staging: string, { env, run }: System, made: readonly string[]): void {
  writeFileSync(join(staging, OWNER), JSON.stringify({ pid: env.pid, mark: run.alive(env.pid) ?? '', made }))
}

/** Notes what is about to be placed and what it writes over, so that a run killed in the middle can be undone. */
export function writePlacing(out: string, staging: string, files: readonly string[]): void {
  const placing: z.infer<typeof placingShape> = files.map((file) => ({ file, isThere: existsSync(join(out, file)) }))
  writeFileSync(join(staging, PLACING), JSON.stringify(placing))
}

/** Undoes what killed runs left in OUT: each staging folder there whose process lives no more. */
export function clearLeftovers(out: string, system: System): void {
  if (!existsSync(out)) return
  for (const entry of readdirSync(out, { withFileTypes: true })) {
    if (!entry.isDirectory() || !entry.name.startsWith('.souk-')) continue
    const staging = join(out, entry.name)
    const owner = ownerShape.safeParse(readJson(join(staging, OWNER)))
    if (owner.success && system.run.alive(owner.data.pid) !== owner.data.mark) undoPlacing(out, staging)
  }
}

/**
 * Removes a staging folder; what had been placed from it goes, and what stood there before comes back. May itself be
 * cut off and begun again.
 */
export function undoPlacing(out: string, staging: string): void {
  const owner = ownerShape.safeParse(readJson(join(staging, OWNER)))
  const placing = placingShape.safeParse(readJson(join(staging, PLACING)))
  for (const { file, isThere } of placing.success ? placing.data : []) {
    const path = join(out, file)
    if (!path.startsWith(out + sep)) continue
    const kept = join(staging, BEFORE, file)
    if (existsSync(kept)) renameSync(kept, path)
    else if (!isThere) {
      // Not moved yet: what stands there by now is another's. The folder for it may have been made all the same.
      if (!existsSync(join(staging, file))) rmSync(path, { force: true })
      removeEmptyAbove(out, path)
    }
  }
  rmSync(staging, { recursive: true, force: true })
  removeEmpty(owner.success ? owner.data.made.filter((path) => `${out}${sep}`.startsWith(path + sep)) : [])
}

/** Removes folders, given outermost first, as long as they are empty. */
export function removeEmpty(folders: readonly string[]): void {
  for (const path of folders.toReversed()) {
    if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path)
  }
}

/** Removes the folders between OUT and a path in it that are empty. */
function removeEmptyAbove(out: string, path: string): void {
  for (let folder = dirname(path); folder !== out && existsSync(folder); folder = dirname(folder)) {
    if (readdirSync(folder).length > 0) return
    rmdirSync(folder)
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
