import type { Source } from '../model/catalog.ts'
import { isMarketError, itemVersion, reasonOf, registryTimeout, registryUnknown } from '../model/errors.ts'
import type { Listing } from '../model/listing.ts'
import type { Installation } from '../model/plan.ts'
import { makeQuery } from '../model/query.ts'
import { faultState } from '../registries/fault-state.ts'
import { isOwn } from '../model/registry-entry.ts'
import type { Registry } from '../registries/registry.ts'
import { unionOf, type Named } from './category-union.ts'
import { federate, unaskedSources } from './federate.ts'
import type { AskFlags, Search, SearchParts } from './open-search.ts'
import { notThere, recall, type Asked } from './not-there.ts'
import type { Places } from './places.ts'

export interface LookupParts extends Omit<SearchParts, 'installed'> {
  search: Search
  places: Places
  settings: SearchParts['settings'] & {
    http: { timeoutMs: Record<'search' | 'metadata' | 'catalog' | 'health', number> }
  }
  installed(): Promise<Installation[]>
}

/** `isAhead`: nobody asked for it yet; it is only told as an event of its own. */
interface DetailsFlags extends AskFlags {
  version?: string
  isAhead?: boolean
}

/** An item, where from, and how old the word is. */
export interface Found {
  listing: Listing
  /** Same item in other registries. */
  offers: Listing[]
  installation?: Installation
  state: 'fresh' | 'cached' | 'stale'
  ageMs: number
  sources: Source[]
}

/** Questions that are no search: one item, all categories, how the registries fare. */
export interface Lookup {
  details(id: string, flags?: DetailsFlags): Promise<Found>
  categories(
    flags?: AskFlags,
  ): Promise<{ categories: { name: string; count?: number; registries: string[] }[]; sources: Source[] }>
  /** With `isPoll` nobody waits for the goods: the time limit of health holds, whatever a registry's own for questions. */
  survey(flags?: AskFlags & { isPoll?: boolean }): Promise<Source[]>
  test(name: string, signal?: AbortSignal): Promise<Source>
}

export function openLookup(parts: LookupParts): Lookup {
  const { registries, system, places, settings } = parts
  const ask = async (
    some: readonly Registry[],
    { isPoll, ...flags }: AskFlags & { isPoll?: boolean },
  ): Promise<Source[]> => {
    const { search, health } = settings.http.timeoutMs
    let sources = unaskedSources(some).map((one) => one.source)
    const query = makeQuery({ limit: 0 })
    for await (const set of federate(query, {
      registries: some,
      clock: system.clock,
      places,
      timeoutMs: search,
      ...(isPoll ? { mostMs: health } : {}),
      expectedMs: parts.expectedMs,
      ...flags,
    })) {
      sources = set.map((one) => one.source)
    }
    return sources
  }
  return {
    async details(id, { isAhead, ...flags } = {}) {
      const found = await details(parts, id, flags)
      if (isAhead) parts.emit('item.prefetched', { id })
      return found
    },
    categories: (flags = {}) => categories(parts, flags),
    survey: (flags = {}) => ask(registries, flags),
    async test(name, signal) {
      const registry = named(registries, name)
      const isOn: Registry = { ...registry, entry: { ...registry.entry, enabled: true } }
      const [source] = await ask([isOn], { refresh: true, ...(signal ? { signal } : {}) })
      return (
        source ?? { registry: name, registryType: registry.entry.type, state: 'failed', items: 0, ms: 0, skipped: [] }
      )
    },
  }
}

function named(registries: readonly Registry[], name: string): Registry {
  const found = registries.find((one) => one.entry.name === name)
  if (found) return found
  const names = registries.map((one) => one.entry.name)
  throw registryUnknown(name, names)
}

interface Wanted {
  name: string
  version: string | undefined
  flags: AskFlags
  /** Only this registry may be asked over the wire. */
  quietUnless?: string | undefined
}

/**
 * Asks registries for one item, side by side; what fails is kept, not thrown. With `quietUnless`, only that registry
 * may be asked over the wire, and the others say what is in the cache, if anything.
 */
