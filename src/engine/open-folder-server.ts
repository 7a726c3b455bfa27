import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packFolder } from '../bundle/pack.ts'
import type { Source } from '../model/catalog.ts'
import type { Artifact, Listing } from '../model/listing.ts'
import { fileProblem, registryAnswer } from '../model/errors.ts'
import type { Emit } from '../model/events.ts'
import { folder as folderProtocol } from '../registries/protocols/folder.ts'
import type { Connection, ProtocolTools, Skipped } from '../registries/registry.ts'
import { makeQuery } from '../model/query.ts'
import { catalogOf } from '../search/catalog-of.ts'
import { openServer } from '../server/open-server.ts'
import { openVerifier } from '../server/verify-request.ts'
import type { Shelf } from '../server/shelf.ts'
import { keepSecret } from '../model/secrets.ts'
import type { System } from '../system/system.ts'

export interface FolderServerOptions {
  port: number
  host: string
  /** The token that publishers send, and readers where reading is private. */
  token?: string
  /** File of the keys whose signed requests are believed (ssh-keygen(1), ALLOWED SIGNERS). */
  allowedSigners?: string
  /** Reading needs the token or a signature too. */
  isPrivate?: boolean
  /** Told of publications and refusals. */
  emit?: Emit
}

export interface FolderServer {
  url: string
  items: number
  /** Entries of the folder that could not be read and are not served. */
  skipped: Skipped[]
  close(): Promise<void>
}

interface FolderShelf extends Shelf {
  skipped(): Skipped[]
}

/** The goods of a folder as the server's shelf; archives are packed once, into a folder that goes with the server. */
function shelfOf(connection: Connection, packed: string, inspect: Shelf['inspect']): FolderShelf {
  const kept = new Map<string, Promise<{ path: string; sha256: string; size: number }>>()
  let listings: Listing[] = []
  let skipped: Skipped[] = []
  let validator: string | undefined
  const list = async (): Promise<Listing[]> => {
    const batch = await connection.list?.({}, validator)
    if (batch === undefined) throw registryAnswer('folder', 'it cannot be listed')
    if (batch !== 'not-modified') {
      listings = batch.listings
      skipped = batch.skipped
      validator = batch.validator
      kept.clear()
    }
    return listings
  }
  const pack = async (artifact: Artifact, key: string): Promise<{ path: string; sha256: string; size: number }> => {
    const goods = mkdtempSync(join(packed, 'goods-'))
    await connection.fetch(artifact, join(goods, 'files'), {})
    const into = join(goods, `${key}.zip`)
    const done = await packFolder(join(goods, 'files'), { into })
    return { path: into, sha256: done.sha256, size: done.bytes }
  }
  return {
    list,
    inspect,
    rank: rankShelf,
    skipped: () => skipped,
    async pack(name, version) {
      const found = (await list()).find((one) => one.name === name)
      const release = found?.releases.find((one) => one.version === version)
      const [artifact] = release?.artifacts ?? []
      if (!artifact) return undefined
      const key = `${name}-${version}`
      const making = kept.get(key) ?? pack(artifact, key)
      kept.set(key, making)
      // What failed once is tried again: the file may be there next time.
      making.catch(() => kept.delete(key))
      return making
    },
  }
}

/** The search of the program itself over one shelf, so that every door gives the same items in the same order. */
export function rankShelf(all: readonly Listing[], text: string): readonly Listing[] {
  const source: Source = { registry: 'shelf', registryType: 'community', state: 'fresh', items: 0, ms: 0, skipped: [] }
  const context = { installed: new Map<string, string>(), defaultRegistry: undefined, order: ['shelf'] }
  return catalogOf(makeQuery({ text, limit: 0 }), [{ source, listings: all }], context).rows.map((row) => row.listing)
}

/** Serves a folder of goods as a registry until it is closed. */
export async function openFolderServer(
  system: System,
  folder: string,
  options: FolderServerOptions,
): Promise<FolderServer> {
  const packed = mkdtempSync(join(tmpdir(), 'souk-shelf-'))
  const tools = { system, emit: () => {}, workFolder: packed } as unknown as ProtocolTools
  const connect = async (url: string): Promise<Connection> =>
    folderProtocol.connect(
      { name: 'shelf', type: 'community', protocol: 'folder', url, enabled: true, priority: 0, options: {} },
      tools,
    )
  const shelf = shelfOf(await connect(folder), packed, async (goods) => {
    const batch = await (await connect(goods)).list?.({})
    if (batch === undefined || batch === 'not-modified') throw registryAnswer('folder', 'it cannot be listed')
    return batch
  })
  const token = options.token === undefined ? undefined : keepSecret(options.token)
  const { allowedSigners, isPrivate } = options
  const verifier = allowedSigners === undefined ? undefined : openVerifier(system, allowedSigners)
  const clear = (): void => {
    verifier?.close()
    rmSync(packed, { recursive: true, force: true })
  }
  try {
    const items = (await shelf.list()).length
    const server = await openServer({
      system,
      folder,
      shelf,
      host: options.host,
      port: options.port,
      ...(token ? { token } : {}),
      ...(verifier ? { verifier } : {}),
      ...(isPrivate ? { isPrivate } : {}),
      ...(options.emit ? { emit: options.emit } : {}),
    })
    return {
      url: server.url,
      items,
      skipped: shelf.skipped(),
      async close() {
        await server.close()
        clear()
      },
    }
  } catch (error) {
    clear()
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw fileProblem(`${options.host}:${options.port}`, 'another program listens there', error)
    throw error
  }
}
