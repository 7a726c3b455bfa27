import { registryAnswer } from '../model/errors.ts'
import { addressOf } from './address.ts'
import { download } from './download.ts'
import { drain, Exchanger } from './exchange.ts'
import { faultOfStatus, retryAfterOf } from './faults.ts'
import type { Http, HttpAnswer, HttpRequest } from './http.ts'
import { limitOf, type HttpOptions } from './policy.ts'
import { publishRefusal } from './publish-refusal.ts'
import { ACCEPT_ENCODING, readText } from './read-body.ts'
import { TryFailed, withRetries } from './retry.ts'

/** The client of one registry. Opens nothing and reads no secret before the first request. */
export function openHttp(options: HttpOptions): Http {
  const exchanger = new Exchanger(options)
  return {
    request: (request) => ask(options, exchanger, request),
    download: (request) => download(options, exchanger, request),
    close: () => exchanger.close(),
  }
}

async function ask(options: HttpOptions, exchanger: Exchanger, request: HttpRequest): Promise<HttpAnswer> {
  const { system, entry, settings } = options
  const url = addressOf(entry.url, request.url, request.query)
  if (!url) throw registryAnswer(entry.name, 'an address cannot be read')
  const method = request.method ?? 'GET'
  const limitMs = limitOf(options, request.kind)
  const signal = system.clock.deadline(limitMs, request.signal)
  const headers = lowered({
    accept: 'application/json',
    'accept-encoding': ACCEPT_ENCODING,
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...request.headers,
  })
  const attempts = { signal, caller: request.signal, limitMs, isRepeatable: method !== 'POST' }
  return withRetries(options, attempts, async (attempt) => {
    const exchange = await exchanger.ask({
      url,
      method,
      headers,
      body: request.body,
      signal,
      attempt,
      kind: request.kind,
    })
    const { status } = exchange
    const isAnswer = (status >= 200 && status < 300) || status === 304
    if (!isAnswer) {
      const refusal = request.kind === 'publish' ? await publishRefusal(exchange, entry.name) : undefined
      if (refusal) throw new TryFailed({ error: refusal, isRetryable: false, isHarmless: false })
      await drain(exchange)
      const after = retryAfterOf(exchange.headers['retry-after'], system.clock.now())
      throw new TryFailed(faultOfStatus(entry.name, status, after))
    }
    if (status === 206 && headers['range'] === undefined) {
      await drain(exchange)
      const error = registryAnswer(entry.name, 'only a part of it came, and the whole was asked for')
      throw new TryFailed({ error, isRetryable: false, isHarmless: false })
    }
    // These announce the length of a body that does not come.
    const isBare = method === 'HEAD' || status === 304
    if (isBare) await drain(exchange)
    const text = isBare ? '' : await readText(exchange, entry.name, request.maxBytes ?? settings.maxBodyBytes)
    const validator = exchange.headers['etag'] ?? exchange.headers['last-modified']
    return { status, headers: exchange.headers, text, ...(validator === undefined ? {} : { validator }) }
  })
}

const lowered = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
