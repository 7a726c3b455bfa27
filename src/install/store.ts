import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { digestFile, walkFolder } from '../bundle/digest.ts'
import { discardTree, removeTree } from '../bundle/remove-tree.ts'
import { fileProblem, reasonOf } from '../model/errors.ts'
import type { Installation } from '../model/plan.ts'

/** The state file: the only pointer that is ever swapped. Folders are relative to the store. */
const stateShape = z.object({
  format: z.literal(1),
  /** Number of the lock under which it was written. */
  fence: z.number(),
  items: z.record(
    z.string(),
    z.object({ folder: z.string().regex(/^goods\/[0-9a-f]+\/[0-9a-z-]+$/), isRoot: z.boolean() }),
  ),
})
export type StoreState = z.infer<typeof stateShape>

export const RECEIPT = 'receipt.json'
const STATE = 'installed.json'
const FILES = 'files'

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

/** Short digest used as a folder name; ids never are. */
export const nameOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Flushes a folder, so that names made or moved in it survive a power cut. Not every system can. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'EISDIR' && code !== 'EPERM' && code !== 'EINVAL') throw error
  }
}

/** Writes a file so that it is there whole or not at all: aside, flushed, renamed, folder flushed. */
async function writeWhole(path: string, text: string, nonce: string): Promise<void> {
  const aside = `${path}.${nonce}.new`
  const handle = await open(aside, 'wx', 0o644)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(aside, path)
  await syncFolder(dirname(path))
}

/** What is installed. No store yet is an empty one; an unreadable state file is an error, never an empty store. */
export async function readState(root: string): Promise<StoreState> {
  const path = placesOf(root).state
  try {
    return stateShape.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (isGone(error)) return { format: 1, fence: 0, items: {} }
    throw fileProblem(path, `the list of installed items cannot be read (${reasonOf(error).slice(0, 200)})`, error)
  }
}

export const writeState = async (root: string, state: StoreState, nonce: string): Promise<void> =>
  writeWhole(placesOf(root).state, `${JSON.stringify(state, null, 2)}\n`, nonce)

/** Everything installed, by id. */
export async function readInstalled(root: string): Promise<Installation[]> {
  const { items } = await readState(root)
  const found: Installation[] = []
  for (const [id, { folder, isRoot }] of Object.entries(items)) {
    const path = join(root, folder)
    try {
      const receipt = JSON.parse(await readFile(join(path, RECEIPT), 'utf8')) as Installation
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

/** How the goods of an item compare with its receipt. Whole when all three are empty. */
export interface GoodsReport {
  id: string
  changed: string[]
  missing: string[]
  added: string[]
}

/** Re-hashes every file of installed goods. */
export async function checkGoods(installation: Installation): Promise<GoodsReport> {
  const listed = new Map(installation.files.map((file) => [file.path, file]))
  const report: GoodsReport = { id: installation.id, changed: [], missing: [], added: [] }
  const present = new Set<string>()
  for (const { path, kind, size } of await walkFolder(installation.path).catch(() => [])) {
    present.add(path)
    const fact = listed.get(path)
    if (!fact) report.added.push(path)
    else if (kind !== 'file' || size !== fact.size) report.changed.push(path)
    else if ((await digestFile(join(installation.path, path))) !== fact.sha256) report.changed.push(path)
  }
  report.missing = [...listed.keys()].filter((path) => !present.has(path))
  return report
}

/**
 * Removes goods nothing points to any more. Files the user changed or added are moved to the kept folder first;
 * answers their new paths. Goods without a receipt are simply removed.
 */
export async function discardGoods(root: string, folder: string, nonce: string): Promise<string[]> {
  const places = placesOf(root)
  const path = join(root, folder)
  const kept: string[] = []
  const receipt = await readFile(join(path, RECEIPT), 'utf8').catch(() => undefined)
  if (receipt !== undefined) {
    const installation = { ...(JSON.parse(receipt) as Installation), path: join(path, FILES) }
    const { changed, added } = await checkGoods(installation)
    for (const file of [...changed, ...added]) {
      const to = join(places.kept, `${nameOf(installation.id).slice(0, 8)}-${basename(folder)}`, file)
      await mkdir(dirname(to), { recursive: true })
      await rename(join(path, FILES, file), to)
      kept.push(to)
    }
  }
  await discardTree(path, places.trash, nonce)
  return kept
}

/** Age after which a half-done download is not taken up again, ms. */
const PARTIAL_LIFETIME_MS = 24 * 60 * 60 * 1000

/**
 * Brings the store back to what its state file says, after a kill at any moment. The caller holds the lock, so
 * nothing here belongs to a living install. Idempotent and safe to be killed itself: it only removes what nothing
 * points to. Young partial downloads stay, to be taken up again. Answers what it did.
 */
export async function recoverStore(root: string, nonce: string, now: number): Promise<string[]> {
  const places = placesOf(root)
  const did: string[] = []
  const inFolder = async (folder: string): Promise<string[]> => readdir(folder).catch(() => [])
  const { items } = await readState(root)
  const used = new Set(Object.values(items).map((one) => one.folder))
  for (const place of ['staging', 'trash'] as const) {
    for (const name of await inFolder(places[place])) {
      await removeTree(join(places[place], name))
      did.push(`removed ${place}/${name}`)
    }
  }
  for (const item of await inFolder(places.goods)) {
    for (const version of await inFolder(join(places.goods, item))) {
      const folder = `goods/${item}/${version}`
      if (used.has(folder)) continue
      const kept = await discardGoods(root, folder, nonce)
      did.push(`removed ${folder}`, ...kept.map((path) => `kept the changed file ${path}`))
    }
    if ((await inFolder(join(places.goods, item))).length === 0) await removeTree(join(places.goods, item))
  }
  for (const name of await inFolder(root)) {
    if (!name.endsWith('.new')) continue
    await removeTree(join(root, name))
    did.push(`removed ${name}`)
  }
  for (const name of await inFolder(places.downloads)) {
    const facts = await stat(join(places.downloads, name)).catch(() => undefined)
    if (!facts || now - facts.mtimeMs < PARTIAL_LIFETIME_MS) continue
    await removeTree(join(places.downloads, name))
    did.push(`removed downloads/${name}`)
  }
  return did
}
