import { registryCredentials } from '../model/errors.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import { keepSecret } from '../model/secrets.ts'
import type { System } from '../system/system.ts'
import { orAborted } from './or-aborted.ts'
import { openSigner, type SignableRequest } from './sign-request.ts'
import { tokenFromCommand, tokenFromFile } from './token-sources.ts'

/** A refused token is asked for anew at most this often, ms: a program may bother a person each time. */
const RENEW_MS = 60_000

/** The credentials of one registry: asked for when first needed, kept in memory only. */
export interface RegistryCredentials {
  /**
   * The Authorization header for the registry's own address; undefined when it has none for HTTP. Throws
   * `config.variable` or `config.credential` when the secret cannot be had, and `registry.credentials` when the
   * registry needs some and has none.
   */
  authorization(signal?: AbortSignal): Promise<string | undefined>
  /** Headers that sign a request to the registry's own address; none when its requests are not signed. */
  signature(request: SignableRequest, signal?: AbortSignal): Promise<Record<string, string>>
  /** Asks a program or a file once more after the header was refused: the new header, or undefined when it is the same. */
  renewed(refused: string, signal?: AbortSignal): Promise<string | undefined>
}

export interface CredentialOptions {
  system: System
  entry: RegistryEntry
  /** Gives a text with its `${VAR}` filled in; throws `config.variable` when one is not set. */
  secret: (text: string) => string
}

/** Nothing is read and nothing runs before the first header is asked for; a program runs once a process. */
export function openCredentials(options: CredentialOptions): RegistryCredentials {
  const { system, entry } = options
  let known: Promise<string | undefined> | undefined
  let renewedAt: number | undefined
  const signer = openSigner(system, entry)
  const header = (): Promise<string | undefined> => {
    known ??= headerOf(options).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
  return {
    async authorization(signal) {
      if (entry.needsCredentials) throw registryCredentials(entry.name, entry.type)
      return orAborted(header(), signal)
    },
    signature: async (request, signal) => (signer ? orAborted(signer.headersFor(request), signal) : {}),
    async renewed(refused, signal) {
      const { credentials } = entry
      if (credentials?.type !== 'token' || 'token' in credentials) return undefined
      const current = await orAborted(header(), signal)
      // Another request may have renewed it meanwhile.
      if (current !== refused) return current
      const now = system.clock.monotonic()
      if (renewedAt !== undefined && now - renewedAt < RENEW_MS) return undefined
      renewedAt = now
      known = undefined
      const next = await orAborted(header(), signal)
      return next === refused ? undefined : next
    },
  }
}

async function headerOf({ system, entry, secret }: CredentialOptions): Promise<string | undefined> {
  const { credentials } = entry
  if (credentials?.type === 'basic') {
    const pair = keepSecret(`${secret(credentials.username)}:${keepSecret(secret(credentials.password))}`)
    return `Basic ${Buffer.from(pair).toString('base64')}`
  }
  if (credentials?.type !== 'token') return undefined
  const at = (member: string) => ({ ...entry.place, field: `registries.${entry.name}.credentials.${member}` })
  if ('token' in credentials) return bearer(keepSecret(secret(credentials.token)))
  if ('tokenFile' in credentials) {
    const file = secret(credentials.tokenFile).replace(/^~(?=\/)/, system.env.home)
    return bearer(await tokenFromFile(file, at('tokenFile')))
  }
  return bearer(await tokenFromCommand(system, credentials.tokenCommand, at('tokenCommand')))
}

/** A secret read from a file often ends in a line break, which no header may have. */
const bearer = (token: string): string => `Bearer ${keepSecret(token.trim().replace(/[^\u0021-\u007e]/g, ''))}`
