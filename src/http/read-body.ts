import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Duplex } from 'node:stream'
import { registryAnswer } from '../model/errors.ts'
import { withoutSecrets } from '../model/secrets.ts'
import type { Exchange } from './exchange.ts'
import { codeOf } from './faults.ts'
import { TryFailed } from './retry.ts'

/** Encodings we ask for. */
export const ACCEPT_ENCODING = 'gzip, deflate, br'

/**
 * The decoded text of an answer. Counts while it streams and stops at `maxBytes` of decoded text, so that neither an
 * endless body nor a bomb is ever held in memory.
 */
export async function readText(exchange: Exchange, registry: string, maxBytes: number): Promise<string> {
  const refuse = (why: string, cause?: unknown): TryFailed =>
    new TryFailed({ error: registryAnswer(registry, why, cause), isRetryable: false, isHarmless: false })
  const announced = Number(exchange.headers['content-length'] ?? 0)
  /** Bytes on the wire where they are others than those of the text. */
  let received: number | undefined
  let size = 0
  const chunks: Uint8Array[] = []
  const tooLarge = (): TryFailed => refuse(`it is larger than ${maxBytes} bytes`)
  try {
    if (announced > maxBytes) throw tooLarge()
    const decoder = decoderOf(exchange.headers['content-encoding'], refuse)
    const collect = async (source: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const chunk of source) {
        size += chunk.length
        if (size > maxBytes) throw tooLarge()
        chunks.push(chunk)
      }
    }
    if (decoder) {
      const counted = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        for await (const chunk of source) {
          received = (received ?? 0) + chunk.length
          yield chunk
        }
      }
      await pipeline(counted(exchange.body), decoder, collect)
    } else await collect(exchange.body)
  } catch (error) {
    exchange.body.destroy()
    exchange.body.on('error', () => {})
    const code = codeOf(error)
    throw code.startsWith('Z_') || code.startsWith('ERR__ERROR') || code.startsWith('ERR_BROTLI')
      ? refuse('its compression is broken', error)
      : error
  } finally {
    exchange.done(received ?? size)
  }
  // A server may send our own credentials back: they end here, before anything is parsed or kept.
  return withoutSecrets(new TextDecoder().decode(Buffer.concat(chunks)))
}

function decoderOf(encoding: string | undefined, refuse: (why: string) => TryFailed): Duplex | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      throw refuse('it is compressed in a way that was not asked for')
  }
}
