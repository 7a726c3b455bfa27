import { copyFile, chmod, lstat, mkdir, open, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { digestFacts, digestFile, digestTree, walkFolder, type FileFact } from '../bundle/digest.ts'
import { entryPathProblem } from '../bundle/entry-path.ts'
import { removeTree } from '../bundle/remove-tree.ts'
import { archiveKind, unpackTarGz } from '../bundle/tar-gz.ts'
import { openSink, type UnpackLimits } from '../bundle/unpack.ts'
import { unpackZip } from '../bundle/zip.ts'
import { itemDigest, itemUnsafe } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Artifact } from '../model/listing.ts'
import type { Change, Installation } from '../model/plan.ts'
import { RECEIPT, type StorePlaces } from './installed.ts'
import { nameOf, syncFolder } from './store.ts'

/** Goods on their way into the store. */
export interface Parcel {
  change: Change
  /** Archive file, kept between runs so that a broken download goes on; or the folder fetched. */
  fetched: string
  /** Folder that will be renamed into place: `receipt.json` and `files/`. */
  stage: string
  /** Digest of the bytes as they came, or over the list of files. Set by verifying. */
  digest?: string
  files?: FileFact[]
  warnings: string[]
}

/** Where the parcel of a change goes. Names are digests, so no id can steer a path. */
export function parcelFor(change: Change, places: StorePlaces, staging: string): Parcel {
  const { artifact, id, version } = change
  const stage = join(staging, nameOf(id))
  const isArchive = artifact?.form === 'archive'
  const key = isArchive
    ? nameOf([id, version ?? '', artifact.url, ...artifact.digests.map((one) => one.value)].join('\n'))
    : ''
  return { change, stage, fetched: isArchive ? join(places.downloads, key) : join(stage, 'files'), warnings: [] }
}

/** Checks size and every digest the registry gave; all must agree. A wrong file is removed, so that it is never resumed. */
export async function verifyArchive(parcel: Parcel, artifact: Artifact, signal: AbortSignal): Promise<void> {
  if (artifact.form !== 'archive') return
  const { id } = parcel.change
  const { size } = await lstat(parcel.fetched)
  const refuse = async (expected: string, actual: string): Promise<never> => {
    await removeTree(parcel.fetched)
    throw itemDigest(id, expected, actual)
  }
  if (artifact.size !== undefined && size !== artifact.size) await refuse(`${artifact.size} bytes`, `${size} bytes`)
  for (const { algorithm, value } of artifact.digests) {
    const actual = await digestFile(parcel.fetched, algorithm, signal)
    if (actual !== value.toLowerCase()) await refuse(`${algorithm}:${value}`, `${algorithm}:${actual}`)
  }
  if (artifact.digests.length === 0)
    parcel.warnings.push(`${id}: the registry gives no digest; what was downloaded could not be checked`)
  parcel.digest = await digestFile(parcel.fetched, 'sha256', signal)
}

/** Unpacks an archive into the stage, or checks a fetched folder; fills in `files`. */
export async function unpackParcel(parcel: Parcel, limits: UnpackLimits, signal: AbortSignal): Promise<void> {
  const { change, stage, fetched } = parcel
  const into = join(stage, 'files')
  await mkdir(into, { recursive: true, mode: 0o755 })
  const options = { label: change.id, limits, signal, isDurable: true }
  if (change.artifact?.form === 'archive') {
    const kind = await archiveKind(fetched)
    if (kind === 'zip') parcel.files = (await unpackZip(fetched, into, options)).files
    else if (kind === 'tar.gz') parcel.files = (await unpackTarGz(fetched, into, options)).files
    else parcel.files = await placeSingle(parcel, into, limits)
    await allowEntryPoint(parcel, change.artifact.entryPoint)
    return
  }
  parcel.files = await checkFolder(change.id, into, limits)
  parcel.digest = digestFacts(parcel.files)
}

