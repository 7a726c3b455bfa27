import {
  closeSync,
  constants,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  write as writeDescriptor,
  writeSync,
} from 'node:fs'
import { fileProblem, isMarketError, reasonOf, usage } from '../../model/errors.ts'
import type { Change, Optimized } from '../../model/analysis.ts'
import { eachChunk, fittingBuffers, nextTurn, type ChunkRequest } from './chunks.ts'
import { openEngine } from './engine.ts'
import { Minifier } from './minifier.ts'
import { notJsonOf } from './not-json.ts'
import { shortenExpression } from './shorten.ts'
import { decoded } from './decoded.ts'

/** Standard output as a target. */
const STDOUT = '-'
const STDOUT_DESCRIPTOR = 1

export interface OptimizeRequest extends ChunkRequest {
  /** The file to write, or `-` for standard output. */
  into: string
  chunkBytes: number
  /** Makes expressions shorter too; else every value keeps its bytes. */
  hasShorterExpressions?: boolean
  /** Writes over what is there. */
  isForced?: boolean
  /** Hears of every expression that was made shorter. */
  onChange?: ((change: Change) => void) | undefined
}

/** Changes that are told one by one. */
const MAX_CHANGES = 100

/**
 * Writes a template again without comments, trailing commas and white space outside strings, in one pass and in constant
 * memory. The target appears when it is whole, or not at all. What is no JSON is an `item.json` error.
 */
export async function optimizeTemplate(request: OptimizeRequest): Promise<Optimized> {
  const { source, into, onChange } = request
  if (into !== STDOUT && !request.isForced && existsSync(into))
    throw usage(`${into} is already there.`, 'Choose another --out, or add --force to write over it.')
  const changes: Change[] = []
  let changeCount = 0
  const shorten = (text: Uint8Array, line: number): Uint8Array | undefined => {
    const before = decoded(text, 0, text.length)
    const after = shortenExpression(before)
    if (after === undefined) return undefined
    const written = Buffer.from(JSON.stringify(after))
    if (written.length >= text.length + 2) return undefined
    const change = { line, before, after }
    if (changeCount++ < MAX_CHANGES) changes.push(change)
    onChange?.(change)
    return written
  }
  const { chunkBytes, inputs } = fittingBuffers(request)
  const engine = openEngine(chunkBytes, { inputs, outputs: into === STDOUT ? 2 : 1 })
  const minifier = new Minifier(engine, request.hasShorterExpressions ? shorten : undefined)
  const bytesAfter = await writeWhole(request, async (write) => {
    let writing: Promise<void> = Promise.resolve()
    try {
      await eachChunk(request, engine, async (from, to) => {
        const out = minifier.feed(from, to)
        // The piece before may still be on its way to a pipe, for which there are two buffers.
        await writing
        writing = write(engine.bytes.subarray(out.from, out.to))
        writing.catch(() => {})
      })
      const last = minifier.end()
      await writing
      await write(engine.bytes.subarray(last.from, last.to))
    } catch (error) {
      await writing.catch(() => {})
      throw notJsonOf(source, error)
    }
  })
  const { bytesDone, comments } = minifier.scanner
  const trailingCommas = engine.trailingCommas.value
  return { bytesBefore: bytesDone, bytesAfter, comments, trailingCommas, changeCount, changes }
}

type Write = (bytes: Uint8Array) => Promise<void>

/** Writes under another name until it is whole. Answers how many bytes. */
async function writeWhole(
  { into, pause = nextTurn }: OptimizeRequest,
  work: (write: Write) => Promise<void>,
): Promise<number> {
  let bytes = 0
  if (into === STDOUT) {
    await work(async (piece) => {
      await writePatiently(piece, pause)
      bytes += piece.length
    })
    return bytes
  }
  const part = `${into}.part`
  let descriptor: number | undefined
  try {
    descriptor = openSync(
      part,
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
      0o644,
    )
    const file = descriptor
    await work(async (piece) => {
      for (let offset = 0; offset < piece.length;) offset += writeSync(file, piece, offset)
      bytes += piece.length
    })
    closeSync(descriptor)
    renameSync(part, into)
    return bytes
  } catch (error) {
    if (descriptor !== undefined) discard(descriptor, part)
    if (isMarketError(error) || (error as Error).name === 'AbortError' || !(error as NodeJS.ErrnoException).code)
      throw error
    throw fileProblem(into, `cannot be written: ${reasonOf(error)}`, error)
  }
}

/** Writes to standard output, which may be a pipe that is full and does not wait. */
async function writePatiently(piece: Uint8Array, pause: () => Promise<void>): Promise<void> {
  for (let offset = 0; offset < piece.length;) {
    const written = await new Promise<number | undefined>((resolve, reject) => {
      writeDescriptor(STDOUT_DESCRIPTOR, piece, offset, (error, length) => {
        if (!error) resolve(length)
        else if (error.code === 'EAGAIN') resolve(undefined)
        else reject(error)
      })
    })
    if (written === undefined) await pause()
    offset += written ?? 0
  }
}

/** Takes away what is not whole. */
function discard(descriptor: number, part: string): void {
  try {
    closeSync(descriptor)
  } catch {
    // It was closed already.
  }
  rmSync(part, { force: true })
}
