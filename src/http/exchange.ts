import type { Dispatcher } from 'undici'
import { registryAnswer, registryPace, registryUntrusted, registryVersion, type MarketError } from '../model/errors.ts'
import { withoutSecrets } from '../model/secrets.ts'
import { harmless } from '../model/text.ts'
import { PROTOCOL_VERSION, VERSION_HEADER } from '../model/wire.ts'
import { addressOf, refusalOf, shownAddress } from './address.ts'
import type { HttpRequest } from './http.ts'
import type { Pool } from './open-pool.ts'
import type { HttpOptions } from './policy.ts'
import { openRateLimit, type TakeTurn } from './rate-limit.ts'
import { openSharedRateLimit, type SharedRateLimit } from './shared-rate-limit.ts'
import { TryFailed } from './retry.ts'

/** Most redirects followed in one exchange. */
const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])

export interface Asked {
  url: URL
  method: 'GET' | 'POST' | 'HEAD'
  headers: Record<string, string>
  body?: string | undefined
  signal: AbortSignal
  attempt: number
  /** What it is for, as `http.request` tells it. */
  kind: HttpRequest['kind']
}

/** An answer whose body has not been read. */
export interface Exchange {
  status: number
  headers: Record<string, string>
  body: Dispatcher.ResponseData['body']
  /** Call once the body is read, with the bytes that came. */
  done(bytes: number): void
}

/** One request on its way through redirects. */
interface Hop extends Asked {
  /** Still at the registry's own origin, and at that of the first request. Once away, always away. */
  isHome: boolean
  isOwn: boolean
}

/** One connection pool for a registry, opened at the first exchange. */
export class Exchanger {
  readonly #options: HttpOptions
  #pool: Promise<Pool> | undefined
  readonly #turn: TakeTurn | undefined
  readonly #shared: SharedRateLimit | undefined

  constructor(options: HttpOptions) {
    this.#options = options
    const { rateLimit } = options.entry
    if (!rateLimit) return
    const { system, paceFile, entry } = options
    if (paceFile !== undefined) this.#shared = openSharedRateLimit(system, paceFile, entry, rateLimit)
    this.#turn = this.#shared?.turn ?? openRateLimit(system.clock, rateLimit)
  }

  /**
   * Asks and follows redirects by hand: on the same origin everything goes along, to any other origin none of our
   * headers and no body do, not even after a way back, and https never becomes http.
   */
  async ask(asked: Asked): Promise<Exchange> {
    const { entry } = this.#options
    const home = addressOf(entry.url, '')?.origin
    let hop: Hop = { ...asked, isHome: asked.url.origin === home, isOwn: true }
    for (let hops = 0; ; hops++) {
      const exchange = hop.isHome ? await this.#askHome(hop) : await this.#askAway(hop)
      const location = exchange.headers['location']
      if (!REDIRECTS.has(exchange.status) || location === undefined) return exchange
      await drain(exchange)
      if (hops >= MAX_REDIRECTS) throw answer(entry.name, `it redirects more than ${MAX_REDIRECTS} times`)
      const next = redirected(hop, exchange.status, location, entry.name)
      hop = {
        ...next,
        isOwn: hop.isOwn && next.url.origin === asked.url.origin,
        isHome: hop.isHome && next.url.origin === home,
      }
      if (!hop.isOwn && hop.body !== undefined) throw answer(entry.name, 'it redirects a publication to another origin')
    }
  }

  async close(): Promise<void> {
    this.#shared?.close()
    await (await this.#pool?.catch(() => undefined))?.close()
  }

  /** With everything the registry may know of us. A refused token is renewed once, where it can be. */
  async #askHome(hop: Hop): Promise<Exchange> {
    const { entry, credentials } = this.#options
    refuseInsecure(hop.url, entry.name)
    const ask = async (authorization: string | undefined): Promise<Exchange> => {
      const signature = await credentials.signature(hop, hop.signal)
      const headers = {
        'user-agent': 'souk',
        [VERSION_HEADER]: String(PROTOCOL_VERSION),
        ...(hop.isOwn ? hop.headers : neutral(hop.headers)),
        ...(authorization === undefined ? {} : { authorization }),
        ...signature,
      }
      const exchange = await this.#once({ ...hop, headers })
      const version = exchange.headers[VERSION_HEADER]
      if (version === undefined || Number.parseInt(version, 10) === PROTOCOL_VERSION) return exchange
      await drain(exchange)
      const error = registryVersion(entry.name, harmless(version, 20), PROTOCOL_VERSION)
      throw refused(error)
    }
    const authorization = await credentials.authorization(hop.signal)
    const exchange = await ask(authorization)
    if (exchange.status !== 401 || authorization === undefined) return exchange
    const renewed = await credentials.renewed(authorization, hop.signal).catch(async (error: unknown) => {
      await drain(exchange)
      throw error
    })
    if (renewed === undefined) return exchange
    await drain(exchange)
    return ask(renewed)
  }

