import { createHash } from 'node:crypto'
import { realpath, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { reasonOf, registryConnection } from '../../model/errors.ts'
import { harmless } from '../../model/text.ts'
import type { Skipped } from '../registry.ts'

const MAX_DEPTH = 12
const MAX_ENTRIES = 50_000
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

/** All files below a folder within limits; links, dot names and `node_modules` are passed over. */
export async function walkGoods(folder: string, registry: string): Promise<Walked> {
  const files: WalkedFile[] = []
  const skipped: Skipped[] = []
  const visit = async (root: string, below: string, depth: number): Promise<void> => {
    const entries = await readdir(join(root, below), { withFileTypes: true })
    const seen = entries
      .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const pathOf = (name: string): string => (below ? `${below}/${name}` : name)
    // The files of a folder are looked at together: one after the other, most of the time goes by waiting.
    const plain = seen.filter((entry) => entry.isFile()).slice(0, Math.max(0, MAX_ENTRIES - files.length))
    files.push(
      ...(await Promise.all(
        plain.map(async ({ name }): Promise<WalkedFile> => {
          const { size, mtimeMs } = await stat(join(root, pathOf(name)))
          return { path: pathOf(name), size, mtimeMs }
        }),
      )),
    )
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
