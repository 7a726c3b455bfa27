import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unpackZip } from '../bundle/zip.ts'
import { isMarketError } from '../model/errors.ts'
import { ID_PATTERN, manifestSchema } from '../model/manifest.ts'
import { MANIFEST_FILES } from '../model/manifest-files.ts'
import { harmless } from '../model/text.ts'
import type { System } from '../system/system.ts'
import type { Shelf } from './shelf.ts'

const VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]{1,60})?$/
/** What a publication may unpack to. */
const LIMITS = {
  maxUnpackedBytes: 256 * 1024 * 1024,
  maxFileBytes: 64 * 1024 * 1024,
  maxEntries: 10_000,
  maxRatio: 200,
}

export type Published = { status: 201; name: string; version: string } | { status: 409 | 422; reason: string }

/** Where publications go, and what is there already. */
export interface Press {
  system: System
  folder: string
  shelf: Shelf
}

/** Refused for a reason its author should read. */
class Refusal extends Error {
  readonly status: 409 | 422
  constructor(status: 409 | 422, reason: string) {
    super(reason)
    this.status = status
  }
}

const wrong = (reason: string): Refusal => new Refusal(422, reason)

/** What an author sent, as a manifest: wire names are taken too. Community figures are the registry's, never the author's. */
function manifestOf(body: Record<string, unknown>): { id: string; version: string } {
  const { marketplace, archive, name, ...rest } = body
  void marketplace
  void archive
  const checked = manifestSchema.safeParse({ ...rest, id: body['id'] ?? name, name: body['title'] ?? name })
  if (!checked.success) {
    const issue = checked.error.issues[0]
    throw wrong(`${harmless(issue?.path.map(String).join('.') ?? '', 100)}: ${issue?.message ?? 'is wrong'}`)
  }
  if (!VERSION.test(checked.data.version)) throw wrong('version: must be a semantic version such as 1.2.0')
  return checked.data
}

/** The bytes of the archive that came with the entry; undefined when none did. Its digest must be the one stated. */
function archiveOf(body: Record<string, unknown>): Uint8Array | undefined {
  const { archive } = body
  if (archive === undefined) return undefined
  if (typeof archive !== 'object' || archive === null) throw wrong('archive: must hold sha256 and content')
  const { content, sha256 } = archive as Record<string, unknown>
  if (typeof content !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(content) || content.length % 4 !== 0)
    throw wrong('archive.content: must be a ZIP in base64')
  const bytes = Buffer.from(content, 'base64')
  if (sha256 !== createHash('sha256').update(bytes).digest('hex'))
    throw wrong('archive.sha256: is not the digest of what came')
  return bytes
}

/** Unpacks by our own strict rules and looks at the goods as the shelf will: one item, with this very name and version. */
async function openArchive(press: Press, bytes: Uint8Array, stage: string, wanted: { id: string; version: string }) {
  const files = join(stage, 'files')
  await writeFile(join(stage, 'archive.zip'), bytes, { flag: 'wx', mode: 0o600 })
  const unpacked = await unpackZip(join(stage, 'archive.zip'), files, {
    label: `${wanted.id} ${wanted.version}`,
    limits: LIMITS,
    isDurable: true,
  })
  const hidden = unpacked.files.find(({ path }) => path.split('/').some((part) => part.startsWith('.')))
  if (hidden) throw wrong(`${harmless(hidden.path, 200)}: dot files and folders are not taken`)
  if (!MANIFEST_FILES.some((name) => existsSync(join(files, name))))
    throw wrong(`the archive has no ${MANIFEST_FILES[0]}`)
  const { listings, skipped } = await press.shelf.inspect(files)
  const [bad] = skipped
  if (bad) throw wrong(`${harmless(bad.item, 200)}: ${harmless(bad.reason, 300)}`)
  const [one, other] = listings
  if (!one || other) throw wrong(`the archive must hold one item, not ${listings.length}`)
  if (one.name !== wanted.id || one.version !== wanted.version)
    throw wrong(`the archive holds ${one.name} ${one.version ?? ''} and the entry says ${wanted.id} ${wanted.version}`)
  return files
}

/** The folder of a version: below that of its name, or beside it where goods lie in that folder themselves. */
function placeOf(folder: string, { id, version }: { id: string; version: string }): string {
  const isGoods = MANIFEST_FILES.some((name) => existsSync(join(folder, id, name)))
  return isGoods ? join(folder, `${id}+${version}`) : join(folder, id, version)
}

async function place(press: Press, body: Record<string, unknown>, stage: string): Promise<Published> {
  const manifest = manifestOf(body)
  const { id, version } = manifest
  const taken = new Refusal(409, `${id} ${version} is published already`)
  const known = (await press.shelf.list()).find((one) => one.name === id)
  if (known?.version === version || known?.releases.some((one) => one.version === version)) throw taken
  const bytes = archiveOf(body)
  await mkdir(stage, { mode: 0o700 })
  let files = join(stage, 'files')
  if (bytes) files = await openArchive(press, bytes, stage, manifest)
  else {
    await mkdir(files)
    await writeFile(join(files, 'souk.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    const readme = body['long_description']
    if (typeof readme === 'string') await writeFile(join(files, 'README.md'), readme)
  }
  const target = placeOf(press.folder, manifest)
  await mkdir(join(target, '..'), { recursive: true })
  try {
    // One step for everyone who reads; a folder that is there with goods in it makes it fail.
    await rename(files, target)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR' ? taken : error
  }
  return { status: 201, name: id, version }
}

/** Stores one publication as a new folder, whole or not at all. A version that is there is never touched (409). */
export async function publishGoods(press: Press, body: Record<string, unknown>): Promise<Published> {
  const stage = join(press.folder, `.stage-${press.system.random.id(12)}`)
  try {
    return await place(press, body, stage)
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, reason: error.message }
    if (isMarketError(error) && error.code === 'item.unsafe') return { status: 422, reason: error.message }
    throw error
  } finally {
    await rm(stage, { recursive: true, force: true })
  }
}

/** Name and version that a body claims, for the audit trail, whatever else is wrong with it. */
export function claimOf(body: Record<string, unknown>): { item: string; version?: string } {
  const { id, name, version } = body
  const item = [id, name].find((one) => typeof one === 'string' && ID_PATTERN.test(one))
  return {
    item: typeof item === 'string' ? item : 'unnamed',
    ...(typeof version === 'string' && VERSION.test(version) ? { version } : {}),
  }
}
