import { registryAuthentication, registryAuthorization, registryRefused, type MarketError } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import type { Exchange } from './exchange.ts'
import { readText } from './read-body.ts'

/** Most bytes of a refusal that are read. */
const MAX_BYTES = 64 * 1024
const MAX_CHARS = 500

/**
 * Why a registry did not take a publication, in its own words: the `detail` of problem details (RFC 9457), or a
 * `message` or `error` of JSON. Undefined for a status that says nothing about what was sent.
 */
export async function publishRefusal(exchange: Exchange, registry: string): Promise<MarketError | undefined> {
  const { status } = exchange
  const isAboutIt = status >= 400 && status < 500 && status !== 408 && status !== 429
  if (!isAboutIt) return undefined
  const reason = await reasonIn(exchange, registry)
  if (status === 401) return registryAuthentication(registry, status, reason)
  if (status === 403) return registryAuthorization(registry, status, reason)
  return registryRefused(registry, status, reason)
}

async function reasonIn(exchange: Exchange, registry: string): Promise<string | undefined> {
  try {
    const body: unknown = JSON.parse(await readText(exchange, registry, MAX_BYTES))
    if (typeof body !== 'object' || body === null) return undefined
    const { detail, message, error } = body as Record<string, unknown>
    const said = [detail, message, error].find((one) => typeof one === 'string' && one !== '')
    return typeof said === 'string' ? harmless(said, MAX_CHARS).trim().replace(/\.$/, '') : undefined
  } catch {
    // A web page, or nothing: the status has to say it.
    return undefined
  }
}
