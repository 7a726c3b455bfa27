import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { isMarketError } from '../../src/model/errors.ts'
import { mutateBytes, mutateText, seededRandom } from './mutate.ts'
import { plainClient } from './plain-client.ts'

const BODY = JSON.stringify({ templates: [{ name: 'web', version: '1.0.0', description: 'A page' }], total_count: 1 })
const head = (status: string, ...lines: string[]): string =>
  [`HTTP/1.1 ${status}`, 'content-type: application/json', ...lines, '', ''].join('\r\n')
const whole = (body: Buffer | string, ...lines: string[]): Buffer =>
  Buffer.concat([Buffer.from(head('200 OK', `content-length: ${body.length}`, ...lines)), Buffer.from(body)])
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`

/** One good answer of every kind that the client can read, as it comes over the wire. */
const STREAMS: readonly Buffer[] = [
  whole(BODY),
  whole(BODY, 'etag: "one"', 'connection: keep-alive', 'x-souk-protocol: 1'),
  whole(gzipSync(BODY), 'content-encoding: gzip'),
  whole(brotliCompressSync(BODY), 'content-encoding: br'),
  Buffer.from(head('200 OK', 'transfer-encoding: chunked') + chunk(BODY.slice(0, 20)) + chunk(BODY.slice(20)) + '0\r\n\r\n'),
  Buffer.from(head('200 OK', 'transfer-encoding: chunked', 'trailer: a') + chunk(BODY) + '0\r\na: b\r\n\r\n'),
  Buffer.from(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${whole(BODY).toString()}`),
  Buffer.from(head('302 Found', 'location: /elsewhere', 'content-length: 0')),
  Buffer.from(head('429 Too Many Requests', 'retry-after: 0', 'content-length: 2') + '{}'),
  Buffer.from(head('503 Service Unavailable', 'content-length: 0')),
  Buffer.from(head('304 Not Modified', 'etag: "one"')),
  Buffer.from(head('204 No Content')),
  Buffer.from(head('200 OK', 'connection: close') + BODY),
  Buffer.from(`HTTP/1.0 200 OK\r\n\r\n${BODY}`),
] // prettier-ignore

/** How long the client may take for an answer, ms, and how much later its word may come on a machine that does much else. */
const LIMIT_MS = 150
const LATE_MS = 100
/** Questions under way at once. */
const SIDE_BY_SIDE = 8

export interface Streams {
  streams: number
  /** Those that were an answer after all. */
  streamsTaken: number
  /** Told later than the limit and a tenth of a second; and by how much the latest of all, ms. */
  streamsLate: number
  latestMs: number
  faults: string[]
}

/** What a server does after its bytes: most end, some say nothing more, some break off. */
function leave(socket: Socket, random: () => number): void {
  const kind = random()
  if (kind < 0.9) socket.end()
  else if (kind < 0.94) socket.resetAndDestroy()
}

/**
 * Byte streams with random faults, sent by a bare socket on loopback and read by the program's own client: each question
 * ends, in time, with a text or one of our errors. Afterwards the client still reads a sound answer.
 */
export async function readStreams(count: number, seed = 1): Promise<Streams> {
  const random = seededRandom(seed)
  const seen: Streams = { streams: count, streamsTaken: 0, streamsLate: 0, latestMs: 0, faults: [] }
  let isSound = false
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (asked) => {
      if (!asked.includes('\r\n\r\n')) return
      const stream = STREAMS[Math.floor(random() * STREAMS.length)] ?? BODY
      if (isSound) return void socket.write(whole(BODY))
      const isText = random() < 0.4
      socket.write(
        isText ? mutateText(stream.toString('latin1'), random) : mutateBytes(Buffer.from(stream), random),
        'latin1',
      )
      leave(socket, random)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const http = plainClient(url, { timeoutMs: LIMIT_MS }, { tries: 1 })
  const told = (error: unknown): void => void seen.faults.push(`beside every question: ${String(error)}`)
  process.on('unhandledRejection', told).on('uncaughtException', told)
  const ask = (): Promise<unknown> => http.request({ url: '/search', kind: 'search' })
  let left = count
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const nth = count - left
      const started = performance.now()
      try {
        await ask()
        seen.streamsTaken++
      } catch (error) {
        if (!isMarketError(error)) seen.faults.push(`stream ${nth} threw ${String(error)}`)
      }
      const overMs = performance.now() - started - LIMIT_MS
      seen.latestMs = Math.max(seen.latestMs, overMs)
      if (overMs > LATE_MS) seen.streamsLate++
    }
  }
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work))
  isSound = true
  await ask().catch((error: unknown) => seen.faults.push(`a sound answer afterwards: ${String(error)}`))
  await http.close()
  server.close()
  process.off('unhandledRejection', told).off('uncaughtException', told)
  return seen
}
