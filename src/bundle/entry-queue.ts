import { lstatSync } from 'node:fs'
import { openDeflatePool, type DeflatePool } from './deflate-pool.ts'
import type { EntryContent } from './deflated-zip.ts'
import { HERE_BYTES, openContent, type PackFile } from './entry-content.ts'

/** Batches being read and deflated ahead of the writer. */
const AHEAD = 8
/** Small files go to a thread in batches of this many, or this many bytes. */
const BATCH_FILES = 64
const BATCH_BYTES = 512 * 1024
/** Fewer files than this are done before threads have started. */
const POOL_FROM_FILES = 400

/** The contents of files in their order, read and deflated ahead. `onBytes` hears how far a large file is. */
export async function* openContents(
  files: readonly PackFile[],
  level: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<EntryContent, void> {
  const pool = level > 0 && files.length >= POOL_FROM_FILES ? openDeflatePool(level) : undefined
  const batches = pool ? batchesOf(files) : singlesOf(files)
  const ahead: Promise<EntryContent[]>[] = []
  const prepare = async ({ alone, sources }: Batch, threads: DeflatePool | undefined): Promise<EntryContent[]> =>
    threads && !alone ? threads.deflate(sources) : alone ? [await openContent(alone, level, onBytes)] : []
  try {
    for (;;) {
      while (ahead.length < AHEAD) {
        const next = batches.next()
        if (next.done) break
        const preparing = prepare(next.value, pool)
        // Its failure is met when its turn comes.
        preparing.catch(() => {})
        ahead.push(preparing)
      }
      const contents = await ahead.shift()
      if (!contents) return
      yield* contents
    }
  } finally {
    await pool?.close()
  }
}

/** Small files to be deflated together, or one file that is done by itself. */
interface Batch {
  sources: string[]
  alone?: PackFile
}

function* singlesOf(files: readonly PackFile[]): Generator<Batch> {
  for (const alone of files) yield { sources: [], alone }
}

function* batchesOf(files: readonly PackFile[]): Generator<Batch> {
  let sources: string[] = []
  let bytes = 0
  for (const file of files) {
    const facts = file.source === undefined ? undefined : lstatSync(file.source)
    const isSmall = facts?.isFile() === true && facts.size <= HERE_BYTES
    const isFull = sources.length >= BATCH_FILES || bytes >= BATCH_BYTES
    if (sources.length > 0 && (isFull || !isSmall)) {
      yield { sources }
      sources = []
      bytes = 0
    }
    if (isSmall && file.source !== undefined) {
      sources.push(file.source)
      bytes += facts.size
    } else yield { sources: [], alone: file }
  }
  if (sources.length > 0) yield { sources }
}
