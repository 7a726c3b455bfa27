import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { digestFile, walkFolder } from '../bundle/digest.ts'
import { discardTree, removeTree } from '../bundle/remove-tree.ts'
import type { Installation } from '../model/plan.ts'
import { FILES, placesOf, readState, RECEIPT, type StoreState } from './installed.ts'

/** Short digest used as a folder name; ids never are. */
export const nameOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)

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

export const writeState = async (root: string, state: StoreState, nonce: string): Promise<void> =>
  writeWhole(placesOf(root).state, `${JSON.stringify(state, null, 2)}\n`, nonce)

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
