import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isMarketError, reasonOf, registryProbe } from '../model/errors.ts'
import { makeQuery } from '../model/query.ts'
import type { Probe } from '../model/registry-edit.ts'
import { BUILTIN, type RegistryEntry } from '../model/registry-entry.ts'
import { harmless } from '../model/text.ts'
import { recogniseProtocol } from './builtin.ts'
import type { RegistryOptions } from './open-registry.ts'
import { localPath } from './protocols/local-path.ts'
import type { Batch, Connection } from './registry.ts'

interface ProbeOptions extends RegistryOptions {
  /** Time limits of the settings, ms. */
  limits: { catalog: number }
}

/** Most different kinds that are told. */
const MOST_KINDS = 20
const isWeb = (url: string): boolean => /^https?:\/\//i.test(url)
const isHere = (url: string): boolean => /^(?:file:|\/|\.{1,2}\/|~\/)/i.test(url)
/** Errors after which no other way of asking the same place will fare better. */
const FINAL = new Set(['registry.connection', 'registry.timeout', 'registry.rateLimit'])
const REFUSED = new Set(['registry.authentication', 'registry.authorization', 'registry.credentials'])

/**
 * Finds out what lies at an address by looking: a folder, a git repository, a document that lists goods, or a registry
 * with a search. It is asked under the time limits, size limits and credentials of its entry, and nothing is kept.
 * Throws `registry.*` when it cannot be reached or is no registry, after the best of what was tried.
 */
export async function probe(
  entry: RegistryEntry,
  options: ProbeOptions,
  signal?: AbortSignal,
): Promise<Omit<Probe, 'name'>> {
  const { clock } = options.system
  const from = clock.monotonic()
  const tried: Probe['tried'] = []
  for (const protocol of entry.protocol ? [entry.protocol] : likely(entry, options)) {
    try {
      const found = await look({ ...entry, protocol }, options, signal)
      return { address: entry.url, protocol, tried, ms: Math.round(clock.monotonic() - from), ...found }
    } catch (error) {
      signal?.throwIfAborted()
      const code = isMarketError(error) ? error.code : ''
      if (REFUSED.has(code)) {
        const note = reasonOf(error)
        const ms = Math.round(clock.monotonic() - from)
        return { address: entry.url, protocol, tried, ms, ...NOTHING, needsCredentials: true, note }
      }
      if (code.startsWith('config.') || code.startsWith('plugin.')) throw error
      const why = bare(reasonOf(error), entry.name)
      if (entry.protocol || (FINAL.has(code) && protocol !== 'git')) throw registryProbe(shown(entry.url), why, error)
      tried.push({ protocol, why })
    }
  }
  const why = tried.map((one) => `as ${one.protocol} ${one.why}`).join('; ')
  throw registryProbe(shown(entry.url), tried.length > 1 ? why : (tried[0]?.why ?? 'it is of no known kind'), undefined)
}

const NOTHING = { skipped: 0, kinds: {}, shapes: {}, needsCredentials: false } as const
type Found = Pick<Probe, 'items' | 'skipped' | 'kinds' | 'shapes' | 'needsCredentials' | 'note'>

const shown = (address: string): string => harmless(address, 300)

/** A reason without the words every sentence of a registry begins with. */
const bare = (sentence: string, registry: string): string =>
  sentence
    .replace(`Registry "${registry}" `, '')
    .replace(/^(?:gave an answer that cannot be read|cannot be reached): /, '')
    .replace(/\.$/, '')

