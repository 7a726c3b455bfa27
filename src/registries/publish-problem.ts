import { registryAuthorization, registryPublisher, registryReadOnly, type MarketError } from '../model/errors.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import type { Protocol } from './registry.ts'

/**
 * Why nothing can be published to a registry, as far as the settings tell; undefined when it may be tried. Official
 * registries are curated (inventory S5.10), and reading may be open where publishing never is (S5.7).
 */
export function publishProblem(entry: RegistryEntry, protocol: Protocol): MarketError | undefined {
  const { name, type, credentials } = entry
  if (type === 'official')
    return registryAuthorization(name, undefined, 'it is official and curated; nothing is published to it from here')
  if (!protocol.publishes) return registryReadOnly(name, `the protocol ${protocol.id} cannot publish`)
  return credentials ? undefined : registryPublisher(name)
}
