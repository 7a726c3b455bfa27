import { configInvalid } from '../../model/errors.ts'
import type { RegistryEntry } from '../../model/registry-entry.ts'

/** A text among the options of an entry, if it is there. Throws `config.invalid` when it is something else. */
export function textOption(entry: RegistryEntry, name: string): string | undefined {
  const value = entry.options[name]
  if (value === undefined || typeof value === 'string') return value
  throw configInvalid({ ...entry.place, field: `registries.${entry.name}.${name}` }, 'must be a text')
}
