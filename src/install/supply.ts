import { isMarketError, reasonOf } from '../model/errors.ts'
import type { Listing } from '../model/listing.ts'
import { isOwn } from '../model/registry-entry.ts'
import type { AskOptions, Registry } from '../registries/registry.ts'
import type { TakePlace } from './work.ts'

/** Where listings come from, and under which rules they are asked for. */
export interface Supply {
  registries: readonly Registry[]
  defaultRegistry?: string
  options: AskOptions
  take: TakePlace
}

interface Found {
  id?: string
  asked: string[]
}

/** Registries in which a name is looked for, in order: named one alone, else the asker's own, the default, private ones, the rest. */
function searchOrder(request: Supply, name: string, source: string | undefined, home: string | undefined) {
  const { registries, defaultRegistry } = request
  const byName = new Map(registries.map((one) => [one.entry.name, one]))
  const orders: { registry: Registry; name: string }[] = []
  const slash = name.indexOf('/')
  const qualifier = slash > 0 ? byName.get(name.slice(0, slash)) : undefined
  if (qualifier) orders.push({ registry: qualifier, name: name.slice(slash + 1) })
  if (source !== undefined && byName.has(source)) {
    const registry = byName.get(source)
    return registry ? [...orders, { registry, name }] : orders
  }
  const first = [home, defaultRegistry].filter((one) => one !== undefined)
  // A name of one's own registries is told to no public one (inventory S3.22).
  const rest = registries
    .filter((one) => !first.includes(one.entry.name))
    .toSorted((a, b) => Number(isOwn(b.entry)) - Number(isOwn(a.entry)))
  const ordered = [...new Set(first)].flatMap((one) => byName.get(one) ?? []).concat(rest)
  // A name that begins with a registry's name means that registry; only names with further slashes may be whole.
  if (qualifier && name.indexOf('/', slash + 1) < 0) return orders
  return orders.concat(ordered.map((registry) => ({ registry, name })))
}

/** Asks registries for names, each question once. */
export function openSupplier(request: Supply) {
  const failures = new Map<string, Error>()
  const warnings = new Set<string>()
  const listings = new Map<string, Listing>()
  const answers = new Map<string, Promise<Listing | undefined>>()
  const finds = new Map<string, Promise<Found>>()

  const askOne = async (registry: Registry, name: string): Promise<Listing | undefined> => {
    const { value } = await registry.item(name, undefined, request.options)
    if (!value || value.releases.length > 0) return value
    const releases = await registry.releases(name, request.options)
    return releases.value.length > 0 ? { ...value, releases: releases.value } : value
  }
  const ask = (registry: Registry, name: string): Promise<Listing | undefined> => {
    const key = `${registry.entry.name}\n${name}`
    const known = answers.get(key) ?? request.take(() => askOne(registry, name))
    answers.set(key, known)
    return known
  }
  const lookFor = async (name: string, source: string | undefined, home: string | undefined): Promise<Found> => {
    const asked: string[] = []
    const failed: string[] = []
    for (const place of searchOrder(request, name, source, home)) {
      const registry = place.registry.entry.name
      try {
        const listing = await ask(place.registry, place.name)
        asked.push(registry)
        if (!listing) continue
        const id = `${registry}/${listing.name}`
        listings.set(id, listing)
        if (failed.length > 0) warnings.add(`${id} was taken from ${registry}; not reachable: ${failed.join(', ')}.`)
        return { id, asked }
      } catch (error) {
        request.options.signal?.throwIfAborted()
        const failure = error instanceof Error ? error : new Error(String(error))
        failures.set(registry, failures.get(registry) ?? failure)
        failed.push(registry)
        asked.push(`${registry} (unreachable: ${isMarketError(error) ? error.code : reasonOf(error)})`)
      }
    }
    return { asked }
  }
  return {
    failures,
    warnings,
    listings,
    find(name: string, source?: string, home?: string): Promise<Found> {
      const key = [name, source ?? '', home ?? ''].join('\n')
      const known = finds.get(key) ?? lookFor(name, source, home)
      finds.set(key, known)
      return known
    },
  }
}