/** The protocols that may stand behind an address, likeliest first. */
function likely(entry: RegistryEntry, options: ProbeOptions): string[] {
  if (isHere(entry.url)) return [localProtocol(entry, options)]
  if (!isWeb(entry.url) || /\.git\/?$/i.test(entry.url)) return ['git']
  return /\.(?:json|ya?ml)(?:[?#].*)?$/i.test(entry.url) ? ['index', 'rest'] : ['rest', 'index', 'git']
}

function localProtocol(entry: RegistryEntry, { system }: ProbeOptions): string {
  const path = localPath(entry, system)
  const facts = statSync(path, { throwIfNoEntry: false })
  if (!facts) throw registryProbe(shown(entry.url), 'there is no such folder or file', undefined)
  if (facts.isFile()) return 'index'
  return existsSync(join(path, 'HEAD')) && existsSync(join(path, 'objects')) ? 'git' : 'folder'
}

async function look(entry: RegistryEntry, options: ProbeOptions, parent: AbortSignal | undefined): Promise<Found> {
  const protocol = recogniseProtocol(entry, options.protocols)
  const connection = await protocol.connect(entry, options)
  const signal = options.system.clock.deadline(options.limits.catalog, parent)
  try {
    return foundIn(await everything(connection, signal))
  } catch (error) {
    if (!signal.aborted || parent?.aborted || entry.protocol !== 'git') throw error
    await isRepository(entry, options, parent)
    const seconds = Math.round(options.limits.catalog / 1000)
    return {
      ...NOTHING,
      note: `It is large: what is in it was not counted within ${seconds} s. Give it a longer timeoutMs.`,
    }
  } finally {
    await connection.close?.()
  }
}

async function everything(connection: Connection, signal: AbortSignal): Promise<Batch> {
  const ask = connection.list
    ? connection.list({ signal })
    : (connection.search?.(makeQuery({ limit: 0 }), { signal }) ?? { listings: [], skipped: [] })
  const answer = await ask
  return answer === 'not-modified' ? { listings: [], skipped: [] } : answer
}

/** Asks for the branches of a repository alone, which is quick however large it is. Throws when it is none. */
async function isRepository(
  entry: RegistryEntry,
  options: ProbeOptions,
  parent: AbortSignal | undefined,
): Promise<void> {
  const [{ gitAccessOf }, { gitAddress, runGit }] = await Promise.all([
    import('./protocols/git-access.ts'),
    import('./protocols/git-program.ts'),
  ])
  const signal = options.system.clock.deadline(options.limits.catalog, parent)
  const access = await gitAccessOf(entry, options, signal)
  const url = gitAddress(entry.url, entry.name)
  await runGit(['ls-remote', '--quiet', '--', url, 'HEAD'], {
    system: options.system,
    registry: entry.name,
    url,
    access,
    signal,
  })
}

function foundIn({ listings, skipped, shapes = {} }: Batch): Found {
  const kinds = new Map<string, number>()
  for (const { kind } of listings) {
    if (kinds.has(kind) || kinds.size < MOST_KINDS) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const note = listings.length === 0 ? { note: 'Nothing in it has a shape that is known.' } : {}
  return {
    items: listings.length,
    skipped: skipped.length,
    kinds: Object.fromEntries(kinds),
    shapes,
    needsCredentials: false,
    ...note,
  }
}

/** A name for what lies at an address: the last telling part of it, made different from those taken. */
export function nameFor(url: string, taken: readonly string[]): string {
  const isFile = /\.(?:git|json|ya?ml)$/i
  const [path = ''] = url.split(/[?#]/, 1)
  const last = path.split(/[/:]/).findLast(Boolean) ?? ''
  const telling = isWeb(url) && !isFile.test(path) ? new URL(url).host.replace(/^www\./, '') : last.replace(isFile, '')
  const parts = telling.toLowerCase().split(/[^a-z0-9.]+/)
  const slug = parts
    .filter((part) => part.replaceAll('.', '') !== '')
    .join('-')
    .slice(0, 50)
  const stem = /^[a-z0-9]/.test(slug) ? slug : `registry${slug === '' ? '' : '-'}${slug}`
  const isTaken = (name: string): boolean => name === BUILTIN || taken.some((one) => one.toLowerCase() === name)
  for (let number = 1; ; number++) {
    const name = number === 1 ? stem : `${stem}-${number}`
    if (!isTaken(name)) return name
  }
}
