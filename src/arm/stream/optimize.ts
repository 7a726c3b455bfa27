import { closeSync, constants, existsSync, openSync, renameSync, rmSync, write as writeDescriptor } from 'node:fs'
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

/** Writes what it can of a piece from an offset on; answers how much. */
const writeTo = (descriptor: number, piece: Uint8Array, offset: number): Promise<number> =>
  new Promise((resolve, reject) => {
    writeDescriptor(descriptor, piece, offset, (error, written) => (error ? reject(error) : resolve(written)))
  })

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
  const { chunkBytes, readsAhead } = fittingBuffers(request)
  const engine = openEngine(chunkBytes, { readsAhead, hasOutput: true })
  const minifier = new Minifier(engine, request.hasShorterExpressions ? shorten : undefined)
  const bytesAfter = await writeWhole(request, async (write) => {
    let writing: Promise<void> = Promise.resolve()
    try {
      await eachChunk(request, engine, async (from, to) => {
        const out = minifier.feed(from, to)
        // The piece before may still be on its way: there are two buffers for output.
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
  const writeAll =
    (descriptor: number): Write =>
    async (piece) => {
      for (let offset = 0; offset < piece.length;) {
        try {
          offset += await writeTo(descriptor, piece, offset)
        } catch (error) {
          // A pipe that is full, and does not wait.
          if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
          await pause()
        }
      }
      bytes += piece.length
    }
  if (into === STDOUT) {
    await work(writeAll(STDOUT_DESCRIPTOR))
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
    await work(writeAll(descriptor))
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

/** Takes away what is not whole. */
function discard(descriptor: number, part: string): void {
  try {
    closeSync(descriptor)
  } catch {
    // It was closed already.
  }
  rmSync(part, { force: true })
}
