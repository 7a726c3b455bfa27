import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { itemUnsafe, registryAnswer } from '../model/errors.ts'
import type { Artifact } from '../model/listing.ts'
import { PLUGIN_SCHEME } from '../model/plugin.ts'
import type { Query } from '../model/query.ts'
import { decoded, type RegistryEntry } from '../model/registry-entry.ts'
import { addressOf } from '../http/address.ts'
import { orAborted } from '../http/or-aborted.ts'
import { converse, type Asking, type Wire } from '../registries/protocols/converse.ts'
import { fetchArtifact } from '../registries/protocols/fetch-artifact.ts'
import { PAGE_ROWS } from '../registries/protocols/pages.ts'
import { restQuery } from '../registries/protocols/rest-query.ts'
import type { Call, Connection, ProtocolTools } from '../registries/registry.ts'
import { isEntry } from '../registries/shapes/members.ts'
import type { SourceEntry, SourceQuery } from './author.ts'
import { openBroker } from './broker.ts'
import { GuestProcess, type GuestCall, type GuestLimits, type GuestOptions } from './guest-process.ts'

/** Archives that a plugin hands over as bytes may be so large; larger ones have an address. */
const DOWNLOAD_BYTES = 8 * 1024 * 1024
/** A process nobody asked anything for so long is ended, ms. */
const IDLE_MS = 30_000

/** Time limits of the settings, ms; an entry's own goes over all but that of downloads. */
export interface PluginLimits extends GuestLimits {
  timeoutMs: Record<'search' | 'metadata' | 'catalog' | 'download', number>
}

export interface PluginConnectOptions {
  plugin: GuestOptions['plugin']
  protocol: string
  entry: RegistryEntry
  tools: ProtocolTools
  limits: PluginLimits
}

/** One registry of a plugin: its process while it is needed, and what `connect` answered. */
class PluginSource {
  readonly #options: PluginConnectOptions
  #opening: Promise<{ guest: GuestProcess; has: ReadonlySet<unknown> }> | undefined
  #guest: GuestProcess | undefined
  #leave: (() => void) | undefined

  constructor(options: PluginConnectOptions) {
    this.#options = options
  }