async function askItem(parts: LookupParts, some: readonly Registry[], wanted: Wanted): Promise<Asked[]> {
  const { system, places, settings } = parts
  const asking = some.map((registry) =>
    places.take(async (): Promise<Asked> => {
      const ms = registry.entry.timeoutMs ?? settings.http.timeoutMs.metadata
      const signal = system.clock.deadline(ms, wanted.flags.signal)
      try {
        const isQuiet = wanted.quietUnless !== undefined && wanted.quietUnless !== registry.entry.name
        const flags = { ...wanted.flags, ...(isQuiet ? { offline: true } : {}), signal }
        return { registry, answer: await registry.item(wanted.name, wanted.version, flags) }
      } catch (error) {
        return { registry, error: timely(error, registry, { signal, caller: wanted.flags.signal, ms }) }
      }
    }),
  )
  const asked = await Promise.all(asking)
  wanted.flags.signal?.throwIfAborted()
  return asked.filter(({ error }) => wanted.flags.offline || !isMarketError(error) || error.code !== 'registry.offline')
}

/** More than any priority there is: a name is looked for in one's own registries before public ones. */
const MOST_PRIORITY = 1_000_000

/**
 * Asks for a name that may be anywhere: one's own registries and the default first, public ones only when none of
 * those has it, so that a private name is not told to them (inventory S3.22).
 */
async function askByName(parts: LookupParts, some: readonly Registry[], wanted: Wanted): Promise<Asked[]> {
  const isFirst = ({ entry }: Registry): boolean => isOwn(entry) || entry.name === parts.settings.defaultRegistry
  const first = some.some((one) => isOwn(one.entry)) ? some.filter(isFirst) : []
  const asked = await askItem(parts, first, wanted)
  if (asked.some((one) => one.answer?.value !== undefined)) return asked
  const rest = await askItem(
    parts,
    some.filter((one) => !first.includes(one)),
    wanted,
  )
  return [...asked, ...rest]
}

/** A deadline of ours that passed is told as the registry's slowness. */
function timely(
  error: unknown,
  registry: Registry,
  { signal, caller, ms }: { signal: AbortSignal; caller: AbortSignal | undefined; ms: number },
): unknown {
  return signal.aborted && !caller?.aborted ? registryTimeout(registry.entry.name, ms) : error
}

function sourceOf({ registry, answer, error }: Asked): Source {
  const { name, type } = registry.entry
  const source: Source = {
    registry: name,
    registryType: type,
    state: answer?.state ?? faultState(error),
    items: answer?.value ? 1 : 0,
    ms: 0,
    skipped: [],
  }
  if (answer && answer.state !== 'fresh') source.ageMs = answer.ageMs
  const cause = error ?? answer?.reason
  if (cause !== undefined) source.reason = reasonOf(cause)
  if (isMarketError(cause)) {
    source.code = cause.code
    if (cause.hint !== undefined) source.hint = cause.hint
    const { type } = cause.details
    if (typeof type === 'string') source.fault = type
  }
  return source
}

/** `registry/name`, `name`, either with `@version`. */
function parseId(id: string, registries: readonly Registry[]): { registry?: Registry; name: string; version?: string } {
  const at = id.lastIndexOf('@')
  const bare = at > 0 ? id.slice(0, at) : id
  const version = at > 0 ? { version: id.slice(at + 1) } : {}
  const slash = bare.indexOf('/')
  const registry = slash < 0 ? undefined : registries.find((one) => one.entry.name === bare.slice(0, slash))
  return registry ? { registry, name: bare.slice(slash + 1), ...version } : { name: bare, ...version }
}

/**
 * One item. An exact id asks its own registry only, so that a private name is told to nobody else; a bare name goes
 * to one's own registries before the public ones, and the installed one, then the default registry, then the
 * configured order decides (inventory C17).
 * An item that is installed is found even when every registry is gone.
 */
