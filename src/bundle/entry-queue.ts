import { hash } from 'node:crypto'
import { closeSync, constants, lstatSync, openSync, readSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { constants as zlibConstants, crc32, createDeflateRaw, deflateRawSync } from 'node:zlib'
import { fileProblem } from '../model/errors.ts'
import { openDeflatePool, type DeflatePool } from './deflate-pool.ts'
import type { EntryContent } from './deflated-zip.ts'
import { openContent, SMALL_BYTES, type ContentOptions, type PackFile } from './entry-content.ts'
import { openSmallFiles, type SmallBatch, type SmallFiles, type Unread } from './small-files.ts'

/** Batches being read and deflated ahead of the writer. */
const AHEAD = 8
/** Small files are done in batches of this many, or this many bytes: a few ms each, after which other work has its turn. */
const BATCH_FILES = 48
const BATCH_BYTES = 384 * 1024
/** Fewer small files, of fewer bytes, are done before a thread has started, which takes as long as some 800 of them. */
const THREADS_FROM_FILES = 1000
const THREADS_FROM_BYTES = 8 * 1024 * 1024

/** Small files to be done together, or one file that is done by itself. */
type Batch = { small: SmallBatch; files: readonly PackFile[] } | { alone: PackFile }

/** A batch, and what became of it. */
interface Slot {
  batch: Batch
  made?: Promise<EntryContent[]> | undefined
  isMade: boolean
}

/** Who can make contents of a batch: this thread, or another one that has time for it. */
interface Makers {
  here(batch: Batch): Promise<EntryContent[]>
  /** Undefined when nobody else has time. */
  elsewhere(batch: Batch): Promise<EntryContent[]> | undefined
}

/**
 * The contents of files in their order, read and deflated ahead: large ones by the threads of the runtime, small ones in
 * batches by threads of ours and, whatever those have not begun, by this one. `onBytes` hears how far a large file is.
 */
export async function* openContents(
  files: readonly PackFile[],
  level: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<EntryContent[], void> {
  const batches = batchesOf(files)
  const pool = isWorthThreads(batches) ? openDeflatePool(level, SMALL_BYTES) : undefined
  const makers = openMakers({ level, onBytes, free: [] }, pool)
  const waiting = batches.values()
  const slots: Slot[] = []
  try {
    for (;;) {
      slots.push(...waiting.take(AHEAD - slots.length).map((batch) => ({ batch, isMade: false })))
      for (const slot of slots) if (!slot.made) begin(slot, makers.elsewhere(slot.batch))
      const [head] = slots
      if (!head) return
      const unbegun = slots.find((slot) => !slot.made)
      // While another thread is still at the first one, the next that nobody has begun is done here.
      if (unbegun && !head.isMade) begin(unbegun, makers.here(unbegun.batch))
      if (unbegun && unbegun !== head && !head.isMade) {
        await nextTurn()
        continue
      }
      slots.shift()
      yield (await head.made) ?? []
    }
  } finally {
    await pool?.close()
  }
}

function begin(slot: Slot, making: Promise<EntryContent[]> | undefined): void {
  slot.made = making?.finally(() => (slot.isMade = true))
  // Its failure is met when its turn comes.
  slot.made?.catch(() => {})
}

function openMakers(options: ContentOptions, pool: DeflatePool | undefined): Makers {
  const tools = {
    crypto: { hash },
    fs: { closeSync, constants, openSync, readSync },
    zlib: { constants: zlibConstants, crc32, createDeflateRaw, deflateRawSync },
  }
  const deflate = openSmallFiles(tools, options.level, SMALL_BYTES)
  const alone = async (file: PackFile): Promise<EntryContent> => openContent(file, options)
  const contentsOf = async (made: SmallFiles | Unread, files: readonly PackFile[]): Promise<EntryContent[]> => {
    if ('why' in made) throw fileProblem(made.source, made.why)
    return Promise.all(files.map(async (file, index) => contentOf(made, index) ?? alone(file)))
  }
  return {
    here: async (batch) =>
      'alone' in batch ? [await alone(batch.alone)] : contentsOf(deflate(batch.small), batch.files),
    elsewhere(batch) {
      if ('alone' in batch) return alone(batch.alone).then((content) => [content])
      return pool?.isFree() ? pool.deflate(batch.small).then((made) => contentsOf(made, batch.files)) : undefined
    },
  }
}

/** One file of a batch; undefined when it must be done by itself. */
function contentOf({ packed, files }: SmallFiles, index: number): EntryContent | undefined {
  const file = files[index]
  if (!file?.facts) return undefined
  return { facts: file.facts, blocks: [packed.subarray(file.at, file.at + file.facts.packedBytes)] }
}

function isWorthThreads(batches: readonly Batch[]): boolean {
  const small = batches.flatMap((batch) => ('alone' in batch ? [] : batch.small))
  return small.length >= THREADS_FROM_FILES || bytesOf(small) >= THREADS_FROM_BYTES
}

const bytesOf = (small: SmallBatch): number => small.reduce((sum, { size }) => sum + size, 0)

/** The size of a small plain file; undefined for what is done by itself. */
function smallSize({ source, size }: PackFile): number | undefined {
  if (source === undefined) return undefined
  const facts = size === undefined ? lstatSync(source) : undefined
  const bytes = size ?? (facts?.isFile() ? facts.size : undefined)
  return bytes !== undefined && bytes <= SMALL_BYTES ? bytes : undefined
}

function batchesOf(files: readonly PackFile[]): Batch[] {
  const batches: Batch[] = []
  let last: { small: { source: string; size: number }[]; files: PackFile[] } | undefined
  let bytes = 0
  for (const file of files) {
    const size = smallSize(file)
    if (size === undefined || file.source === undefined) {
      batches.push({ alone: file })
      last = undefined
      continue
    }
    if (!last || last.files.length >= BATCH_FILES || bytes >= BATCH_BYTES) {
      last = { small: [], files: [] }
      bytes = 0
      batches.push(last)
    }
    last.small.push({ source: file.source, size })
    last.files.push(file)
    bytes += size
  }
  return batches
}
