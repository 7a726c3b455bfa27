import { mkdtemp, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, posix, sep } from 'node:path'
import { isMainTemplate, UI_DEFINITION } from '../arm/templates.ts'
import { removeTree } from '../bundle/remove-tree.ts'
import type { UnpackLimits } from '../bundle/unpack.ts'
import { unpackZip } from '../bundle/zip.ts'
import { fileProblem, reasonOf } from '../model/errors.ts'
import { MANIFEST_FILES } from '../model/manifest-files.ts'

/** A file to validate. The path is relative to the folder, with forward slashes. */
export interface InputFile {
  path: string
  text: string
}

/** A file as it was read. */
export interface RawFile {
  path: string
  bytes: Uint8Array
}

/** What there is to validate. */
export interface Inputs {
  files: RawFile[]
  /** Markdown of a folder: at its top, and beside main templates. */
  documents?: RawFile[]
  /** The one file that was asked for. */
  only?: string
  /** Files that its templates are linked to, which are tested with it. */
  linked?: string[]
}

const textOf = new WeakMap<Uint8Array, string>()

/** The text of a file, decoded once; a byte order mark stays, it is part of the places. */
export function textOfFile({ path, bytes }: RawFile): InputFile {
  let text = textOf.get(bytes)
  if (text === undefined) {
    text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    textOf.set(bytes, text)
  }
  return { path, text }
}

/** A file whose text is there already. */
export function fileOfText({ path, text }: InputFile): RawFile {
  const bytes = Buffer.from(text)
  // Half a pair of surrogates would come back as another sign.
  if (text.isWellFormed()) textOf.set(bytes, text)
  return { path, bytes }
}

const MAX_FILE_BYTES = 32 * 1024 * 1024
const MAX_FILES = 2000
const MAX_DEPTH = 12
/** A file may be linked to so many others, and these to others so deep. */
const MAX_LINKED = 100
const RELATIVE_PATH = /"relativePath"\s*:\s*"([^"\\[\n]{1,500})"/gi
/** A package is unpacked to be looked into: what an install allows at most by default. */
const ZIP_LIMITS: UnpackLimits = {
  maxUnpackedBytes: 256 * 1024 * 1024,
  maxFileBytes: 64 * 1024 * 1024,
  maxEntries: 10_000,
  maxRatio: 200,
}
const ZIP_NAME = /\.zip$/i
const JSON_NAME = /\.jsonc?$/i
const DOCUMENT_NAME = /\.md$/i
/** So many documents of a package are read; they are looked at for a read-me. */
const MAX_DOCUMENTS = 50
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
/** Folders that never hold templates. */
const PASSED_OVER = new Set(['node_modules', '.git', 'bin', 'obj'])

/**
 * What a path holds: the JSON files and the manifest of a folder or of a ZIP; or one file (`only`) and what stands
 * beside it. A ZIP that would not be installed is refused (`item.unsafe`).
 */
export async function readInputs(path: string, signal?: AbortSignal): Promise<Inputs> {
  const facts = await stat(path).catch((error: unknown) => {
    throw fileProblem(path, 'it does not exist or may not be read', error)
  })
  if (facts.isDirectory()) return readFolder(path, path)
  const only = basename(path)
  if (ZIP_NAME.test(only)) return readPackage(path, signal)
  const isManifest = (MANIFEST_FILES as readonly string[]).includes(only)
  if (!JSON_NAME.test(only) && !isManifest) throw fileProblem(path, 'it is neither a JSON file, a ZIP nor a souk.yaml')
  const folder = dirname(path)
  const beside = (await readdir(folder)).filter((name) => name.toLowerCase() === UI_DEFINITION && name !== only)
  const files = await Promise.all([only, ...beside].map((one) => readInput(folder, one)))
  const linked = await readLinked(folder, files)
  return { files: [...files, ...linked], only, linked: linked.map((one) => one.path) }
}

/** The files below the folder that templates are linked to by a plain relative path, those of linked ones too. */
async function readLinked(folder: string, files: readonly RawFile[]): Promise<RawFile[]> {
  const linked: RawFile[] = []
  const seen = new Set(files.map((one) => one.path))
  const open = [...files]
  for (let one = open.shift(); one && linked.length < MAX_LINKED; one = open.shift()) {
    if (Buffer.from(one.bytes.buffer, one.bytes.byteOffset, one.bytes.byteLength).indexOf('relativePath') < 0) continue
    for (const [, given = ''] of textOfFile(one).text.matchAll(RELATIVE_PATH)) {
      const path = posix.join(posix.dirname(one.path), given.replaceAll('\\', '/'))
      const isBelow = !path.startsWith('..') && !posix.isAbsolute(path) && !path.includes('\0')
      if (seen.has(path) || !isBelow || !JSON_NAME.test(path) || !(await isPlainFile(folder, path))) continue
      seen.add(path)
      const file = await readInput(folder, path)
      linked.push(file)
      open.push(file)
    }
  }
  return linked
}

/** Whether it is a file below the folder, also when links are followed. */
async function isPlainFile(folder: string, path: string): Promise<boolean> {
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(join(folder, path))])
    return real.startsWith(root + sep) && (await stat(real)).isFile()
  } catch {
    return false
  }
}

/** Reads what a folder holds. Errors call it by `label`. */
async function readFolder(folder: string, label: string): Promise<Inputs> {
  const paths: string[] = []
  const texts: string[] = []
  await collect(folder, '', { paths, texts, depth: 0, label })
  const read = (all: readonly string[]): Promise<RawFile[]> =>
    Promise.all(all.toSorted().map((one) => readInput(folder, one, label)))
  const places = new Set(['', ...paths.filter(isMainTemplate).map(folderOf)])
  const beside = texts.filter((path) => places.has(folderOf(path))).slice(0, MAX_DOCUMENTS)
  return { files: await read(paths), documents: await read(beside) }
}

/** The files of a ZIP, by way of a folder that is gone again when this answers. */
async function readPackage(path: string, signal: AbortSignal | undefined): Promise<Inputs> {
  const folder = await mkdtemp(join(tmpdir(), 'souk-validate-'))
  try {
    await unpackZip(path, folder, { label: path, limits: ZIP_LIMITS, ...(signal ? { signal } : {}) })
    return await readFolder(folder, path)
  } finally {
    await removeTree(folder)
  }
}

async function collect(
  root: string,
  below: string,
  found: { paths: string[]; texts: string[]; depth: number; label: string },
): Promise<void> {
  if (found.depth > MAX_DEPTH) return
  for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name
    if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) {
      await collect(root, path, { ...found, depth: found.depth + 1 })
    }
    if (entry.isFile() && DOCUMENT_NAME.test(entry.name)) found.texts.push(path)
    const isWanted =
      JSON_NAME.test(entry.name) || (!below && (MANIFEST_FILES as readonly string[]).includes(entry.name))
    if (!entry.isFile() || !isWanted) continue
    if (found.paths.push(path) > MAX_FILES) throw fileProblem(found.label, `it holds more than ${MAX_FILES} JSON files`)
  }
}

async function readInput(folder: string, path: string, label = folder): Promise<RawFile> {
  const full = join(folder, path)
  const { size } = await stat(full)
  if (size > MAX_FILE_BYTES)
    throw fileProblem(join(label, path), `it is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`)
  try {
    return { path, bytes: await readFile(full) }
  } catch (error) {
    throw fileProblem(join(label, path), reasonOf(error), error)
  }
}
