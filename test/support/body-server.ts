// A server in a process of its own, so that what it holds in memory is not counted with what the client holds. Prints its
// address, then answers: /plain with 400 MB of no stated length, /stated with the same and its length, /gzip with 2 GiB.
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import { constants, deflateRawSync } from 'node:zlib'

const MB = 1_000_000
const MIB = 2 ** 20
const PIECE = Buffer.alloc(MB, '{"a":[1,2,3]} ')
/** 16 MiB of zeros as a piece of a stream that ends on a byte, so that it can be said again and again. */
const BLOCK = deflateRawSync(Buffer.alloc(16 * MIB), { finishFlush: constants.Z_FULL_FLUSH })
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])

/** Writes pieces as fast as they are taken, and stops when the other side goes. */
const say = (response: ServerResponse, pieces: Iterable<Uint8Array>): void =>
  void pipeline(Readable.from(pieces), response, () => {})

function* times(piece: Uint8Array, count: number): Generator<Uint8Array> {
  for (let nth = 0; nth < count; nth++) yield piece
}

function* bomb(): Generator<Uint8Array> {
  yield GZIP_HEAD
  yield* times(BLOCK, 128)
}

const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  if (request.url?.startsWith('/gzip')) say(response.setHeader('content-encoding', 'gzip'), bomb())
  else if (request.url?.startsWith('/stated')) say(response.setHeader('content-length', 400 * MB), times(PIECE, 400))
  else say(response, times(PIECE, 400))
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
