import { createHash } from 'node:crypto'
import { readdirSync, type Stats, statSync } from 'node:fs'
import { realpath, readdir, stat } from 'node:fs/promises'
import { reasonOf, registryConnection } from '../../model/errors.ts'
import { harmless } from '../../model/text.ts'
import type { Clock } from '../../system/system.ts'
import type { Skipped } from '../registry.ts'

const MAX_DEPTH = 12
const MAX_ENTRIES = 50_000
/** A folder that takes longer than this lies on a slow disk or a network: others get their turn meanwhile, ms. */
const SLOW_MS = 5
/** Most files looked at without giving others their turn. */
const MOST_AT_ONCE = 256
interface WalkedFile {
  path: string
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

/** All files below a folder within limits; links, dot names and `node_modules` are passed over. */
export async function walkGoods(folder: string, registry: string, clock: Pick<Clock, 'monotonic'>): Promise<Walked> {
  const files: WalkedFile[] = []
  const skipped: Skipped[] = []
  let isSlow = false
  // On a disk at hand a look takes less time than waiting for one's turn; else those of a folder are made together.
  const look = async (root: string, paths: readonly string[]): Promise<WalkedFile[]> =>
    isSlow || paths.length > MOST_AT_ONCE
      ? Promise.all(paths.map(async (path) => walkedFile(path, await stat(`${root}/${path}`))))
      : paths.map((path) => walkedFile(path, statSync(`${root}/${path}`)))
  const visit = async (root: string, below: string, depth: number): Promise<void> => {
    const from = clock.monotonic()
    const options = { withFileTypes: true } as const
    const entries = isSlow ? await readdir(`${root}/${below}`, options) : readdirSync(`${root}/${below}`, options)
    const seen = entries
      .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const pathOf = (name: string): string => (below ? `${below}/${name}` : name)
    const plain = seen.filter((entry) => entry.isFile()).slice(0, Math.max(0, MAX_ENTRIES - files.length))
    files.push(
      ...(await look(
        root,
        plain.map(({ name }) => pathOf(name)),
      )),
    )
    isSlow ||= clock.monotonic() - from > SLOW_MS
    for (const entry of seen.filter((one) => one.isDirectory())) {
      const path = pathOf(entry.name)
      if (files.length >= MAX_ENTRIES) return
      if (depth < MAX_DEPTH) await visit(root, path, depth + 1)
      else skipped.push({ item: harmless(path), reason: `lies deeper than ${MAX_DEPTH} folders` })
    }
  }
  try {
    const root = await realpath(folder)
    await visit(root, '', 0)
    if (files.length >= MAX_ENTRIES) skipped.push({ item: '.', reason: `holds more than ${MAX_ENTRIES} files` })
    const hash = createHash('sha256').update(root)
    for (const { path, size, mtimeMs } of files) hash.update(`${path}\0${mtimeMs}\0${size}\n`)
    return { root, files, skipped, fingerprint: hash.digest('hex') }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw registryConnection(registry, folderTrouble(folder, code ?? reasonOf(error)), error)
  }
}

function folderTrouble(folder: string, code: string): string {
  if (code === 'ENOENT') return `there is no folder ${folder}`
  if (code === 'ENOTDIR') return `${folder} is not a folder`
  if (code === 'EACCES') return `the folder ${folder} may not be read`
  return `the folder ${folder} cannot be read (${code})`
}
