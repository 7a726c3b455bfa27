import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { isMarketError, itemUnsafe, reasonOf } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { openSink, type Unpacked, type UnpackOptions } from './unpack.ts'

/** What an archive file is, by its first bytes; names prove nothing. */
export async function archiveKind(path: string): Promise<'zip' | 'tar.gz' | 'file'> {
  const handle = await open(path)
  try {
    const head = Buffer.alloc(4096)
    const { bytesRead } = await handle.read(head, 0, head.length, 0)
    const start = head.subarray(0, bytesRead)
    if (start.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1'))) return 'zip'
    if (start.subarray(0, 4).equals(Buffer.from('PK\u0005\u0006', 'latin1'))) return 'zip'
    if (start[0] === 0x1f && start[1] === 0x8b && isTar(start)) return 'tar.gz'
    return 'file'
  } finally {
    await handle.close()
  }
}

function isTar(packed: Uint8Array): boolean {
  try {
    // Z_SYNC_FLUSH answers what the first bytes hold, though the stream goes on behind them.
    const plain = gunzipSync(packed, { finishFlush: 2, maxOutputLength: 8 * 1024 * 1024 })
    return plain.subarray(257, 262).toString('latin1') === 'ustar'
  } catch {
    return false
  }
}

/** Headers a tar may hold besides files, per entry: names and extended attributes. Counted as overhead. */
const OVERHEAD_BYTES_PER_ENTRY = 2048

/** Lets bytes through up to a limit; stands in front of the parser, so that no header can make it swallow more. */
function counter(maxBytes: number, refuse: () => Error): Transform {
  let seen = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.length
      if (seen > maxBytes) done(refuse())
      else done(null, chunk)
    },
  })
}

/** Unpacks a gzipped tar into a fresh folder: files and folders only, same rules and limits as a ZIP. */
export async function unpackTarGz(path: string, into: string, options: UnpackOptions): Promise<Unpacked> {
  const { label, limits, signal } = options
  const sink = openSink(into, options)
  const packed = (await stat(path)).size
  const byRatio = Math.max(1024 * 1024, packed * limits.maxRatio)
  const byLimit = limits.maxUnpackedBytes + limits.maxEntries * OVERHEAD_BYTES_PER_ENTRY
  const guard = counter(Math.min(byRatio, byLimit), () => itemUnsafe(label, 'it unpacks to far more bytes than it may'))
  const parser = extract()
  const feed = pipeline(createReadStream(path), createGunzip(), guard, parser, signal ? { signal } : {})
  // A failure of the feed also ends the loop below; this keeps it from being reported twice.
  feed.catch(() => {})
  try {
    for await (const entry of parser) {
      // Its reader hears of a failure too; this keeps one that comes earlier from ending the program.
      entry.on('error', () => {})
      const { name, type, size, mode } = entry.header
      const clean = type === 'directory' && !name.endsWith('/') ? `${name}/` : name
      const inside = clean.startsWith('./') ? clean.slice(2) : clean
      if (inside === '') {
        entry.resume()
        continue
      }
      sink.admit(inside)
      if (type === 'directory') {
        await sink.folder(inside)
        entry.resume()
      } else if (type === 'file' || type === 'contiguous-file') {
        await sink.file(
          inside,
          ((mode ?? 0) & 0o100) !== 0,
          () => entry as AsyncIterable<Uint8Array>,
          size === undefined ? {} : { size },
        )
      } else throw sink.refuse(name, 'is a link or a device')
    }
    await feed
  } catch (error) {
    parser.destroy()
    const cause = signal?.aborted ? (signal.reason as Error) : error
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (isMarketError(cause) || signal?.aborted || /^E[A-Z]+$/.test(code)) throw cause
    throw itemUnsafe(label, `the archive cannot be read (${harmless(reasonOf(error), 300)})`)
  }
  return sink.done()
}
