import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { itemUnsafe } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { FileFact } from './digest.ts'
import { openPathCheck } from './entry-path.ts'

/** Limits of one unpacking; an install takes them from the settings (`install.*`). */
export interface UnpackLimits {
  maxUnpackedBytes: number
  maxFileBytes: number
  maxEntries: number
  /** Most unpacked bytes a packed byte, looked at once more than 1 MiB came out. */
  maxRatio: number
}

export interface UnpackOptions {
  /** Named in errors: the item or the file. */
  label: string
  limits: UnpackLimits
  signal?: AbortSignal
  /** Flush every file to the disk before it counts. */
  isDurable?: boolean
}

export interface Unpacked {
  files: FileFact[]
  bytes: number
}

/** What an archive states about a file; each is held against what really comes out. */
interface Stated {
  size?: number
  crc?: number
  packedBytes?: number
}

type OpenSource = () => AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>

/** Bytes below which any ratio is harmless. */
const RATIO_FROM_BYTES = 1024 * 1024

/** Where the entries of an archive go: every path, count and byte is checked here, for every format alike. */
export interface Sink {
  /** Counts an entry and checks its path; throws `item.unsafe`. */
  admit(path: string): void
  folder(path: string): Promise<void>
  /** `open` is called once the file is there, so that a failing stream always has its reader. */
  file(path: string, isExecutable: boolean, open: OpenSource, stated: Stated): Promise<void>
  refuse(path: string, why: string): Error
  done(): Unpacked
}

/** Opens a sink into a fresh folder. Files are made anew (O_EXCL) and never through a link (O_NOFOLLOW). */
export function openSink(into: string, options: UnpackOptions): Sink {
  const { limits, label, signal } = options
  const problemOf = openPathCheck()
  const files: FileFact[] = []
  let entries = 0
  let bytes = 0
  const refuse = (path: string, why: string): Error =>
    itemUnsafe(label, `its entry "${harmless(path, 200)}" ${why}`, { entry: harmless(path, 500) })

  const count = (path: string, size: number, stated: Stated): void => {
    if (size > limits.maxFileBytes) throw refuse(path, `is larger than ${limits.maxFileBytes} bytes`)
    if (bytes + size > limits.maxUnpackedBytes)
      throw itemUnsafe(label, `it unpacks to more than ${limits.maxUnpackedBytes} bytes`)
    if (stated.size !== undefined && size > stated.size) throw refuse(path, 'is larger than it states')
    const packed = Math.max(1, stated.packedBytes ?? size)
    if (size > RATIO_FROM_BYTES && size > packed * limits.maxRatio)
      throw refuse(path, `unpacks to more than ${limits.maxRatio} times its packed size`)
  }

  return {
    refuse,
    admit(path) {
      entries += 1
      if (entries > limits.maxEntries) throw itemUnsafe(label, `it has more than ${limits.maxEntries} entries`)
      const problem = problemOf(path)
      if (problem) throw refuse(path, problem)
    },
    async folder(path) {
      await mkdir(join(into, path), { recursive: true, mode: 0o755 })
    },
    async file(path, isExecutable, openSource, stated) {
      if (stated.size !== undefined) count(path, stated.size, stated)
      const mode = isExecutable ? 0o755 : 0o644
      await mkdir(dirname(join(into, path)), { recursive: true, mode: 0o755 })
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
      const handle = await open(join(into, path), flags, mode)
      const hash = createHash('sha256')
      let size = 0
      let crc = 0
      try {
        for await (const chunk of await openSource()) {
          signal?.throwIfAborted()
          size += chunk.length
          count(path, size, stated)
          hash.update(chunk)
          crc = crc32(chunk, crc)
          await handle.writeFile(chunk)
        }
        if (stated.size !== undefined && size !== stated.size) throw refuse(path, 'is smaller than it states')
        if (stated.crc !== undefined && crc !== stated.crc) throw refuse(path, 'is damaged (its CRC-32 differs)')
        await handle.chmod(mode)
        if (options.isDurable) await handle.sync()
      } finally {
        await handle.close()
      }
      bytes += size
      files.push({ path, size, sha256: hash.digest('hex'), mode })
    },
    done: () => ({ files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)), bytes }),
  }
}
