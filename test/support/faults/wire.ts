import { gzipSync } from 'node:zlib'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Asked, type FaultMode, json, page, SHORT_MS, SOUND } from './mode.ts'

const WHOLE = JSON.stringify(page([SOUND]))
const TORN = /closed half-way|another length|was reset|was closed|does not speak HTTP|in the middle/
const LATE = new RegExp(`did not answer within ${SHORT_MS} ms`)

/** Writes something again and again until the other side leaves. */
function repeat(response: ServerResponse, what: string): void {
  const more = setInterval(() => response.write(what), 20)
  response.on('close', () => clearInterval(more))
}

const start = ({ response }: Asked, headers: Record<string, string> = {}): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers })

const raw = (name: string, says: RegExp, bytes: string | Buffer, end = true): FaultMode => ({
  name,
  door: 'raw',
  state: 'failed',
  says,
  raw: (socket) => void (end ? socket.end(bytes) : socket.write(bytes)),
})

const reset = (socket: Socket | null): void => void socket?.resetAndDestroy()

const late = (name: string, answer: (asked: Asked) => void): FaultMode => ({
  name,
  state: 'slow',
  says: LATE,
  timeoutMs: SHORT_MS,
  answer,
})

/** Faults of time, of connections and of the protocol itself. */
export const wireModes: readonly FaultMode[] = [
  late('never answers', () => {}),
  late('slow bytes', (asked) => {
    start(asked).write('{"templates": [')
    repeat(asked.response, ' ')
  }),
  late('headers and then nothing', (asked) => start(asked).flushHeaders()),
  late('half a body and then nothing', (asked) => void start(asked).write(WHOLE.slice(0, 20))),
  late('interim answers for ever', ({ response }) => {
    const more = setInterval(() => response.writeProcessing(), 20)
    response.on('close', () => clearInterval(more))
  }),
  {
    name: 'slow start',
    state: 'fresh',
    kept: ['sound'],
    answer: (asked) => void setTimeout(() => json(asked, WHOLE), 80),
  },
  {
    name: 'early hints first',
    state: 'fresh',
    kept: ['sound'],
    answer: (asked) => asked.response.writeEarlyHints({ link: '</x>; rel=preload' }, () => json(asked, WHOLE)),
  },
  raw('switches to another protocol', /cannot be read|cannot be reached/, upgrade()),
  { name: 'nobody hears', door: 'closed', state: 'failed', says: /the connection was refused/ },
  { name: 'reset at once', door: 'raw', state: 'failed', says: TORN, raw: reset },
  { name: 'closed at once', door: 'raw', state: 'failed', says: TORN, raw: (socket) => void socket.end() },
  { name: 'reset before the headers', state: 'failed', says: TORN, answer: ({ response }) => reset(response.socket) },
  raw('closed in the headers', TORN, 'HTTP/1.1 200 OK\r\ncontent-ty'),
  {
    name: 'reset in the body',
    state: 'failed',
    says: TORN,
    answer: (asked) => void start(asked).write(WHOLE.slice(0, 30), () => reset(asked.response.socket)),
  },
  {
    name: 'half a body',
    state: 'failed',
    says: TORN,
    answer: (asked) => {
      start(asked, { 'content-length': String(WHOLE.length) }).write(WHOLE.slice(0, 30))
      asked.response.socket?.end()
    },
  },
  raw('shorter than announced', TORN, `HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n${WHOLE}`),
  raw(
    'longer than announced',
    /is not JSON|does not speak HTTP/,
    `HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n${WHOLE}`,
  ),
  raw(
    'two lengths',
    /another length than announced/,
    `HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\n${WHOLE}`,
  ),
  raw(
    'broken chunks',
    /does not speak HTTP/,
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
  ),
  raw('chunks without an end', TORN, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"tem\r\n'),
  raw('no HTTP at all', /does not speak HTTP/, 'SSH-2.0-OpenSSH_9.9\r\n'),
  raw(
    'bytes of any kind',
    /does not speak HTTP/,
    Buffer.from(Array.from({ length: 500 }, (_, at) => (at * 89 + 7) % 256)),
  ),
  raw('headers over the limit', /headers are too large/, `HTTP/1.1 200 OK\r\nx-big: ${'x'.repeat(80_000)}\r\n\r\n{}`),
  raw('too many headers', /headers are too large/, `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(20_000)}\r\n{}`),
  {
    name: 'closes a connection it promised to keep',
    state: 'fresh',
    kept: ['sound'],
    answer: (asked) => {
      asked.response.on('finish', () => asked.response.socket?.destroySoon())
      json(asked, WHOLE, { connection: 'keep-alive' })
    },
  },
  {
    name: 'answers at the second try',
    state: 'fresh',
    kept: ['sound'],
    answer: (asked) => (asked.count === 1 ? reset(asked.response.socket) : json(asked, WHOLE)),
  },
  {
    name: 'bad gzip',
    state: 'failed',
    says: /its compression is broken/,
    answer: (asked) => json(asked, 'this is no gzip', { 'content-encoding': 'gzip' }),
  },
  {
    name: 'gzip that ends too soon',
    state: 'failed',
    says: /its compression is broken/,
    answer: (asked) => json(asked, gzipSync(WHOLE).subarray(0, 40), { 'content-encoding': 'gzip' }),
  },
  {
    name: 'an encoding nobody asked for',
    state: 'failed',
    says: /compressed in a way that was not asked for/,
    answer: (asked) => json(asked, WHOLE, { 'content-encoding': 'zstd, rot13' }),
  },
  {
    name: 'a certificate nobody vouches for',
    door: 'untrusted',
    state: 'failed',
    says: /certificate is signed by itself/,
  },
  {
    name: 'a certificate for another name',
    door: 'other-name',
    state: 'failed',
    says: /certificate is for another host/,
  },
  { name: 'a certificate of the past', door: 'expired', state: 'failed', says: /certificate has expired/ },
  { name: 'no TLS where https is asked', door: 'no-tls', state: 'failed', says: /does not speak TLS/ },
]

function upgrade(): string {
  return 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'
}
