import { configInvalid, type MarketError } from '../model/errors.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import { folder } from './protocols/folder.ts'
import { git } from './protocols/git.ts'
import { indexDocument } from './protocols/index-document.ts'
import { rest } from './protocols/rest.ts'
import type { Protocol } from './registry.ts'

/** Our own protocols, in the order in which an address without `protocol:` is offered to them. */
export const builtinProtocols: readonly Protocol[] = [git, indexDocument, folder, rest]

/** The protocol an entry names, or the first that recognises its address. Throws `config.invalid` for neither. */
export function recogniseProtocol(entry: RegistryEntry, protocols: readonly Protocol[]): Protocol {
  const found = entry.protocol
    ? protocols.find((one) => one.id === entry.protocol)
    : protocols.find((one) => one.recognises(entry.url))
  if (found) return found
  throw unknownProtocol(
    entry,
    protocols.map((one) => one.id),
  )
}

/** The error for an entry whose protocol nobody knows. */
export function unknownProtocol(entry: RegistryEntry, known: readonly string[]): MarketError {
  const why = entry.protocol
    ? `"${entry.protocol}" is not a protocol`
    : `no protocol recognises the address ${entry.url}`
  const field = `registries.${entry.name}.protocol`
  return configInvalid({ ...entry.place, field }, why, `Known protocols: ${known.join(', ')}.`)
}
