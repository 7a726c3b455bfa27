import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { fileProblem, folderNotEmpty, reasonOf } from '../model/errors.ts'
import type { DraftFile } from '../model/draft.ts'
import type { System } from '../system/system.ts'
import { beforeOf, KEPT_NAMES, writeOwner, writePlacing } from './leftovers.ts'

/**
 * Where a run writes. All of it is made in a staging folder inside OUT (so that a rename is enough to put it in its
 * place) and nothing in OUT changes before the last step.
 */
export interface OutputFolder {
  out: string
  staging: string
}

/** Staging folders are named for their job, so that what a killed job left can be found and removed. */
export const stagingOf = (out: string, job: string): string => join(out, `.souk-${job}`)

/** Refuses what a run may not write over. `names` are the entries of OUT it will make. */
export function checkOutput(out: string, names: readonly string[], isForced: boolean): void {
  const top = lstatSync(out, { throwIfNoEntry: false })
  if (top && !top.isDirectory() && !top.isSymbolicLink()) throw fileProblem(out, 'this is a file, not a folder')
  for (const name of names) {
    const path = join(out, name)
    const there = lstatSync(path, { throwIfNoEntry: false })
    if (!there) continue
    if (there.isSymbolicLink()) throw fileProblem(path, 'this is a link; Souk writes nothing through links')
    if (there.isDirectory() ? readdirSync(path).length > 0 && !isForced : !isForced) throw folderNotEmpty(path)
  }
}

/** Makes the staging folder; the parts of OUT that were not there yet are remembered in the answer, outermost first. */
export function openStaging(target: OutputFolder, system: System): string[] {
  const made: string[] = []
  for (let path = target.out; !existsSync(path); path = dirname(path)) made.unshift(path)
  try {
    mkdirSync(target.staging, { recursive: true, mode: 0o755 })
    writeOwner(target.staging, system)
  } catch (error) {
    throw fileProblem(target.out, `cannot be written: ${reasonOf(error)}`, error)
  }
  return made
}

/** Removes the staging folder, and with it the folders that were made for it and are still empty. */
export function closeStaging(target: OutputFolder, made: readonly string[]): void {
  rmSync(target.staging, { recursive: true, force: true })
  for (const path of made.toReversed()) {
    if (existsSync(path) && readdirSync(path).length === 0) rmSync(path, { recursive: true })
  }
}

/** Writes files below a folder of the staging area; a path that leads out of it is refused. */
export function writeFiles(folder: string, files: readonly DraftFile[]): void {
  const root = resolve(folder)
  for (const file of files) {
    const path = resolve(root, file.path)
    if (!path.startsWith(root + sep)) throw fileProblem(file.path, 'this path leads out of the output folder')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file.content)
  }
}

/** All files below a folder, with paths from it, sorted. */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) =>
      join(one.parentPath, one.name)
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
    )
    .filter((path) => !KEPT_NAMES.has(path.split('/')[0] ?? ''))
    .toSorted()
}

/** Moves what is in the staging folder to OUT, file by file; on any fault everything is put back as it was. */
export function place(target: OutputFolder): string[] {
  const backup = beforeOf(target.staging)
  const done: { path: string; kept?: string }[] = []
  const files = listFiles(target.staging)
  try {
    writePlacing(target.out, target.staging, files)
    for (const file of files) {
      const path = join(target.out, file)
      mkdirSync(dirname(path), { recursive: true })
      const kept = existsSync(path) ? join(backup, file) : undefined
      if (kept !== undefined) {
        mkdirSync(dirname(kept), { recursive: true })
        renameSync(path, kept)
      }
      done.push({ path, ...(kept === undefined ? {} : { kept }) })
      renameSync(join(target.staging, file), path)
    }
    return files
  } catch (error) {
    for (const one of done.toReversed()) {
      rmSync(one.path, { force: true })
      if (one.kept !== undefined) renameSync(one.kept, one.path)
    }
    throw fileProblem(target.out, `cannot be written: ${reasonOf(error)}`, error)
  }
}
