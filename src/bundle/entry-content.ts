import { lstatSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib'
import { fileProblem } from '../model/errors.ts'
import type { EntryContent, EntryFacts } from './deflated-zip.ts'
import { fittingWindow } from './fitting-window.ts'

/** A file to pack: its text or bytes, or the file to read them from. */
export interface PackFile {
  /** Path in the bundle, forward slashes. */
  path: string
  content?: string | Uint8Array
  source?: string
}

/** Up to this size a file is deflated here and now: handing it to another thread would take longer. */
export const HERE_BYTES = 64 * 1024
/** Larger files are deflated in blocks of this size side by side. Fixed, so that the bytes depend on nothing else. */
const BLOCK_BYTES = 1024 * 1024
/** How far back deflate looks; the end of one block is the dictionary of the next. */
const WINDOW_BYTES = 32 * 1024
/** Blocks being deflated at once; the threads of the runtime are four. */
const BLOCKS_AHEAD = 4
const { Z_FINISH, Z_SYNC_FLUSH } = constants

const deflateAside = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/**
 * Reads and deflates one file. Small ones come whole; a large one is read and deflated block by block when its blocks
 * are asked for. `onBytes` hears how far a large file is. Level 0 stores.
 */
export async function openContent(
  { source, content = '' }: PackFile,
  level: number,
  onBytes: (bytes: number) => void,
): Promise<EntryContent> {
  if (source === undefined) return wholeContent(Buffer.from(content), level)
  const facts = lstatSync(source)
  if (!facts.isFile()) throw fileProblem(source, 'is no regular file, so it is not packed')
  if (facts.size > BLOCK_BYTES) return { blocks: blocksOf(source, level, onBytes) }
  return wholeContent(readFileSync(source), level)
}

async function wholeContent(bytes: Buffer, level: number): Promise<EntryContent> {
  const packed = level === 0 || bytes.length === 0 ? bytes : await deflateWhole(bytes, level)
  return { facts: { size: bytes.length, packedBytes: packed.length, crc: crc32(bytes) }, blocks: [packed] }
}

const deflateWhole = (bytes: Buffer, level: number): Buffer | Promise<Buffer> =>
  bytes.length <= HERE_BYTES
    ? deflateRawSync(bytes, { level, ...fittingWindow(bytes.length) })
    : deflateAside(bytes, { level, ...fittingWindow(bytes.length), chunkSize: Math.max(HERE_BYTES, bytes.length >> 2) })

async function* blocksOf(
  source: string,
  level: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array, EntryFacts> {
  const facts = { size: 0, packedBytes: 0, crc: 0 }
  const ahead: { block: Uint8Array; packed: Promise<Uint8Array> }[] = []
  let size = 0
  // Blocks that were deflated take the next ones: left to the collector they would be far more than are at work.
  const free: Buffer[] = []
  for await (const { block, dictionary, isLast } of readBlocks(source, free)) {
    facts.crc = crc32(block, facts.crc)
    facts.size += block.length
    const options = { level, finishFlush: isLast ? Z_FINISH : Z_SYNC_FLUSH, chunkSize: BLOCK_BYTES >> 2 }
    const packed =
      level === 0 ? Promise.resolve(block) : deflateAside(block, dictionary ? { ...options, dictionary } : options)
    // Its failure is met when its turn comes.
    packed.catch(() => {})
    ahead.push({ block, packed })
    while (ahead.length >= (isLast ? 1 : BLOCKS_AHEAD)) {
      const next = ahead.shift()
      if (!next) break
      const bytes = await next.packed
      facts.packedBytes += bytes.length
      yield bytes
      onBytes((size += next.block.length))
      if (level > 0) free.push(Buffer.from(next.block.buffer))
    }
  }
  return facts
}

/** A file in blocks of equal size but the last; one block is read ahead, to know which is the last. */
async function* readBlocks(
  source: string,
  free: Buffer[],
): AsyncGenerator<{ block: Uint8Array; dictionary: Uint8Array | undefined; isLast: boolean }> {
  const handle = await open(source)
  const read = async (): Promise<Uint8Array> => {
    const buffer = free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
    let filled = 0
    while (filled < BLOCK_BYTES) {
      const { bytesRead } = await handle.read(buffer, filled, BLOCK_BYTES - filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }
  try {
    let dictionary: Uint8Array | undefined
    for (let block = await read(), isLast = false; !isLast;) {
      const next = await read()
      isLast = next.length === 0
      // Of its own: the block may be read into again while the one after it is deflated.
      const ending = Buffer.from(block.subarray(-WINDOW_BYTES))
      yield { block, dictionary, isLast }
      dictionary = ending
      block = next
    }
  } finally {
    await handle.close()
  }
}
