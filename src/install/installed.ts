import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileProblem, reasonOf } from '../model/errors.ts'
import type { Installation } from '../model/plan.ts'

/** The state file: the only pointer that is ever swapped. Folders are relative to the store. */
export interface StoreState {
  format: 1
  /** Number of the lock under which it was written. */
  fence: number
  items: Record<string, { folder: string; isRoot: boolean }>
}

export const RECEIPT = 'receipt.json'
const STATE = 'installed.json'
export const FILES = 'files'
const FOLDER = /^goods\/[0-9a-f]+\/[0-9a-z-]+$/

export interface StorePlaces {
  root: string
  state: string
  goods: string
  staging: string
  trash: string
  kept: string
  downloads: string
}

export const placesOf = (root: string): StorePlaces => ({
  root,
  state: join(root, STATE),
  goods: join(root, 'goods'),
  staging: join(root, 'staging'),
  trash: join(root, 'trash'),
  kept: join(root, 'kept'),
  downloads: join(root, 'downloads'),
})

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Checked by hand: every search reads this file, and a schema would cost it more than all else it loads. */
function parseState(value: unknown): StoreState {
  const { format, fence, items } = (value ?? {}) as Partial<StoreState>
  if (format !== 1 || typeof fence !== 'number' || typeof items !== 'object' || items === null || Array.isArray(items))
    throw new Error('it is no list of installed items')
  for (const [id, item] of Object.entries(items)) {
    if (typeof item?.folder !== 'string' || !FOLDER.test(item.folder) || typeof item.isRoot !== 'boolean')
      throw new Error(`its entry of ${id.slice(0, 100)} is wrong`)
  }
  return { format, fence, items }
}

/** What is installed. No store yet is an empty one; an unreadable state file is an error, never an empty store. */
export async function readState(root: string): Promise<StoreState> {
  const path = placesOf(root).state
  try {
    return parseState(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    if (isGone(error)) return { format: 1, fence: 0, items: {} }
    throw fileProblem(path, `the list of installed items cannot be read (${reasonOf(error).slice(0, 200)})`, error)
  }
}

/** Everything installed, by id. */
export async function readInstalled(root: string): Promise<Installation[]> {
  const { items } = await readState(root)
  const found: Installation[] = []
  for (const [id, { folder, isRoot }] of Object.entries(items)) {
    const path = join(root, folder)
    try {
      const receipt = JSON.parse(readFileSync(join(path, RECEIPT), 'utf8')) as Installation
      found.push({ ...receipt, id, isRoot, path: join(path, FILES) })
    } catch (error) {
      // Swapped away between the two reads by an update at this very moment, or damaged from outside.
      if (!isGone(error) || (await readState(root)).items[id]?.folder === folder)
        throw fileProblem(join(path, RECEIPT), `the receipt of ${id} cannot be read`, error)
      return readInstalled(root)
    }
  }
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
