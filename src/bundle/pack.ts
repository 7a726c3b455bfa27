import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { itemUnsafe } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { DeflatedZip } from './deflated-zip.ts'
import { walkFolder } from './digest.ts'
import { wholeContent, type PackFile } from './entry-content.ts'
import { openContents } from './entry-queue.ts'
import { removeTree } from './remove-tree.ts'
import { openPathCheck } from './entry-path.ts'

/** The manifest inside every bundle: path, size and SHA-256 of every other file. */
export const BUNDLE_MANIFEST = 'souk-bundle.json'

export interface PackRequest {
  files: readonly PackFile[]
  /** The ZIP to write. */
  into: string
  /** 0 (stored) to 9; 6 when left out. */
  level?: number
  /** Packs a manifest too, behind all files, with these facts at its top. */
  manifest?: Record<string, unknown>
  signal?: AbortSignal
  onProgress?: (doneBytes: number, files: number) => void
}

/** What was written. `bytes` is the size of the ZIP, `entries` the number of files in it. */
export interface Packed {
  sha256: string
  bytes: number
  entries: number
}

/** The earliest time a ZIP can hold; every entry has it, so that equal files give equal bytes. */
const FIXED_DATE = new Date('1980-01-01T00:00:00Z')
const entryOf = (name: string): { name: string; date: Date; mode: number } => ({ name, date: FIXED_DATE, mode: 0o644 })
const KEY_NAME = /(?:^|[/.])id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:pem|key|pfx|p12|jks|keystore|ppk)$/i

/** Names settings without a value, so that whoever unpacks knows what to put in a `.env` of their own. */
const EXAMPLE = '.env.example'

/** Why a path is never packed: dot files and folders (`.env`, `.git`) and key files. Undefined when it may be. */
export function packRefusal(path: string): string | undefined {
  const parts = path.split('/')
  if (parts.at(-1) === EXAMPLE) parts.pop()
  if (parts.some((part) => part.startsWith('.'))) return 'a dot file or folder'
  if (KEY_NAME.test(path)) return 'a key file'
  return undefined
}

/** Why a file stays out of a package; undefined when it goes in. */
export type Leave = (path: string) => string | undefined

/** The files of a folder that may be packed, sorted, and those left out with the reason. Links are left out. */
export async function packList(
  folder: string,
  leave: Leave = () => undefined,
): Promise<{ files: PackFile[]; left: { path: string; why: string }[] }> {
  const files: PackFile[] = []
  const left: { path: string; why: string }[] = []
  for (const { path, kind, size } of await walkFolder(folder)) {
    const why = kind === 'file' ? (packRefusal(path) ?? leave(path)) : 'a link or a device'
    if (why) left.push({ path: harmless(path), why })
    else files.push({ path, source: `${folder}/${path}`, size })
  }
  return { files, left }
}

/** A file as the manifest names it. */
interface Listed {
  path: string
  size: number
  sha256: string
}

const manifestText = (facts: Record<string, unknown>, files: readonly Listed[]): string =>
  `${JSON.stringify({ format: 1, ...facts, files }, null, 2)}\n`

const byPath = (a: PackFile, b: PackFile): number => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)

function checked({ files, into, manifest }: PackRequest): PackFile[] {
  const problemOf = openPathCheck()
  const sorted = files.toSorted(byPath)
  for (const { path } of manifest ? [{ path: BUNDLE_MANIFEST }, ...sorted] : sorted) {
    const problem = packRefusal(path) ?? problemOf(path)
    if (problem) throw itemUnsafe(into, `"${harmless(path, 200)}" may not be packed (${problem})`)
  }
  return sorted
}

/**
 * Packs files into a ZIP in constant memory. The bytes depend on paths and contents alone: names sorted, times and
 * modes fixed. Refuses dot files, key files, links and paths that could not be unpacked (`item.unsafe`).
 */
export async function packFiles(request: PackRequest): Promise<Packed> {
  const files = checked(request)
  mkdirSync(dirname(request.into), { recursive: true })
  // Under another name until it is whole, so that a broken run leaves no half bundle.
  const part = `${request.into}.part`
  const level = request.level ?? 6
  const zip = new DeflatedZip({ store: level === 0 })
  const digest = createHash('sha256')
  const tap = new PassThrough({ highWaterMark: 1 << 20 })
  let bytes = 0
  tap.on('data', (chunk: Uint8Array) => {
    digest.update(chunk)
    bytes += chunk.length
  })
  const options = request.signal ? { signal: request.signal } : {}
  const writing = pipeline(zip, tap, createWriteStream(part, { mode: 0o644 }), options)
  writing.catch(() => {})
  try {
    const packed = await feed(zip, files, { ...request, level })
    if (request.manifest) {
      const content = manifestText(request.manifest, packed)
      await zip.add(await wholeContent(Buffer.from(content), level), entryOf(BUNDLE_MANIFEST))
    }
    await zip.finalize()
    await writing
    renameSync(part, request.into)
  } catch (error) {
    zip.destroy(error as Error)
    // Whichever failed first, content or disk, is what the other one ended with.
    const first: unknown = await writing.then(
      () => error,
      (reason: unknown) => reason,
    )
    await removeTree(part)
    if (request.signal?.aborted) throw request.signal.reason
    throw first
  }
  return { sha256: digest.digest('hex'), bytes, entries: files.length + (request.manifest ? 1 : 0) }
}

/** Hands over one batch of files after another, the next ones being prepared meanwhile. Answers what was packed. */
async function feed(
  zip: DeflatedZip,
  files: readonly PackFile[],
  { level, signal, onProgress }: PackRequest & { level: number },
): Promise<Listed[]> {
  const packed: Listed[] = []
  let doneBytes = 0
  const contents = openContents(files, level, (bytes) => onProgress?.(doneBytes + bytes, packed.length))
  for await (const batch of contents) {
    signal?.throwIfAborted()
    for (const content of batch) {
      const { path } = files[packed.length] ?? { path: '' }
      const written = zip.add(content, entryOf(path))
      if (written) await written
      const { size = 0, sha256 = '' } = content.facts ?? {}
      packed.push({ path, size, sha256 })
      doneBytes += size
    }
    onProgress?.(doneBytes, packed.length)
  }
  return packed
}

/** Packs a folder with its manifest; answers also what was left out and why. */
export async function packFolder(
  folder: string,
  request: Omit<PackRequest, 'files'> & { leave?: Leave },
): Promise<Packed & { left: { path: string; why: string }[] }> {
  const { files, left } = await packList(folder, request.leave)
  const own = files.filter((file) => file.path !== BUNDLE_MANIFEST)
  return { ...(await packFiles({ ...request, files: own, manifest: request.manifest ?? {} })), left }
}