  /** To an address the registry gave us: without anything of ours, and not to where it has no business. */
  async #askAway(hop: Hop): Promise<Exchange> {
    refuseInsecure(hop.url, this.#options.entry.name)
    await (await this.#open()).guard?.check(hop.url)
    return this.#once({
      ...hop,
      headers: { 'user-agent': 'souk', ...(hop.isOwn ? hop.headers : neutral(hop.headers)) },
    })
  }

  /** Loaded when something is really asked: an answer from the cache needs no net. */
  #open(): Promise<Pool> {
    return (this.#pool ??= import('./open-pool.ts').then(({ openPool }) => openPool(this.#options)))
  }

  async #once(asked: Asked): Promise<Exchange> {
    const { system, entry, emit } = this.#options
    const pool = await this.#open()
    const answered = await this.#turn?.(asked.signal).catch(() => {
      throw registryPace(entry.name)
    })
    const started = system.clock.monotonic()
    const tell = (status: number | undefined, bytes: number): void =>
      emit('http.request', {
        registry: entry.name,
        kind: asked.kind,
        method: asked.method,
        url: shownAddress(asked.url),
        ms: Math.round(system.clock.monotonic() - started),
        bytes,
        attempt: asked.attempt,
        ...(status === undefined ? {} : { status }),
        ...(status === undefined && isGivenUp(asked.signal) ? { isDropped: true } : {}),
      })
    try {
      const { statusCode, headers, body } = await pool.request(asked.url, {
        dispatcher: pool.dispatcherFor(asked.url),
        method: asked.method,
        headers: asked.headers,
        signal: asked.signal,
        ...(asked.body === undefined ? {} : { body: asked.body }),
      })
      const flat = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          withoutSecrets(Array.isArray(value) ? value.join(', ') : (value ?? '')),
        ]),
      )
      return { status: statusCode, headers: flat, body, done: (bytes) => tell(statusCode, bytes) }
    } catch (error) {
      tell(undefined, 0)
      throw error
    } finally {
      answered?.()
    }
  }
}

/** Aborted by whoever asked, and not because time was up. */
const isGivenUp = ({ aborted, reason }: AbortSignal): boolean =>
  aborted && !(reason instanceof DOMException && reason.name === 'TimeoutError')

/** Where a redirect leads, and with what: without the user of an address, and as a question where the status says so. */
function redirected(hop: Hop, status: number, location: string, registry: string): Hop {
  const next = URL.canParse(location, hop.url) ? new URL(location, hop.url) : undefined
  if (!next) throw answer(registry, 'it redirects to an address that cannot be read')
  if (hop.url.protocol === 'https:' && next.protocol !== 'https:')
    throw refused(registryUntrusted(registry, 'it redirects from https to an address in the clear'))
  next.username = ''
  next.password = ''
  const isQuestion = status === 303 || (hop.method === 'POST' && status < 303)
  if (!isQuestion) return { ...hop, url: next }
  return { ...hop, url: next, method: hop.method === 'HEAD' ? 'HEAD' : 'GET', body: undefined }
}

function refuseInsecure(url: URL, registry: string): void {
  const refusal = refusalOf(url)
  if (refusal !== undefined) throw refused(registryUntrusted(registry, refusal))
}

/** Ends an exchange whose body nobody wants; the connection is kept when little is left of it. */
export async function drain(exchange: Exchange): Promise<void> {
  await exchange.body.dump({ limit: 64 * 1024 }).catch(() => {})
  exchange.done(0)
}

/** What any origin may know: how we read answers. */
const neutral = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(?:accept|accept-encoding|range|if-range)$/i.test(name)),
  )

const refused = (error: MarketError): TryFailed => new TryFailed({ error, isRetryable: false, isHarmless: false })

const answer = (registry: string, why: string): TryFailed => refused(registryAnswer(registry, why))
