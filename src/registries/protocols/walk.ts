import { readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { reasonOf, registryConnection } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import { MANIFEST_FILES } from '../../model/manifest-files.ts'
import { harmless } from '../../model/text.ts'
import type { Clock } from '../../system/system.ts'
import type { Skipped } from '../registry.ts'

/**
 * Two folders in a row that take longer than this lie on a slow disk or a network, ms: others get their turn while the next
 * one is read. One alone says only that this process had to wait, and what reads by turns takes longer to load than that.
 */
const SLOW_MS = 5
const SLOW_IN_A_ROW = 2
/** Most files looked at without giving others their turn. */
const MOST_AT_ONCE = 256
interface WalkedFile {
  path: string
  /** Both 0 for a file that is only named. */
  size: number
  mtimeMs: number
}

export interface Walked {
  /** Absolute, links resolved. */
  root: string
  files: WalkedFile[]
  skipped: Skipped[]
  /** Hash of paths, sizes and times: equal when nothing changed. */
  fingerprint: string
}

const walkedFile = (path: string, { size, mtimeMs }: Stats): WalkedFile => ({ path, size, mtimeMs })

/** What stands in the folders below a manifest of ours is named and not looked at: no listing depends on it. */
const namedOnly = (path: string): WalkedFile => ({ path, size: 0, mtimeMs: 0 })
const isManifest = ({ name }: { name: string }): boolean => (MANIFEST_FILES as readonly string[]).includes(name)

/**
 * All files below a folder within limits; links, dot names and `node_modules` are passed over. `shape` is the one the
 * settings name, if any.
 */
export async function walkGoods(
  folder: string,
  registry: string,
  clock: Pick<Clock, 'monotonic'>,
  shape?: string,
): Promise<Walked> {
  const files: WalkedFile[] = []
  const skipped: Skipped[] = []
  let slow = 0
  // Another shape may look for its documents anywhere.
  const claims = (plain: readonly { name: string }[]): boolean =>
    (shape === undefined || shape === 'souk') && plain.some(isManifest)
  // On a disk at hand a look takes less time than waiting for one's turn; else those of a folder are made together.
  const look = async (root: string, paths: readonly string[]): Promise<WalkedFile[]> =>
    slow >= SLOW_IN_A_ROW || paths.length > MOST_AT_ONCE
      ? Promise.all(paths.map(async (path) => walkedFile(path, await stat(`${root}/${path}`))))
      : paths.map((path) => walkedFile(path, statSync(`${root}/${path}`)))
  const visit = async (root: string, below: string, depth: number, isClaimed = false): Promise<void> => {
    const from = clock.monotonic()
    const options = { withFileTypes: true } as const
    const entries =
      slow >= SLOW_IN_A_ROW ? await readdir(`${root}/${below}`, options) : readdirSync(`${root}/${below}`, options)
    const seen = entries
      .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const pathOf = (name: string): string => (below ? `${below}/${name}` : name)
    const plain = seen.filter((entry) => entry.isFile()).slice(0, Math.max(0, OUTSIDE.files - files.length))
    const paths = plain.map(({ name }) => pathOf(name))
    files.push(...(isClaimed ? paths.map(namedOnly) : await look(root, paths)))
    slow = clock.monotonic() - from > SLOW_MS ? slow + 1 : 0
    for (const entry of seen.filter((one) => one.isDirectory())) {
      const path = pathOf(entry.name)
      if (files.length >= OUTSIDE.files) return
      if (depth < OUTSIDE.fileDepth) await visit(root, path, depth + 1, isClaimed || claims(plain))
      else skipped.push({ item: harmless(path), reason: `lies deeper than ${OUTSIDE.fileDepth} folders` })
    }
  }
  try {
    const root = realpathSync(folder)
    await visit(root, '', 0)
    if (files.length >= OUTSIDE.files) skipped.push({ item: '.', reason: `holds more than ${OUTSIDE.files} files` })
    return { root, files, skipped, fingerprint: markOf(root, files) }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw registryConnection(registry, folderTrouble(folder, code ?? reasonOf(error)), error)
  }
}

/** Each kind of fact has a sum of its own, so that one change would have to deceive several of them. */
function markOf(root: string, files: readonly WalkedFile[]): string {
  const sums = [
    crc32([root, ...files.map(({ path }) => path)].join('\0')),
    crc32(files.map(({ size }) => size).join()),
    crc32(files.map(({ mtimeMs }) => mtimeMs).join()),
    files.reduce((sum, { mtimeMs }) => sum + mtimeMs, 0),
  ]
  return `${files.length}-${sums.join('-')}`
}

function folderTrouble(folder: string, code: string): string {
  if (code === 'ENOENT') return `there is no folder ${folder}`
  if (code === 'ENOTDIR') return `${folder} is not a folder`
  if (code === 'EACCES') return `the folder ${folder} may not be read`
  return `the folder ${folder} cannot be read (${code})`
}
