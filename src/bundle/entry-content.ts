import { createHash, hash } from 'node:crypto'
import { lstatSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { constants, crc32, deflateRaw, deflateRawSync, type ZlibOptions } from 'node:zlib'
import { fileProblem } from '../model/errors.ts'
import type { EntryContent } from './deflated-zip.ts'
import { resistsPacking } from './resists-packing.ts'
import type { EntryFacts } from './small-files.ts'

/** A file to pack: its text or bytes, or the file to read them from. */
export interface PackFile {
  /** Path in the bundle, forward slashes. */
  path: string
  content?: string | Uint8Array
  source?: string
  /** Size of a source in bytes, where it is known that it is a plain file. */
  size?: number
}

/** Up to this size, which is how far back deflate looks, a file is deflated with others like it. */
export const SMALL_BYTES = 32 * 1024
/** Up to this size a file is deflated here and now: handing it to another thread would take longer. */
const HERE_BYTES = 64 * 1024
/** Larger files are deflated in blocks of this size side by side. Fixed, so that the bytes depend on nothing else. */
const BLOCK_BYTES = 1024 * 1024
/** How far back deflate looks; the end of one block is the dictionary of the next. */
const WINDOW_BYTES = 32 * 1024
/** Blocks being deflated at once; the threads of the runtime are four. */
const BLOCKS_AHEAD = 4
const { Z_FINISH, Z_SYNC_FLUSH } = constants

const deflateAside = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw)

/** How a file is read and deflated. */
export interface ContentOptions {
  /** 0 stores. */
  level: number
  /** Hears how far a large file is. */
  onBytes: (bytes: number) => void
  /** Blocks of files before it, to be read into again: left to the collector they would be far more than are at work. */
  free: Buffer[]
}

/**
 * Reads and deflates one file. Small ones come whole; a large one is read and deflated block by block when its blocks
 * are asked for.
 */
export async function openContent(file: PackFile, options: ContentOptions): Promise<EntryContent> {
  const { source, content = '' } = file
  if (source === undefined) return wholeContent(Buffer.from(content), options.level)
  const facts = lstatSync(source)
  if (!facts.isFile()) throw fileProblem(source, 'is no regular file, so it is not packed')
  if (facts.size > BLOCK_BYTES) return { blocks: blocksOf(source, options) }
  return wholeContent(readFileSync(source), options.level)
}

/** What is in memory, deflated whole. */
export async function wholeContent(bytes: Buffer, level: number): Promise<EntryContent> {
  const packed = level === 0 || bytes.length === 0 ? bytes : await deflateWhole(bytes, level)
  const facts = { size: bytes.length, packedBytes: packed.length, crc: crc32(bytes), sha256: hash('sha256', bytes) }
  return { facts, blocks: [packed] }
}

const deflateWhole = (bytes: Buffer, level: number): Buffer | Promise<Buffer> =>
  bytes.length <= HERE_BYTES
    ? deflateRawSync(bytes, { level })
    : deflateAside(bytes, {
        level: resistsPacking(bytes) ? 0 : level,
        chunkSize: Math.max(HERE_BYTES, bytes.length >> 2),
      })

async function* blocksOf(
  source: string,
  { level, onBytes, free }: ContentOptions,
): AsyncGenerator<Uint8Array, EntryFacts> {
  const facts = { size: 0, packedBytes: 0, crc: 0 }
  const digest = createHash('sha256')
  const ahead: { block: Uint8Array; packed: Promise<Uint8Array> }[] = []
  let size = 0
  for await (const { block, dictionary, isLast } of readBlocks(source, free)) {
    facts.crc = crc32(block, facts.crc)
    facts.size += block.length
    const packed = level === 0 ? Promise.resolve(block) : deflateBlock(block, { level, dictionary, isLast })
    // Its failure is met when its turn comes.
    packed.catch(() => {})
    ahead.push({ block, packed })
    // While the threads are at work on it.
    digest.update(block)
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
  return { ...facts, sha256: digest.digest('hex') }
}

/** One block as a part of a deflated whole: `dictionary` is the end of the block before it. */
async function deflateBlock(
  block: Uint8Array,
  { level, dictionary, isLast }: { level: number; dictionary: Uint8Array | undefined; isLast: boolean },
): Promise<Uint8Array> {
  const finishFlush = isLast ? Z_FINISH : Z_SYNC_FLUSH
  if (resistsPacking(block)) return deflateAside(block, { level: 0, finishFlush, chunkSize: BLOCK_BYTES + 1024 })
  return deflateAside(block, { level, finishFlush, chunkSize: BLOCK_BYTES >> 2, ...(dictionary && { dictionary }) })
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
