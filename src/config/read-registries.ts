import { configInvalid } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { SourceDocument } from './document.ts'
import { readEntry } from './entry.ts'
import type { LoadedSettings } from './settings.ts'

/** Most registries a settings file may name. */
const MAX_REGISTRIES = 500

/** Reads `registries:` into the settings; every wrong entry is a problem of its own and the others load. */
export function readRegistries(
  loaded: LoadedSettings,
  document: SourceDocument,
  where: { home: string; folder: string; base?: readonly string[] },
): void {
  const base = where.base ?? []
  let section: unknown = document.data
  for (const part of base) section = (section as Record<string, unknown> | undefined)?.[part]
  const list = (section as Record<string, unknown> | undefined)?.['registries']
  if (list === undefined || list === null) return
  const wrong = (path: (string | number)[], field: string, why: string): void => {
    loaded.problems.push(configInvalid({ ...document.placeOf([...base, 'registries', ...path]), field }, why))
  }
  if (!Array.isArray(list)) return wrong([], 'registries', 'must be a list of entries, each starting with "- name:"')
  if (list.length > MAX_REGISTRIES) wrong([MAX_REGISTRIES], 'registries', `has more than ${MAX_REGISTRIES} entries`)
  for (const [index, raw] of list.slice(0, MAX_REGISTRIES).entries()) {
    const read = readEntry(raw, where.home, where.folder)
    if ('faults' in read) {
      for (const fault of read.faults) wrong([index, ...fault.path], fieldOf(raw, index, fault.path), fault.why)
      continue
    }
    const { name } = read.entry
    if (loaded.settings.registries.some((entry) => entry.name.toLowerCase() === name.toLowerCase())) {
      wrong([index, 'name'], fieldOf(raw, index, ['name']), `"${name}" is there twice; the first one is used`)
      continue
    }
    loaded.settings.registries.push({ ...read.entry, place: document.placeOf([...base, 'registries', index]) })
  }
}

/** `registries.official.url`, or `registries[2].url` when the entry has no readable name. */
function fieldOf(raw: unknown, index: number, path: (string | number)[]): string {
  const name = (raw as { name?: unknown } | null)?.name
  const own = typeof name === 'string' && name ? `registries.${harmless(name, 64)}` : `registries[${index}]`
  return [own, ...path].join('.')
}