async function details(parts: LookupParts, id: string, flags: DetailsFlags): Promise<Found> {
  const { registry, name, version: inId } = parseId(id, parts.registries)
  const version = flags.version ?? inId
  const all = await parts.installed()
  const installation =
    all.find((one) => one.id === id) ??
    all.find((one) => (registry ? one.id === `${registry.entry.name}/${name}` : one.name === name))
  const some = registry ? [registry] : parts.registries.filter((one) => one.entry.enabled)
  const { version: _, ...asking } = flags
  // An item that is here was answered by its own registry; showing it asks nobody else (inventory S9.22).
  const quietUnless = version === undefined && !flags.refresh ? installation?.registry : undefined
  const wanted = { name, version, flags: asking, quietUnless }
  const asked = registry ? await askItem(parts, some, wanted) : await askByName(parts, some, wanted)
  const sources = asked.map(sourceOf)
  const place = ({ registry: { entry } }: Asked): number =>
    entry.name === installation?.registry
      ? -2
      : entry.name === parts.settings.defaultRegistry
        ? -1
        : entry.priority + (isOwn(entry) ? 0 : MOST_PRIORITY)
  const found = asked.filter((one) => one.answer?.value !== undefined).toSorted((a, b) => place(a) - place(b))
  const lead = found[0]?.answer
  if (lead?.value) {
    const known = registry ? parts.search.find(name).filter((one) => one.kind === lead.value?.kind) : []
    const offers = [
      ...found.flatMap((one) => one.answer?.value ?? []),
      ...known.filter((one) => one.id !== lead.value?.id),
    ]
    return {
      listing: atVersion(lead.value, version),
      offers,
      ...(installation ? { installation } : {}),
      state: lead.state,
      ageMs: lead.ageMs,
      sources,
    }
  }
  if (installation && version === undefined) {
    return {
      listing: installation.listing,
      offers: [],
      installation,
      state: 'stale',
      ageMs: parts.system.clock.now() - Date.parse(installation.installedAt),
      sources,
    }
  }
  if (version !== undefined && asked.every((one) => one.error === undefined)) {
    const others = await askItem(parts, some, { name, version: undefined, flags: asking })
    const [other] = others.flatMap((one) => one.answer?.value ?? [])
    const known = other?.releases.map((one) => one.version) ?? []
    if (other) throw itemVersion(id, version, known)
  }
  throw await notThere(parts, { id, name, version, asked, registry, flags: asking })
}

/** The listing as of one of its releases. */
function atVersion(listing: Listing, version: string | undefined): Listing {
  return version === undefined || !listing.releases.some((one) => one.version === version)
    ? listing
    : { ...listing, version }
}

/** The categories of all registries. Where counts are missing, what the cache holds of the items is counted. */
async function categories(parts: LookupParts, flags: AskFlags): ReturnType<Lookup['categories']> {
  const { registries, places, settings, system } = parts
  const enabled = registries.filter((one) => one.entry.enabled)
  const named = new Map<string, readonly Named[]>()
  const ask = async (registry: Registry, recall: AbortSignal): Promise<Source> => {
    const { name: from, type, timeoutMs } = registry.entry
    const ms = timeoutMs ?? settings.http.timeoutMs.catalog
    const signal = system.clock.deadline(ms, AbortSignal.any([recall, ...(flags.signal ? [flags.signal] : [])]))
    try {
      const answer = await registry.categories({ ...flags, signal })
      named.set(from, answer.value)
      return { registry: from, registryType: type, state: answer.state, items: answer.value.length, ms: 0, skipped: [] }
    } catch (error) {
      return sourceOf({ registry, error: timely(error, registry, { signal, caller: flags.signal, ms }) })
    }
  }
  const sources = await Promise.all(enabled.map((one) => places.lend((recall) => ask(one, recall))))
  flags.signal?.throwIfAborted()
  if ([...named.values()].flat().some((one) => one.count === undefined)) await recall(parts.search)
  const sets = enabled.map(({ entry: { name } }): [string, readonly Named[]] => [name, named.get(name) ?? []])
  return { categories: unionOf(sets, parts.search.known()), sources }
}
