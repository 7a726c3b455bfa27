import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve, sep } from 'node:path'
import { fileProblem, folderNotEmpty, isMarketError, reasonOf } from '../model/errors.ts'
import type { DraftFile } from '../model/draft.ts'
import type { System } from '../system/system.ts'
import { beforeOf, KEPT_NAMES, removeEmpty, writeOwner, writePlacing } from './leftovers.ts'

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

/** Refuses an output folder that is none, or that may not be read. */
export function checkFolder(out: string): void {
  let at = out
  let isFolder = true
  try {
    // What is not there will be made, in whatever stands above it.
    while (!existsSync(at) && dirname(at) !== at) at = dirname(at)
    isFolder = statSync(at).isDirectory()
    if (isFolder && at === out) readdirSync(at)
  } catch (error) {
    throw fileProblem(out, `cannot be read: ${reasonOf(error)}`, error)
  }
  if (!isFolder) throw fileProblem(at, 'this is a file, not a folder')
}

/** What a run may find and make in OUT: `names` are the entries it will make, `isOurs` tells those of other runs. */
interface Entries {
  names: readonly string[]
  isOurs(name: string): boolean
}

/** Refuses a folder with things in it that are not Souk's, and what a run may not write over; unless it is forced. */
export function checkOutput(out: string, { names, isOurs }: Entries, isForced: boolean): void {
  const isMixed = existsSync(out) && readdirSync(out).some((name) => !names.includes(name) && !isOurs(name))
  if (isMixed && !isForced) throw folderNotEmpty(out)
  for (const name of names) {
    const path = join(out, name)
    const there = lstatSync(path, { throwIfNoEntry: false })
    if (!there) continue
    if (there.isSymbolicLink()) throw fileProblem(path, 'this is a link; Souk writes nothing through links')
    if (there.isDirectory() ? readdirSync(path).length > 0 && !isForced : !isForced) throw folderNotEmpty(path)
  }
}

/** Makes one folder; another run may be quicker. (The recursive form of Node never ends below /proc.) */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o755 })
  } catch (error) {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

/** Makes the staging folder; the parts of OUT that were not there yet are remembered in the answer, outermost first. */
export function openStaging(target: OutputFolder, system: System): string[] {
  const made: string[] = []
  for (let path = target.out; !existsSync(path); path = dirname(path)) made.unshift(path)
  try {
    for (const path of [...made, target.staging]) makeFolder(path)
    writeOwner(target.staging, system, made)
  } catch (error) {
    throw fileProblem(target.out, `cannot be written: ${reasonOf(error)}`, error)
  }
  return made
}

/** Removes the staging folder, and with it the folders that were made for it and are still empty. */
export function closeStaging(target: OutputFolder, made: readonly string[]): void {
  rmSync(target.staging, { recursive: true, force: true })
  removeEmpty(made)
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

/**
 * Moves what is in the staging folder to OUT, file by file; on any fault everything is put back as it was. Unless the
 * run is forced, a file that came to stand there since it began is such a fault.
 */
export function place(target: OutputFolder, isForced: boolean): string[] {
  const backup = beforeOf(target.staging)
  const done: { path: string; kept?: string }[] = []
  const files = listFiles(target.staging)
  try {
    writePlacing(target.out, target.staging, files)
    for (const file of files) {
      const path = join(target.out, file)
      mkdirSync(dirname(path), { recursive: true })
      const kept = existsSync(path) ? join(backup, file) : undefined
      if (kept !== undefined && !isForced) throw folderNotEmpty(dirname(path))
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
    if (isMarketError(error)) throw error
    throw fileProblem(target.out, `cannot be written: ${reasonOf(error)}`, error)
  }
}
