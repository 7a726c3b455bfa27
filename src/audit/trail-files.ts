import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** The file whose first line has this number; names sort as numbers do. */
export const fileOf = (folder: string, seq: number): string => join(folder, `${String(seq).padStart(12, '0')}.ndjson`)

/** The files of a trail, oldest first, by the number of their first line. */
export function trailFiles(folder: string): { path: string; first: number; size: number }[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return names
    .filter((name) => /^\d{12}\.ndjson$/.test(name))
    .toSorted()
    .map((name) => ({
      path: join(folder, name),
      first: Number(name.slice(0, 12)),
      size: statSync(join(folder, name)).size,
    }))
}

/** Bytes of a file now; 0 when it is not there. */
export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** The lines in the first `size` bytes of a file, without their breaks; the last one says whether its break came. */
export function* linesOf(path: string, size: number): Generator<{ bytes: Uint8Array; isEnded: boolean }> {
  const all = readFileSync(path).subarray(0, size)
  for (let from = 0; from < all.length;) {
    const end = all.indexOf(10, from)
    yield { bytes: all.subarray(from, end < 0 ? all.length : end), isEnded: end >= 0 }
    from = end < 0 ? all.length : end + 1
  }
}
