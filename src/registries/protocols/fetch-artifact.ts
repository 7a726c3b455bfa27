import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, realpath, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileProblem, itemUnsafe } from '../../model/errors.ts'
import { OUTSIDE } from '../../model/limits.ts'
import type { Artifact } from '../../model/listing.ts'
import { harmless } from '../../model/text.ts'
import type { Call, ProtocolTools } from '../registry.ts'
import type { GitAccess } from './git-access.ts'
import { fetchGit } from './git-program.ts'

const MAX_FILES = 10_000

/** What a connection knows when it brings bytes. */
export interface FetchPlace {
  registry: string
  /** The registry's own address: what it names may not lead further in than it stands. */
  home: string
  tools: ProtocolTools
  /** What lets git in, from the registry's credentials. */
  gitAccess?: GitAccess
  /** Most bytes of a repository; a sensible limit when left out. */
  maxBytes?: number
  /** Folder an index file lies in; archives beside it may be copied. */
  beside?: string
}

/** The path below `root`, or a refusal: absolute paths, `..` and links out of the root never pass. */
async function insideOf(root: string, path: string): Promise<string> {
  const target = resolve(root, path)
  const away = relative(root, target)
  if (!away || away.startsWith('..') || isAbsolute(away) || path.includes('\0'))
    throw itemUnsafe(harmless(path), 'its path leads out of its folder')
  const real = await realpath(target).catch((error: unknown) => {
    throw fileProblem(target, 'is not there any more', error)
  })
  const inside = relative(await realpath(root), real)
  if (inside.startsWith('..') || isAbsolute(inside)) throw itemUnsafe(harmless(path), 'a link leads out of its folder')
  return target
}

async function copyFiles(root: string, files: readonly string[], into: string, call: Call): Promise<{ bytes: number }> {
  if (files.length > MAX_FILES) throw itemUnsafe(harmless(root), `it has more than ${MAX_FILES} files`)
  let bytes = 0
  await mkdir(into, { recursive: true })
  for (const file of files) {
    call.signal?.throwIfAborted()
    const from = await insideOf(root, file)
    const facts = await lstat(from)
    if (!facts.isFile()) throw itemUnsafe(harmless(file), 'it is a link or no plain file')
    bytes += facts.size
    if (bytes > OUTSIDE.artifactBytes)
      throw itemUnsafe(harmless(root), `it is larger than ${OUTSIDE.artifactBytes / 1024 / 1024} MiB`)
    const to = join(into, relative(root, from))
    await mkdir(dirname(to), { recursive: true })
    await copyFile(from, to, constants.COPYFILE_FICLONE)
    call.report?.(bytes, undefined)
  }
  return { bytes }
}

/** An archive that lies on this machine; only a registry on this machine may name one, below its own folder. */
async function copyArchive(url: string, into: string, place: FetchPlace): Promise<{ bytes: number }> {
  if (place.beside === undefined)
    throw itemUnsafe(harmless(url), 'a remote registry may not name files of this machine')
  const path = /^file:/i.test(url) ? fileURLToPath(url) : url
  const from = await insideOf(place.beside, path)
  const facts = await lstat(from)
  if (!facts.isFile() || facts.size > OUTSIDE.artifactBytes)
    throw itemUnsafe(harmless(url), 'it is no plain file of sensible size')
  await mkdir(dirname(into), { recursive: true })
  await copyFile(from, into, constants.COPYFILE_FICLONE)
  return { bytes: facts.size }
}

/** Brings the bytes of any artifact: archives to the file `into`, all else to the folder `into`. */
export async function fetchArtifact(
  artifact: Artifact,
  into: string,
  call: Call,
  place: FetchPlace,
): Promise<{ bytes: number }> {
  switch (artifact.form) {
    case 'archive':
      if (!/^https?:\/\//i.test(artifact.url)) return copyArchive(artifact.url, into, place)
      return place.tools.http.download({
        url: artifact.url,
        into,
        maxBytes: OUTSIDE.artifactBytes,
        digests: artifact.digests,
        ...(call.signal ? { signal: call.signal } : {}),
        ...(call.report ? { onProgress: call.report } : {}),
      })
    case 'files':
      return copyFiles(artifact.root, artifact.files, into, call)
    case 'git':
      return fetchGit(artifact, into, call, place)
    case 'text': {
      await mkdir(into, { recursive: true })
      const target = resolve(into, artifact.file)
      const away = relative(into, target)
      if (!away || away.startsWith('..') || isAbsolute(artifact.file))
        throw itemUnsafe(harmless(artifact.file), 'its path leads out of its folder')
      await writeFile(target, artifact.content)
      return { bytes: Buffer.byteLength(artifact.content) }
    }
  }
}
