import { ZipArchive, type ZipEntryData } from 'archiver'
import type { Writable } from 'node:stream'
import { centralHeader, isWide, localHeader, type WriterEntry } from './entry-headers.ts'
import type { EntryFacts } from './small-files.ts'

/** Content of one entry, packed already: `blocks` are written as they are. */
export interface EntryContent {
  /** Absent until the last block is out when it is not known before; it then follows the data. */
  facts?: EntryFacts
  /** The last thing it answers is the facts. */
  blocks: Iterable<Uint8Array> | AsyncGenerator<Uint8Array, EntryFacts>
}

/** The ZIP writer inside archiver: what it offers to the classes that extend it. */
interface Writer extends Writable {
  offset: number
  _appendBuffer(entry: WriterEntry, source: Buffer, done: (error: Error | null) => void): void
  _writeLocalFileHeader(entry: WriterEntry): void
  _writeCentralFileHeader(entry: WriterEntry): void
  _afterAppend(entry: WriterEntry): void
}

/** What archiver offers to the classes that extend it. */
interface Inside {
  _module: { engine: Writer }
  _normalizeEntryData(data: ZipEntryData): ZipEntryData
  _moduleAppend(source: Uint8Array, data: ZipEntryData, done: () => void): void
}

/** ZIP 2.0, the first to let sizes follow the data. */
const VERSION_OF_DESCRIPTOR = 20
/** Bytes gathered before they are handed on: the writer makes some thirty small writes an entry. */
const GATHER_BYTES = 256 * 1024
/** A piece of this size is handed on as it is, not copied. */
const LARGE_BYTES = 64 * 1024

/**
 * Archiver's ZIP, whose entries come packed. Archiver keeps writing all of the structure; only its own deflate, one
 * stream object an entry and all on one core, is left out.
 */
export class DeflatedZip extends ZipArchive {
  readonly #contents = new WeakMap<Uint8Array, EntryContent>()
  readonly #isStored: boolean
  #isWriting = false
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(options: { store: boolean }) {
    super({ store: options.store, zlib: { level: options.store ? 0 : 6 } })
    this.#isStored = options.store
    const writer = this.#inside()._module.engine
    gatherWrites(writer)
    writeHeadersWhole(writer)
    writer._appendBuffer = (entry, source, done) => {
      const content = this.#contents.get(source)
      if (!content) return done(new Error('this entry came without content'))
      writeEntry(writer, entry, content, done)
    }
    this.on('entry', () => {
      this.#isWriting = false
      this.#settle?.resolve()
    })
    this.on('error', (error) => this.#settle?.reject(error))
    this.on('close', () => this.#settle?.reject(new Error('the archive was closed')))
  }

  #inside(): Inside {
    return this as unknown as Inside
  }

  /**
   * Adds one entry, after those before it. What it answers, if anything, resolves when the entry is written. Archiver's
   * own queue is passed by: it waits for a turn of the event loop after each entry.
   */
  add(content: EntryContent, data: ZipEntryData): Promise<void> | undefined {
    if (this.destroyed) throw new Error('the archive was closed')
    if (this.#isWriting) throw new Error('the entry before this one is not written yet')
    this.#isWriting = true
    // Stands for the content.
    const source = Buffer.alloc(0)
    this.#contents.set(source, content)
    const isStored = this.#isStored || content.facts?.size === 0
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#settle = { resolve, reject }
    this.#inside()._moduleAppend(source, this.#inside()._normalizeEntryData({ ...data, store: isStored }), () => {})
    return this.#isWriting ? promise : undefined
  }
}

/** Headers in one piece each, but for those of entries that need wide fields. */
function writeHeadersWhole(writer: Writer): void {
  const local = writer._writeLocalFileHeader.bind(writer)
  const central = writer._writeCentralFileHeader.bind(writer)
  writer._writeLocalFileHeader = (entry) => {
    if (entry.isZip64()) return local(entry)
    entry._offsets.file = writer.offset
    const header = localHeader(entry)
    writer.write(header)
    entry._offsets.contents = writer.offset
  }
  writer._writeCentralFileHeader = (entry) => {
    if (isWide(entry)) central(entry)
    else writer.write(centralHeader(entry))
  }
}

/** Lets a stream take few large pieces instead of many small ones. */
function gatherWrites(writer: Writer): void {
  const write = writer.write.bind(writer) as (bytes: Uint8Array) => boolean
  const end = writer.end.bind(writer)
  let held: Uint8Array[] = []
  let bytes = 0
  const flush = (): void => {
    const whole = held.length === 1 ? held[0] : Buffer.concat(held, bytes)
    held = []
    // The writer counts what it takes; this was counted when it was held.
    writer.offset -= bytes
    bytes = 0
    if (whole) write(whole)
  }
  writer.write = (chunk: Uint8Array | string): boolean => {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    const isLarge = piece.length >= LARGE_BYTES
    if (isLarge) flush()
    held.push(piece)
    bytes += piece.length
    writer.offset += piece.length
    if (isLarge || bytes >= GATHER_BYTES) flush()
    return !writer.writableNeedDrain
  }
  writer.end = () => {
    flush()
    return end()
  }
}

/** Calls `done` when the writer can take more. */
function writeEntry(
  writer: Writer,
  entry: WriterEntry,
  content: EntryContent,
  done: (error: Error | null) => void,
): void {
  const { facts, blocks } = content
  entry.getGeneralPurposeBit().useDataDescriptor(!facts)
  if (facts) state(entry, facts)
  else entry.setVersionNeededToExtract(VERSION_OF_DESCRIPTOR)
  writer._writeLocalFileHeader(entry)
  if (Symbol.asyncIterator in blocks) {
    return void writeBlocks(writer, blocks)
      .then((late) => {
        content.facts = late
        state(entry, late)
        writer._afterAppend(entry)
      })
      .then(() => done(null), done)
  }
  let hasRoom = true
  for (const block of blocks) hasRoom = writer.write(block)
  writer._afterAppend(entry)
  if (hasRoom) done(null)
  else writer.once('drain', () => done(null))
}

function state(entry: WriterEntry, { size, packedBytes, crc }: EntryFacts): void {
  entry.setSize(size)
  entry.setCompressedSize(packedBytes)
  entry.setCrc(crc)
}

async function writeBlocks(writer: Writer, blocks: AsyncGenerator<Uint8Array, EntryFacts>): Promise<EntryFacts> {
  for (let next = await blocks.next(); ; next = await blocks.next()) {
    if (next.done) return next.value
    if (!writer.write(next.value)) await new Promise<void>((done) => void writer.once('drain', done))
  }
}
