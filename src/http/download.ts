import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileProblem, isMarketError, itemUnsafe, reasonOf, registryAnswer, registryTimeout } from '../model/errors.ts'
import { addressOf, shownAddress } from './address.ts'
import { drain, type Exchange, type Exchanger } from './exchange.ts'
import { faultOfError, faultOfStatus, retryAfterOf } from './faults.ts'
import type { Downloaded, DownloadRequest } from './http.ts'
import { limitOf, type HttpOptions } from './policy.ts'
import { TryFailed, withRetries } from './retry.ts'

/** A download may go on for this many times its limit as long as bytes keep coming (an hour by default). */
const WHOLE_FACTOR = 60

/** In the place of a size: the other side has nothing newer than what was kept. */
const UNCHANGED = -1

/** The header that asks "changed since?": an ETag stands in quotes, everything else is a date. */
const changedSince = (validator: string): Record<string, string> => ({
  [/^(?:W\/)?"/.test(validator) ? 'if-none-match' : 'if-modified-since']: validator,
})

interface Progress {
  /** Bytes that were there before the first request. */
  resumedFrom: number
  have: number
  /** Whether this try brought any byte. */
  hasMoved: boolean
  /** Mark of what comes. */
  validator?: string | undefined
}

/**
 * Streams to `<into>.part` and renames it when it is whole. The time limit counts from the last byte that came. A
 * broken download goes on where it stopped, in this run or a later one, when the other side knows ranges and the
 * file there has not changed (If-Range with a strong ETag, or the date).
 */
export async function download(
  options: HttpOptions,
  exchanger: Exchanger,
  request: DownloadRequest,
): Promise<Downloaded> {
  const { system, entry } = options
  const url = addressOf(entry.url, request.url)
  if (!url) throw registryAnswer(entry.name, 'a download address cannot be read')
  const limitMs = limitOf(options, 'download')
  const whole = system.clock.deadline(limitMs * WHOLE_FACTOR, request.signal)
  const part = new Part(request.into, url.href)
  await part.prepare()
  const progress: Progress = { resumedFrom: await part.size(), have: 0, hasMoved: false }
  const attempts = { signal: whole, caller: request.signal, limitMs: limitMs * WHOLE_FACTOR, isRepeatable: true }
  const bytes = await withRetries(options, attempts, async (attempt) => {
    const idle = new AbortController()
    let cancel = system.clock.after(limitMs, () => idle.abort())
    const alive = (): void => {
      cancel()
      cancel = system.clock.after(limitMs, () => idle.abort())
    }
    try {
      const signal = AbortSignal.any([whole, idle.signal])
      return await once({ options, exchanger, request, part, progress }, { url, signal, attempt, alive })
    } catch (error) {
      if (!idle.signal.aborted || whole.aborted || error instanceof TryFailed) throw error
      // One that went silent half-way is worth another try; one that never said a word is not.
      throw failed(registryTimeout(entry.name, limitMs), progress.hasMoved)
    } finally {
      cancel()
    }
  })
  if (bytes === UNCHANGED) return { bytes: 0, resumedFrom: 0, isUnchanged: true }
  await part.finish()
  const { resumedFrom, validator } = progress
  return { bytes, resumedFrom, ...(validator === undefined ? {} : { validator }) }
}

interface Work {
  options: HttpOptions
  exchanger: Exchanger
  request: DownloadRequest
  part: Part
  progress: Progress
}
interface Try {
  url: URL
  signal: AbortSignal
  attempt: number
  alive: () => void
}

async function once(work: Work, one: Try): Promise<number> {
  const { options, exchanger, part, progress } = work
  const { entry, system } = options
  progress.hasMoved = false
  const validator = await part.validator()
  const known = work.request.validator
  const have = validator === undefined ? 0 : await part.size()
  if (one.attempt === 1) progress.resumedFrom = have
  const resume: Record<string, string> =
    have > 0 && validator !== undefined
      ? { range: `bytes=${have}-`, 'if-range': validator }
      : known === undefined
        ? {}
        : changedSince(known)
  const exchange = await exchanger.ask({
    url: one.url,
    method: 'GET',
    headers: { accept: '*/*', 'accept-encoding': 'identity', ...resume },
    signal: one.signal,
    attempt: one.attempt,
    kind: 'download',
  })
  const { status, headers } = exchange
  if (status === 304 && known !== undefined && have === 0) {
    await drain(exchange)
    return UNCHANGED
  }
  if (status === 416 && have > 0) {
    await drain(exchange)
    await part.restart()
    throw failed(registryAnswer(entry.name, 'it no longer has the part that was missing'), true)
  }
  if (status !== 200 && status !== 206) {
    await drain(exchange)
    throw new TryFailed(faultOfStatus(entry.name, status, retryAfterOf(headers['retry-after'], system.clock.now())))
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
  if (status === 206 && Number(range?.[1] ?? -1) !== have) {
    await drain(exchange)
    await part.restart()
    throw failed(registryAnswer(entry.name, 'it sent another part than was asked for'), true)
  }
  const from = status === 206 ? have : 0
  if (from === 0 && one.attempt === 1) progress.resumedFrom = 0
  progress.validator = strong(headers)
  await part.remember(progress.validator)
  const length = headers['content-length']
  const total = status === 206 ? numberOf(range?.[2]) : numberOf(length)
  return receive(work, one, exchange, { from, total })
}

async function receive(
  { options, request, part, progress }: Work,
  one: Try,
  exchange: Exchange,
  span: { from: number; total: number | undefined },
): Promise<number> {
  const { name } = options.entry
  const tooLarge = (): TryFailed =>
    failed(itemUnsafe(shownAddress(one.url), `it is larger than the ${request.maxBytes} bytes allowed`), false)
  progress.have = span.from
  try {
    if ((span.total ?? 0) > request.maxBytes) throw tooLarge()
    await part.write(span.from, exchange.body, (size) => {
      progress.have += size
      if (progress.have > request.maxBytes) throw tooLarge()
      progress.hasMoved = true
      one.alive()
      request.onProgress?.(progress.have, span.total)
    })
    if (span.total !== undefined && progress.have !== span.total) {
      throw new TryFailed({
        ...faultOfError(name, Object.assign(new Error(), { code: 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' })),
      })
    }
    return progress.have
  } catch (error) {
    exchange.body.on('error', () => {})
    exchange.body.destroy()
    if (error instanceof TryFailed && error.fault.error.code === 'item.unsafe') await part.restart()
    if (isMarketError(error)) throw failed(error, false)
    throw error
  } finally {
    exchange.done(progress.have - span.from)
  }
}

const failed = (error: ReturnType<typeof registryAnswer>, isRetryable: boolean): TryFailed =>
  new TryFailed({ error, isRetryable, isHarmless: true })

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined

/** A validator that promises the same bytes: a strong ETag, or the date of change. */
function strong(headers: Record<string, string>): string | undefined {
  const etag = headers['etag']
  return etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified']
}

/** The file that grows, and beside it the address and validator it belongs to. */
class Part {
  readonly #into: string
  readonly #file: string
  readonly #note: string
  readonly #url: string

  constructor(into: string, url: string) {
    this.#into = into
    this.#file = `${into}.part`
    this.#note = `${into}.part.json`
    // A signed address is a secret of sorts, so only its digest is kept.
    this.#url = createHash('sha256').update(url).digest('hex')
  }

  async prepare(): Promise<void> {
    await mkdir(dirname(this.#into), { recursive: true }).catch((error: unknown) => {
      throw fileProblem(dirname(this.#into), reasonOf(error), error)
    })
  }

  async size(): Promise<number> {
    return stat(this.#file).then(
      (facts) => facts.size,
      () => 0,
    )
  }

  /** What the part was received under; undefined when there is none for this address. */
  async validator(): Promise<string | undefined> {
    try {
      const note = JSON.parse(await readFile(this.#note, 'utf8')) as { url?: unknown; validator?: unknown } | null
      return note?.url === this.#url && typeof note.validator === 'string' ? note.validator : undefined
    } catch {
      return undefined
    }
  }

  async remember(validator: string | undefined): Promise<void> {
    if (validator === undefined) await rm(this.#note, { force: true })
    else await writeFile(this.#note, JSON.stringify({ url: this.#url, validator }), { mode: 0o600 })
  }

  async restart(): Promise<void> {
    await rm(this.#note, { force: true })
    await rm(this.#file, { force: true })
  }

  /** Appends from `offset` on; `count` is called with the size of each piece before it is written. */
  async write(offset: number, body: AsyncIterable<Uint8Array>, count: (size: number) => void): Promise<void> {
    const handle = await open(this.#file, offset === 0 ? 'w' : 'r+', 0o600).catch((error: unknown) => {
      throw fileProblem(this.#file, reasonOf(error), error)
    })
    try {
      await handle.truncate(offset)
      let at = offset
      for await (const chunk of body) {
        count(chunk.length)
        await writeAll(handle, chunk, at).catch((error: unknown) => {
          throw fileProblem(this.#file, reasonOf(error), error)
        })
        at += chunk.length
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  async finish(): Promise<void> {
    await rename(this.#file, this.#into).catch((error: unknown) => {
      throw fileProblem(this.#into, reasonOf(error), error)
    })
    await rm(this.#note, { force: true })
  }
}

async function writeAll(handle: Awaited<ReturnType<typeof open>>, chunk: Uint8Array, at: number): Promise<void> {
  let done = 0
  while (done < chunk.length) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, at + done)
    done += bytesWritten
  }
}
