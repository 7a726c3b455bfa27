import { createHash, type Hash } from 'node:crypto'
import { constants, lstatSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of a folder or bundle: path with forward slashes, size in bytes, lower-case hex digest, permission bits. */
export interface FileFact {
  path: string
  size: number
  sha256: string
  mode: number
}

const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)

/** Digest of a file as lower-case hex, in constant memory. A symbolic link is refused (ELOOP). */
export async function digestFile(
  path: string,
  algorithm: 'sha256' | 'sha384' | 'sha512' = 'sha256',
  signal?: AbortSignal,
): Promise<string> {
  const hash: Hash = createHash(algorithm)
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const buffer = Buffer.allocUnsafe(1 << 18)
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, buffer.length)
      if (bytesRead === 0) break
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
  return hash.digest('hex')
}

/**
 * Everything below a folder that is no folder, sorted by path. Walks without recursion; follows no link. The calls are
 * synchronous: a turn of the event loop for each would take longer than the call.
 */
export async function walkFolder(
  folder: string,
): Promise<{ path: string; kind: 'file' | 'link' | 'other'; size: number; mode: number }[]> {
  const found: { path: string; kind: 'file' | 'link' | 'other'; size: number; mode: number }[] = []
  const waiting = ['']
  for (let below = waiting.pop(); below !== undefined; below = waiting.pop()) {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) waiting.push(path)
      else {
        const facts = lstatSync(`${folder}/${path}`)
        const kind = facts.isFile() ? 'file' : facts.isSymbolicLink() ? 'link' : 'other'
        found.push({ path, kind, size: facts.size, mode: facts.mode & 0o777 })
      }
    }
  }
  return found.toSorted(byPath)
}

/** Digest over a list of files (paths, sizes, digests), independent of the order given. */
export function digestFacts(files: readonly Pick<FileFact, 'path' | 'size' | 'sha256'>[]): string {
  const hash = createHash('sha256')
  for (const file of files.toSorted(byPath)) hash.update(`${file.sha256} ${file.size} ${file.path}\n`)
  return hash.digest('hex')
}

/** Facts of every regular file below a folder and one digest over them all. Links and devices are left out. */
export async function digestTree(folder: string): Promise<{ digest: string; files: FileFact[] }> {
  const files: FileFact[] = []
  for (const { path, kind, size, mode } of await walkFolder(folder)) {
    if (kind === 'file') files.push({ path, size, mode, sha256: await digestFile(join(folder, path)) })
  }
  return { digest: digestFacts(files), files }
}