/** A download that is no archive is the one file of the item, under the last part of its address. */
async function placeSingle(parcel: Parcel, into: string, limits: UnpackLimits): Promise<FileFact[]> {
  const { change, fetched } = parcel
  const url = change.artifact?.form === 'archive' ? change.artifact.url : ''
  const last = basename((url.split(/[?#]/)[0] ?? '').replaceAll('\\', '/'))
  const name = entryPathProblem(last) === undefined && !last.includes('/') ? last : 'download'
  const { size } = await lstat(fetched)
  if (size > limits.maxFileBytes) throw itemUnsafe(change.id, `it is larger than ${limits.maxFileBytes} bytes`)
  await copyFile(fetched, join(into, name))
  await chmod(join(into, name), 0o644)
  return (await digestTree(into)).files
}

/** The program an archive names as its entry point may be run, though its archive forgot to say so. */
async function allowEntryPoint(parcel: Parcel, entryPoint: string | undefined): Promise<void> {
  const file = parcel.files?.find((one) => one.path === entryPoint)
  if (!file) return
  await chmod(join(parcel.stage, 'files', file.path), 0o755)
  file.mode = 0o755
}

/** A folder that a registry copied or cloned obeys the same rules as an archive: no links, good names, limits. */
async function checkFolder(id: string, folder: string, limits: UnpackLimits): Promise<FileFact[]> {
  await removeTree(join(folder, '.git'))
  const sink = openSink(folder, { label: id, limits })
  let bytes = 0
  for (const { path, kind, size, mode } of await walkFolder(folder)) {
    sink.admit(path)
    if (kind !== 'file') throw sink.refuse(path, 'is a link or a device')
    if (size > limits.maxFileBytes) throw sink.refuse(path, `is larger than ${limits.maxFileBytes} bytes`)
    bytes += size
    if (bytes > limits.maxUnpackedBytes) throw itemUnsafe(id, `it is larger than ${limits.maxUnpackedBytes} bytes`)
    await chmod(join(folder, path), (mode & 0o100) === 0 ? 0o644 : 0o755)
    await syncFile(join(folder, path))
  }
  return (await digestTree(folder)).files
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes every folder of a stage, deepest first, so that the rename that follows moves whole goods. */
async function syncFolders(stage: string, files: readonly FileFact[]): Promise<void> {
  const folders = new Set([stage, join(stage, 'files')])
  for (const { path } of files) {
    for (let at = dirname(path); at !== '.'; at = dirname(at)) folders.add(join(stage, 'files', at))
  }
  for (const folder of [...folders].toSorted((a, b) => b.length - a.length)) await syncFolder(folder)
}

/** Writes the receipt beside the files and renames the stage into the store. Answers the folder, relative to the store. */
export async function placeParcel(
  parcel: Parcel,
  places: StorePlaces,
  receipt: Omit<Installation, 'path' | 'files' | 'digest' | 'bytes'>,
  nonce: string,
): Promise<string> {
  const files = parcel.files ?? []
  const digest = parcel.digest ?? digestFacts(files)
  const item = `goods/${nameOf(receipt.id)}`
  const folder = `${item}/${nameOf(`${receipt.version ?? ''}\n${digest}`)}-${nonce}`
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const path = join(places.root, folder, 'files')
  await mkdir(join(parcel.stage, 'files'), { recursive: true, mode: 0o755 })
  const handle = await open(join(parcel.stage, RECEIPT), 'w', 0o644)
  try {
    await handle.writeFile(`${JSON.stringify({ ...receipt, digest, files, bytes, path }, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await syncFolders(parcel.stage, files)
  await mkdir(join(places.root, item), { recursive: true, mode: 0o755 })
  await rename(parcel.stage, join(places.root, folder))
  await syncFolder(join(places.root, item))
  await syncFolder(places.goods)
  return folder
}

/** Where the bytes came from, for the receipt: an address without credentials or query, or a folder. */
export function sourceOf(artifact: Artifact | undefined, registryUrl: string): string {
  const raw = artifact?.form === 'archive' || artifact?.form === 'git' ? artifact.url : undefined
  if (artifact?.form === 'files') return harmless(artifact.root)
  const address = raw ?? registryUrl
  if (!URL.canParse(address)) return harmless(address)
  const url = new URL(address)
  url.username = ''
  url.password = ''
  url.search = ''
  return harmless(url.href)
}
