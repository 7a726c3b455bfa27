import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MANIFEST_FILES } from '../model/manifest-files.ts'
import { reasonOf } from '../model/errors.ts'
import { OUTSIDE } from '../model/limits.ts'
import { harmless } from '../model/text.ts'
import { readYaml } from '../model/yaml-text.ts'
import { issuesOf, pluginManifestSchema, type PluginManifest } from './contract.ts'

/** A plugin as its folder holds it; nothing of it has run. */
export interface FoundPlugin {
  /** Its id, or the name of its folder when that cannot be read. */
  name: string
  folder: string
  manifest?: PluginManifest
  /** Ids of the protocols it means to add, also when its manifest has a fault. */
  claims: string[]
  /** SHA-256 over the paths and bytes of all its files, in hex. */
  digest?: string
  /** The very bytes the digest is over, by path with forward slashes. */
  files: ReadonlyMap<string, Buffer>
  bytes: number
  problems: string[]
}

/** Reads a plugin whole: all of its files and its manifest. Never throws; what is wrong is in `problems`. */
export async function readPlugin(folder: string): Promise<FoundPlugin> {
  const files = new Map<string, Buffer>()
  const problems: string[] = []
  try {
    await readInto(files, folder, '')
  } catch (error) {
    problems.push(harmless(reasonOf(error), 200))
  }
  const bytes = [...files.values()].reduce((sum, one) => sum + one.length, 0)
  const found: FoundPlugin = { name: harmless(basename(folder), 100), folder, files, bytes, claims: [], problems }
  if (problems.length > 0) return found
  found.digest = digestOf(files)
  return { ...found, ...manifestOf(files, found.name, problems) }
}

async function readInto(files: Map<string, Buffer>, folder: string, below: string): Promise<void> {
  for (const one of await readdir(join(folder, below), { withFileTypes: true })) {
    const path = below === '' ? one.name : `${below}/${one.name}`
    if (one.isDirectory()) await readInto(files, folder, path)
    else if (!one.isFile()) throw new Error(`${path} is a link or no plain file`)
    else files.set(path, await readPlain(join(folder, path)))
    const bytes = [...files.values()].reduce((sum, file) => sum + file.length, 0)
    if (files.size > OUTSIDE.pluginFiles) throw new Error(`it has more than ${OUTSIDE.pluginFiles} files`)
    if (bytes > OUTSIDE.pluginBytes) throw new Error(`it is larger than ${OUTSIDE.pluginBytes} bytes`)
  }
}

/** One file, no larger than a plugin may be; a link is refused by the system itself. */
async function readPlain(path: string): Promise<Buffer> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = await handle.stat()
    if (size > OUTSIDE.pluginBytes) throw new Error(`${basename(path)} is larger than ${OUTSIDE.pluginBytes} bytes`)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

function digestOf(files: ReadonlyMap<string, Buffer>): string {
  const whole = createHash('sha256')
  for (const [path, bytes] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    whole.update(`${JSON.stringify([path, bytes.length])}\n`).update(bytes)
  return whole.digest('hex')
}

/** The manifest, the name in it and what it claims; what is wrong goes to `problems`. */
function manifestOf(
  files: ReadonlyMap<string, Buffer>,
  name: string,
  problems: string[],
): Partial<Pick<FoundPlugin, 'manifest' | 'name' | 'claims'>> {
  const file = MANIFEST_FILES.find((one) => files.has(one))
  if (file === undefined) {
    problems.push(`it has no ${MANIFEST_FILES[0]}`)
    return {}
  }
  const read = readYaml(files.get(file)?.toString('utf8') ?? '')
  if (read.fault) {
    problems.push(`${file}:${read.fault.line}: ${read.fault.why}`)
    return {}
  }
  const checked = pluginManifestSchema.safeParse(read.data)
  if (!checked.success) {
    problems.push(...issuesOf(checked.error, file))
    return { claims: claimsOf(read.data) }
  }
  const manifest = checked.data
  if (!files.has(plain(manifest.entry))) problems.push(`${file} entry: there is no file ${manifest.entry}`)
  return { manifest, name: manifest.id, claims: manifest.protocols.map((one) => one.id) }
}

/** What a manifest with a fault says of protocols, as far as it can be understood. */
function claimsOf(data: unknown): string[] {
  const list = (data as { protocols?: unknown } | null)?.protocols
  if (!Array.isArray(list)) return []
  const ids = list.slice(0, 20).map((one: unknown) => (one as { id?: unknown } | null)?.id)
  return ids.filter((id) => typeof id === 'string').map((id) => harmless(id, 40))
}

/** The entry as a path of the plugin. */
export const plain = (entry: string): string => entry.replace(/^\.\//, '')
