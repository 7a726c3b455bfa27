import { createHash } from 'node:crypto'
import { z } from 'zod'
import { itemManifest, itemUnsafe } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { BUNDLE_MANIFEST } from './pack.ts'
import type { UnpackLimits } from './unpack.ts'
import { readZip } from './zip.ts'

/** A bundle of ours may be large: these bound the reading, not the disk. */
const READ_LIMITS: UnpackLimits = {
  maxUnpackedBytes: Number.MAX_SAFE_INTEGER,
  maxFileBytes: Number.MAX_SAFE_INTEGER,
  maxEntries: 100_000,
  maxRatio: Number.MAX_SAFE_INTEGER,
}
const MAX_MANIFEST_BYTES = 32 * 1024 * 1024

const manifestShape = z.object({
  format: z.literal(1),
  files: z.array(z.object({ path: z.string(), size: z.number().int(), sha256: z.string() })),
})

export interface BundleEntry {
  path: string
  size: number
  packedBytes: number
}

/** Calls back for every entry of a bundle, in constant memory. An escaping path is refused (`item.unsafe`). */
export async function listBundle(
  path: string,
  call: (entry: BundleEntry) => void,
  signal?: AbortSignal,
): Promise<void> {
  const options = { label: path, limits: READ_LIMITS, ...(signal ? { signal } : {}) }
  await readZip(path, options, async ({ path: name, size, packedBytes }) => call({ path: name, size, packedBytes }))
}

/** How a bundle compares with its own manifest. It is whole when all three lists are empty. */
export interface Verified {
  entries: number
  bytes: number
  changed: string[]
  missing: string[]
  /** In the ZIP but not in its manifest. */
  unlisted: string[]
}

/** Re-checks the SHA-256 and size of every file against the manifest inside. No manifest is an error. */
export async function verifyBundle(path: string, signal?: AbortSignal): Promise<Verified> {
  const found = new Map<string, { size: number; sha256: string }>()
  let text: string | undefined
  let bytes = 0
  await readZip(path, { label: path, limits: READ_LIMITS, ...(signal ? { signal } : {}) }, async (entry) => {
    if (entry.path.endsWith('/')) return
    const hash = createHash('sha256')
    const kept: Uint8Array[] = []
    let size = 0
    const isManifest = entry.path === BUNDLE_MANIFEST
    if (isManifest && entry.size > MAX_MANIFEST_BYTES) throw itemUnsafe(path, 'its manifest is too large')
    try {
      for await (const chunk of await entry.read()) {
        size += chunk.length
        if (isManifest) kept.push(chunk)
        else hash.update(chunk)
      }
    } catch {
      // A damaged entry is a changed file, not the end of the check.
      size = -1
    }
    signal?.throwIfAborted()
    bytes += Math.max(0, size)
    if (isManifest) text = Buffer.concat(kept).toString('utf8')
    else found.set(entry.path, { size, sha256: hash.digest('hex') })
  })
  return { ...compare(parseManifest(path, text), found), entries: found.size, bytes }
}

function parseManifest(path: string, text: string | undefined): Map<string, { size: number; sha256: string }> {
  if (text === undefined) throw itemManifest(path, `it has no ${BUNDLE_MANIFEST}`, { path })
  try {
    const { files } = manifestShape.parse(JSON.parse(text))
    return new Map(files.map((file) => [file.path, file]))
  } catch {
    throw itemManifest(path, `its ${BUNDLE_MANIFEST} cannot be read`, { path })
  }
}

function compare(
  listed: Map<string, { size: number; sha256: string }>,
  found: Map<string, { size: number; sha256: string }>,
): Pick<Verified, 'changed' | 'missing' | 'unlisted'> {
  const changed: string[] = []
  const missing: string[] = []
  for (const [path, fact] of listed) {
    const real = found.get(path)
    if (!real) missing.push(harmless(path))
    else if (real.sha256 !== fact.sha256 || real.size !== fact.size) changed.push(harmless(path))
  }
  const unlisted = [...found.keys()].filter((path) => !listed.has(path)).map((path) => harmless(path))
  return { changed, missing, unlisted }
}
