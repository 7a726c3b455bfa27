import { isMarketError } from '../model/errors.ts'
import type { RegistryEntry } from '../model/registry-entry.ts'
import { harmless } from '../model/text.ts'
import { addressOf } from '../http/address.ts'
import type { Http } from '../http/http.ts'
import { isEntry } from '../registries/shapes/members.ts'
import type { GuestAnswer, GuestRequest } from './guest/words.ts'

/** Longest answer that is handed on to a plugin, bytes. */
const MAX_ANSWER = 8 * 1024 * 1024
const MAX_BODY = 1024 * 1024
const MAX_HEADERS = 30
/** What belongs to the connection, or is sent for the credentials of the settings alone. */
const NOT_THEIRS =
  /^(?:authorization|cookie|host|connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*|souk-.*|signature|digest|date)$/i

/**
 * Asks over HTTP for a plugin: the registry's own origin and the hosts it has permission for, by the client of the
 * registry, whose limits, redirects, addresses and credentials are those of any other protocol. What a plugin may not
 * ask is an error for it alone. An answer such as 404 is an answer.
 */
export function openBroker(
  entry: RegistryEntry,
  hosts: readonly string[],
  http: Http,
): (request: GuestRequest, signal: AbortSignal) => Promise<GuestAnswer> {
  const home = addressOf(entry.url, '')?.origin
  return async (request, signal) => {
    const url = typeof request.url === 'string' ? addressOf(entry.url, request.url) : undefined
    if (!url) throw new Error('this address cannot be read')
    if (!/^https?:$/.test(url.protocol)) throw new Error('only http and https are asked')
    if (url.origin !== home && !hosts.includes(url.host))
      throw new Error(`${harmless(url.host, 100)} is not among the hosts of its permissions`)
    if (url.username !== '' || url.password !== '') throw new Error('an address may hold no user')
    try {
      const { status, headers, text } = await http.request({
        url: url.href,
        method: methodOf(request.method),
        headers: headersOf(request.headers),
        kind: 'search',
        maxBytes: MAX_ANSWER,
        signal,
        ...bodyOf(request.body),
      })
      return { status, headers: Object.fromEntries(Object.entries(headers).slice(0, 100)), text }
    } catch (error) {
      const status = isMarketError(error) && error.code === 'registry.status' ? error.details['status'] : undefined
      if (typeof status !== 'number' || status >= 500) throw error
      return { status, headers: {}, text: '' }
    }
  }
}

function methodOf(method: unknown): 'GET' | 'POST' | 'HEAD' {
  if (method === undefined || method === null) return 'GET'
  if (method === 'GET' || method === 'POST' || method === 'HEAD') return method
  throw new Error('only GET, HEAD and POST are asked')
}

function bodyOf(body: unknown): { body?: string } {
  if (body === undefined || body === null) return {}
  if (typeof body !== 'string' || body.length > MAX_BODY)
    throw new Error(`a body is text of at most ${MAX_BODY} characters`)
  return { body }
}

function headersOf(headers: unknown): Record<string, string> {
  if (headers === undefined || headers === null) return {}
  if (!isEntry(headers)) throw new Error('headers are an object of texts')
  const all = Object.entries(headers)
  if (all.length > MAX_HEADERS) throw new Error(`at most ${MAX_HEADERS} headers are sent`)
  return Object.fromEntries(
    all.map(([name, value]) => {
      const isFit = /^[a-z0-9-]{1,60}$/i.test(name) && typeof value === 'string' && /^[\t -~]{0,4096}$/.test(value)
      if (!isFit || NOT_THEIRS.test(name))
        throw new Error(`the header "${harmless(name, 60)}" is not sent for a plugin`)
      return [name, String(value)]
    }),
  )
}
