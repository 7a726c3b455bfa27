import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { PluginState, PluginStatus } from '../model/plugin.ts'
import { harmless } from '../model/text.ts'
import { readPlugin, type FoundPlugin } from './read-plugin.ts'
import type { TrustBook } from './trust-book.ts'

/** Where plugins are looked for. */
export interface PluginPlaces {
  /** Each folder in it is a plugin. */
  folder: string
  /** Folders of plugins that the settings name now. */
  named(): readonly string[]
  /** Protocols of the program, which no plugin may take. */
  taken: readonly string[]
}

/** All plugins there are, by name; a name or protocol that stands twice is the fault of the later one. */
export async function findPlugins({ folder, named, taken }: PluginPlaces): Promise<FoundPlugin[]> {
  const within = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const folders = within.filter((one) => one.isDirectory() || one.isSymbolicLink()).map((one) => join(folder, one.name))
  const places = [...new Set([...folders.toSorted(), ...named()])]
  const all = await Promise.all(places.map((one) => readPlugin(one)))
  const names = new Set<string>()
  const protocols = new Map(taken.map((id) => [id, 'the program itself']))
  for (const one of all) {
    if (names.has(one.name)) one.problems.push(`there is another plugin called ${one.name}`)
    names.add(one.name)
    for (const id of one.manifest ? one.claims : []) {
      const owner = protocols.get(id)
      if (owner !== undefined) one.problems.push(`its protocol ${id} belongs to ${owner}`)
      else protocols.set(id, one.name)
    }
  }
  return all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether a plugin may be used as it is now. */
export function stateOf({ problems, digest, name }: FoundPlugin, book: TrustBook): PluginState {
  if (problems.length > 0) return 'unfit'
  const trust = book.of(name)
  if (!trust) return 'untrusted'
  return trust.digest === digest ? 'trusted' : 'changed'
}

/** A plugin as it may be shown. */
export function statusOf(plugin: FoundPlugin, book: TrustBook): PluginStatus {
  const { name, folder, manifest, digest, files, bytes, problems } = plugin
  const state = stateOf(plugin, book)
  const trustedAt = state === 'trusted' ? book.of(name)?.at : undefined
  const { version, description, author, license } = manifest ?? {}
  const texts = Object.entries({ version, description, author, license }).flatMap(([member, text]) =>
    text === undefined ? [] : [[member, harmless(text, 500)]],
  )
  return {
    name,
    state,
    folder: harmless(folder, 500),
    problems,
    ...Object.fromEntries(texts),
    ...(digest === undefined ? {} : { digest, files: files.size, bytes }),
    protocols: (manifest?.protocols ?? []).map(({ id, title }) => ({ id, title: harmless(title, 100) })),
    hosts: manifest?.permissions.net ?? [],
    ...(trustedAt === undefined ? {} : { trustedAt: harmless(trustedAt, 40) }),
  }
}
