import {
  isMarketError,
  reasonOf,
  registryAnswer,
  registryAuthentication,
  registryAuthorization,
  registryConnection,
  registryRateLimit,
  registryStatus,
  type MarketError,
} from '../model/errors.ts'
import { harmless, withoutEnd } from '../model/text.ts'

/** Connection failures after which nothing has reached the other side, so that even a publish may be tried again. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH'])
const SENTENCES: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
  ENOTFOUND: 'its host name is not known',
  EAI_AGAIN: 'its host name could not be looked up',
  EHOSTUNREACH: 'there is no way to its host',
  UND_ERR_CONNECT_TIMEOUT: 'no connection was made in time',
  UND_ERR_SOCKET: 'the connection was closed half-way',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer has another length than announced',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody this machine trusts',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS; an address with https needs a registry that does',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS; an address with https needs a registry that does',
  EPROTO: 'the TLS handshake failed',
}

/** The code Node and undici give their errors; '' when there is none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : ''
}

/** A failure with what may be done about it. */
export interface Fault {
  error: MarketError
  isRetryable: boolean
  /** Nothing was sent, or the other side said "later". */
  isHarmless: boolean
  /** The wait the other side asks for. */
  retryAfterMs?: number
}

const reasonShown = (error: unknown): string => withoutEnd(harmless(reasonOf(error), 200), '. ')

/** The proxy was reached and would not go on to the registry. */
function proxyFault(registry: string, status: string, error: unknown): Fault {
  const why = status === '407' ? 'wants a user and password, or others (407)' : `would not connect to it (${status})`
  return { error: registryConnection(registry, `the proxy ${why}`, error), isRetryable: false, isHarmless: true }
}

/** What a thrown error of the network means. */
export function faultOfError(registry: string, error: unknown): Fault {
  if (isMarketError(error)) return { error, isRetryable: false, isHarmless: false }
  const code = codeOf(error)
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW') {
    return {
      error: registryAnswer(registry, 'its headers are too large', error),
      isRetryable: false,
      isHarmless: false,
    }
  }
  const isGarbled = error instanceof Error && error.name === 'HTTPParserError'
  if (isGarbled || code.startsWith('HPE_')) {
    return { error: registryAnswer(registry, 'it does not speak HTTP', error), isRetryable: false, isHarmless: false }
  }
  const refusedByProxy = /^Proxy (?:response \((\d{3})\)|Authentication Required \((407)\))/.exec(reasonOf(error))
  if (refusedByProxy) return proxyFault(registry, refusedByProxy[1] ?? refusedByProxy[2] ?? '', error)
  // What OpenSSL says of itself is for its makers.
  const why = SENTENCES[code] ?? (code.startsWith('ERR_SSL_') ? SENTENCES['EPROTO'] : undefined) ?? reasonShown(error)
  const isCertificate = /CERT|TLS|SSL|VERIFY|EPROTO/.test(code)
  return {
    error: registryConnection(registry, why, error),
    isRetryable: !isCertificate && !code.startsWith('UND_ERR_INVALID'),
    isHarmless: NOT_SENT.has(code),
  }
}

/** What a status other than success means. 4xx are not tried again but for 408 and 429 (inventory S10.4). */
export function faultOfStatus(registry: string, status: number, retryAfterMs: number | undefined): Fault {
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  if (status === 401) {
    return { error: registryAuthentication(registry, status), isRetryable: false, isHarmless: false }
  }
  if (status === 403) return { error: registryAuthorization(registry, status), isRetryable: false, isHarmless: false }
  if (status === 429)
    return { error: registryRateLimit(registry, retryAfterMs), isRetryable: true, isHarmless: true, ...wait }
  const isRetryable = status === 408 || status >= 500
  return { error: registryStatus(registry, status), isRetryable, isHarmless: status === 503, ...wait }
}

/** Retry-After in ms: seconds or a date; undefined when absent or unreadable. */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