  /** The process and what it can be asked, started anew when the former one has ended. */
  async open(signal?: AbortSignal): Promise<{ guest: GuestProcess; has: ReadonlySet<unknown> }> {
    if (this.#guest?.hasEnded) this.#opening = undefined
    this.#opening ??= this.#start()
    return orAborted(this.#opening, signal)
  }

  async #start(): Promise<{ guest: GuestProcess; has: ReadonlySet<unknown> }> {
    const { plugin, entry, tools, limits } = this.#options
    const fetch = openBroker(entry, plugin.manifest.permissions.net, tools.http)
    const guest = new GuestProcess({ system: tools.system, plugin, registry: entry.name, limits, fetch })
    this.#guest = guest
    try {
      const has = await guest.call(this.#call('connect', [await this.#entry()], 'catalog'))
      return { guest, has: new Set(Array.isArray(has) ? has : []) }
    } catch (error) {
      // One that refuses is asked again next time: its settings may be others by then.
      this.#opening = undefined
      await guest.close()
      throw error
    }
  }

  async ask(method: GuestCall['method'], args: unknown[], kind: keyof PluginLimits['timeoutMs'], call: Call) {
    const { guest } = await this.open(call.signal)
    this.#leave?.()
    try {
      return await guest.call({ ...this.#call(method, args, kind), signal: call.signal })
    } finally {
      this.#leave?.()
      this.#leave = this.#options.tools.system.clock.after(IDLE_MS, () => void guest.close())
    }
  }

  async close(): Promise<void> {
    this.#leave?.()
    await this.#guest?.close()
  }

  #call(method: GuestCall['method'], args: unknown[], kind: keyof PluginLimits['timeoutMs']): GuestCall {
    const { protocol, entry, limits } = this.#options
    const own = kind === 'download' ? undefined : entry.timeoutMs
    return { protocol, method, args, limitMs: own ?? limits.timeoutMs[kind] }
  }

  /** What the plugin may know of the entry; its credentials only where the entry says so. */
  async #entry(): Promise<SourceEntry> {
    const { name, type, url, options } = this.#options.entry
    const { shareCredentials, ...rest } = options
    const header = shareCredentials === true ? await this.#options.tools.credentials.authorization() : undefined
    return { name, type, url, options: rest, ...(header === undefined ? {} : { authorization: header }) }
  }
}

function queryOf(query: Query, offset: number): SourceQuery {
  const sent = new Map(restQuery(query, offset))
  const { sort_by: sort, sort_order: order } = Object.fromEntries(sent)
  return {
    text: query.text,
    categories: [...(query.filters.category ?? [])],
    ...(sent.has('verified') ? { verified: true } : {}),
    ...(sort === undefined ? {} : { sort: sort as NonNullable<SourceQuery['sort']> }),
    ...(order === undefined ? {} : { order: order as NonNullable<SourceQuery['order']> }),
    limit: PAGE_ROWS,
    offset,
  }
}

/** Whether everything is asked for. */
const isEverything = ({ text, categories, verified, offset }: SourceQuery): boolean =>
  text === '' && categories.length === 0 && verified === undefined && offset === 0

/** Goods without an address of their own get one that leads back to the plugin. */
const addressed = (row: unknown, has: ReadonlySet<unknown>): unknown =>
  isEntry(row) && has.has('download') && (row['download_url'] ?? undefined) === undefined
    ? { ...row, download_url: addressFor(row['version'], row['name']) }
    : row
const addressFor = (...parts: unknown[]): string =>
  `${PLUGIN_SCHEME}${parts.map((one) => encodeURIComponent(typeof one === 'string' ? one : '')).join('/')}`

/** The questions of the registry protocol as calls of the plugin. */
const wireOf = (source: PluginSource): Wire => ({
  async search(query, offset, { call }) {
    const { has } = await source.open(call.signal)
    const wanted = queryOf(query, offset)
    const isListed = has.has('list') && isEverything(wanted)
    const answer = await (isListed
      ? source.ask('list', [], 'catalog', call)
      : source.ask('search', [wanted], 'search', call))
    const page = Array.isArray(answer) ? { templates: answer as unknown[], total: offset + answer.length } : answer
    if (!isEntry(page) || !Array.isArray(page['templates'])) return { value: page }
    const templates = page['templates'].map((row) => addressed(row, has))
    return { value: { templates, total_count: page['total'] } }
  },
  async template(name, version, { call }: Asking) {
    const { has } = await source.open(call.signal)
    const answer = await source.ask('getTemplate', [name, version ?? null], 'metadata', call)
    return answer === null || answer === undefined ? undefined : { value: addressed(answer, has) }
  },
  async categories(call) {
    const { has } = await source.open(call.signal)
    return has.has('categories') ? source.ask('categories', [], 'catalog', call) : []
  },
})

/** Connects to a registry through a plugin. Nothing runs before the first question. */
export function connectPlugin(options: PluginConnectOptions): Connection {
  const { entry, tools } = options
  const source = new PluginSource(options)
  const place = { registry: entry.name, home: entry.url, tools }
  return {
    ...converse(wireOf(source), entry),
    async fetch(artifact, into, call) {
      if (artifact.form !== 'archive' || !artifact.url.startsWith(PLUGIN_SCHEME))
        return fetchArtifact(artifact, into, call, place)
      const [version = '', name = ''] = artifact.url.slice(PLUGIN_SCHEME.length).split('/').map(decoded)
      const answer = await source.ask('download', [name, version], 'download', call)
      if (typeof answer !== 'string') return writeBytes(answer, into, { name, call, registry: entry.name })
      const url = addressOf(entry.url, answer)?.href ?? answer
      return fetchArtifact({ ...artifact, url } satisfies Artifact, into, call, place)
    },
    close: () => source.close(),
  }
}

async function writeBytes(
  answer: unknown,
  into: string,
  { name, call, registry }: { name: string; call: Call; registry: string },
): Promise<{ bytes: number }> {
  const base64 = isEntry(answer) ? answer['base64'] : undefined
  if (typeof base64 !== 'string') throw registryAnswer(registry, 'its plugin gave neither bytes nor an address')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length > DOWNLOAD_BYTES) throw itemUnsafe(name, `its plugin hands over more than ${DOWNLOAD_BYTES} bytes`)
  await mkdir(dirname(into), { recursive: true })
  await writeFile(into, bytes, { mode: 0o600 })
  call.report?.(bytes.length, bytes.length)
  return { bytes: bytes.length }
}
