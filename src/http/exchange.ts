import type { Agent, Dispatcher } from 'undici'
import { registryAnswer, registryPace, registryUntrusted, type MarketError } from '../model/errors.ts'
import { withoutSecrets } from '../model/secrets.ts'
import { addressOf, refusalOf, shownAddress } from './address.ts'
import type { HttpRequest } from './http.ts'
import { TryFailed } from './retry.ts'
import type { HttpOptions } from './policy.ts'
import { openRateLimit, type TakeTurn } from './rate-limit.ts'
import { trustedBy } from './trust.ts'

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

/** One connection pool for a registry, opened at the first exchange. */
export class Exchanger {
  readonly #options: HttpOptions
  #agent: Promise<{ agent: Agent; request: typeof import('undici').request }> | undefined

  #unfollow: (() => void) | undefined

  readonly #turn: TakeTurn | undefined

  constructor(options: HttpOptions) {
    this.#options = options
    const { rateLimit } = options.entry
    this.#turn = rateLimit && openRateLimit(options.system.clock, rateLimit)
  }

  /**
   * Asks and follows redirects by hand: on the same origin everything goes along, to any other origin none of our
   * headers and no body do, not even after a way back, and https never becomes http.
   */
  async ask(asked: Asked): Promise<Exchange> {
    const { entry, credentials } = this.#options
    const home = addressOf(entry.url, '')?.origin
    const first = asked.url.origin
    let { url, method, body } = asked
    let isHome = url.origin === home
    let isOwn = true
    let renewed: string | undefined
    for (let hop = 0; ; hop++) {
      const refusal = refusalOf(url)
      if (refusal) throw refused(registryUntrusted(entry.name, refusal))
      const authorization = isHome ? (renewed ?? (await credentials.authorization(asked.signal))) : undefined
      const exchange = await this.#once({
        ...asked,
        url,
        method,
        body,
        headers: {
          'user-agent': 'souk',
          ...(isOwn ? asked.headers : neutral(asked.headers)),
          ...(authorization === undefined ? {} : { authorization }),
        },
      })
      if (exchange.status === 401 && authorization !== undefined && renewed === undefined) {
        renewed = await credentials.renewed(authorization, asked.signal).catch(async (error: unknown) => {
          await drain(exchange)
          throw error
        })
        if (renewed === undefined) return exchange
        await drain(exchange)
        continue
      }
      const location = exchange.headers['location']
      if (!REDIRECTS.has(exchange.status) || location === undefined) return exchange
      await drain(exchange)
      if (hop >= MAX_REDIRECTS) throw answer(entry.name, `it redirects more than ${MAX_REDIRECTS} times`)
      const next = URL.canParse(location, url) ? new URL(location, url) : undefined
      if (!next) throw answer(entry.name, 'it redirects to an address that cannot be read')
      if (url.protocol === 'https:' && next.protocol !== 'https:') {
        throw refused(registryUntrusted(entry.name, 'it redirects from https to an address in the clear'))
      }
      if (exchange.status === 303 || (method === 'POST' && exchange.status < 303)) {
        method = method === 'HEAD' ? 'HEAD' : 'GET'
        body = undefined
      }
      isOwn &&= next.origin === first
      isHome &&= next.origin === home
      if (!isOwn && body !== undefined) throw answer(entry.name, 'it redirects a publication to another origin')
      next.username = ''
      next.password = ''
      url = next
    }
  }

  async close(): Promise<void> {
    this.#unfollow?.()
    await (await this.#agent?.catch(() => undefined))?.agent.destroy()
  }

  async #open(): Promise<{ agent: Agent; request: typeof import('undici').request }> {
    const { Agent, request } = await import('undici')
    const { settings, entry, emit } = this.#options
    const { connections, connectMs } = settings
    const ca = await trustedBy(entry)
    const tell = (endsAt: number): void => emit('http.certificate', { registry: entry.name, endsAt })
    const home = addressOf(entry.url, '')
    if (home?.protocol === 'https:') {
      const { followCertificate } = await import('./certificate.ts')
      this.#unfollow ??= followCertificate(home, tell)
    }
    // The deadline of the call is the only limit on waiting; undici's own are off.
    const agent = new Agent({
      connections,
      pipelining: 1,
      // Said outright, so that no variable of the environment can turn the check of certificates off.
      connect: { timeout: connectMs, rejectUnauthorized: true, ...(ca ? { ca } : {}) },
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: 32 * 1024,
    })
    return { agent, request }
  }

  async #once(asked: Asked): Promise<Exchange> {
    const { system, entry, emit } = this.#options
    this.#agent ??= this.#open()
    const { agent, request } = await this.#agent
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
      })
    try {
      const { statusCode, headers, body } = await request(asked.url, {
        dispatcher: agent,
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
