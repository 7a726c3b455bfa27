import { chmod, lstat, mkdir, opendir, rename, rmdir, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/**
 * Removes a file or a folder with all below it. Iterative: a tree thousands deep must not overflow the cleaner.
 * Links are removed, not followed. Something already gone is fine, so two runs may follow each other.
 */
export async function removeTree(path: string): Promise<void> {
  const waiting = [path]
  while (waiting.length > 0) {
    const at = waiting.at(-1) ?? path
    try {
      if (!(await lstat(at)).isDirectory()) {
        await unlink(at)
        waiting.pop()
      } else if (!(await emptyFolder(at, waiting))) {
        await rmdir(at)
        waiting.pop()
      }
    } catch (error) {
      if (!isGone(error)) throw error
      waiting.pop()
    }
  }
}

/** Removes the files of one folder and puts its folders on the list; answers whether there were any. */
async function emptyFolder(folder: string, waiting: string[]): Promise<boolean> {
  let hasFolders = false
  await chmod(folder, 0o700)
  for await (const entry of await opendir(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      waiting.push(path)
      hasFolders = true
    } else await unlink(path)
  }
  return hasFolders
}

/**
 * Takes a tree out of sight in one step (a rename into `trash`, on the same file system), then removes it. A kill
 * in between leaves it in the trash, never half there. `nonce` makes the name in the trash unique.
 */
export async function discardTree(path: string, trash: string, nonce: string): Promise<void> {
  await mkdir(trash, { recursive: true })
  const away = join(trash, `${nonce}-${basename(path)}`)
  try {
    await rename(path, away)
  } catch (error) {
    if (isGone(error)) return
    throw error
  }
  await removeTree(away)
}
