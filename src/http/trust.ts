import { readFile } from 'node:fs/promises'
import { configInvalid, reasonOf } from '../model/errors.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import { TryFailed } from './retry.ts'

/** Largest file of certificates; the whole set of the web is a quarter of a MiB. */
const MAX_CA_BYTES = 4 * 1024 * 1024

/**
 * The authorities a registry's certificate may be signed by: those everybody trusts and those of its `ca` file.
 * Undefined leaves the choice to Node. Throws `config.invalid` when the file is not one of certificates.
 */
export async function trustedBy({ name, ca, place }: RegistryEntry): Promise<string[] | undefined> {
  if (ca === undefined) return undefined
  const refuse = (why: string): TryFailed => {
    const hint = `Point ca at a file in PEM form; nothing was sent to "${name}".`
    const error = configInvalid({ ...place, field: `registries.${name}.ca` }, `${ca} ${why}`, hint)
    return new TryFailed({ error, isRetryable: false, isHarmless: false })
  }
  const text = await readFile(ca, 'utf8').catch((error: unknown) => {
    throw refuse(`cannot be read (${reasonOf(error)})`)
  })
  if (text.length > MAX_CA_BYTES) throw refuse(`is larger than ${MAX_CA_BYTES} bytes`)
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw refuse('holds no certificate')
  const { getCACertificates } = await import('node:tls')
  return [...getCACertificates('default'), text]
}
