import { ZipArchive, type ZipEntryData } from 'archiver'
import type { Writable } from 'node:stream'
import { centralHeader, isWide, localHeader, type WriterEntry } from './entry-headers.ts'

/** Content of one entry, packed already: `blocks` are written as they are. Sizes in bytes, before and after. */
export interface EntryContent {
  /** Absent when it is known only once the last block is out; it then follows the data. */
  facts?: EntryFacts
  /** The last thing it answers is the facts. */
  blocks: Iterable<Uint8Array> | AsyncGenerator<Uint8Array, EntryFacts>
}

export interface EntryFacts {
  size: number
  packedBytes: number
  crc: number
}

/** The ZIP writer inside archiver: what it offers to the classes that extend it. */
interface Writer extends Writable {
  offset: number
  _appendBuffer(entry: WriterEntry, source: Buffer, done: (error: Error | null) => void): void
  _writeLocalFileHeader(entry: WriterEntry): void
  _writeCentralFileHeader(entry: WriterEntry): void
  _afterAppend(entry: WriterEntry): void
}

/** ZIP 2.0, the first to let sizes follow the data. */
const VERSION_OF_DESCRIPTOR = 20
/** Bytes gathered before they are handed on: the writer makes some thirty small writes an entry. */
const GATHER_BYTES = 256 * 1024

/**
 * Archiver's ZIP, whose entries come packed. Archiver keeps writing all of the structure; only its own deflate, one
 * stream object an entry and all on one core, is left out.
 */
export class DeflatedZip extends ZipArchive {
  readonly #contents = new WeakMap<Uint8Array, EntryContent>()
  #settle: { resolve: () => void; reject: (error: Error) => void } | undefined

  constructor(options: { store: boolean }) {
    super({ store: options.store, zlib: { level: options.store ? 0 : 6 } })
    const writer = (this as unknown as { _module: { engine: Writer } })._module.engine
    gatherWrites(writer)
    writeHeadersWhole(writer)
    writer._appendBuffer = (entry, source, done) => {
      const content = this.#contents.get(source)
      if (!content) return done(new Error('this entry came without content'))
      writeEntry(writer, entry, content).then(() => done(null), done)
    }
    this.on('entry', () => this.#settle?.resolve())
    this.on('error', (error) => this.#settle?.reject(error))
    this.on('close', () => this.#settle?.reject(new Error('the archive was closed')))
  }

  /** Adds one entry, after those before it; resolves when it is written. */
  async add(content: EntryContent, data: ZipEntryData): Promise<void> {
    if (this.destroyed) throw new Error('the archive was closed')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#settle = { resolve, reject }
    // Stands for the content while the entry waits in archiver's queue.
    const source = Buffer.alloc(0)
    this.#contents.set(source, content)
    this.append(source, data)
    await promise
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
    const whole = Buffer.concat(held, bytes)
    held = []
    // The writer counts what it takes; this was counted when it was held.
    writer.offset -= bytes
    bytes = 0
    write(whole)
  }
  writer.write = (chunk: Uint8Array | string): boolean => {
    const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    held.push(piece)
    bytes += piece.length
    writer.offset += piece.length
    if (bytes >= GATHER_BYTES) flush()
    return !writer.writableNeedDrain
  }
  writer.end = () => {
    flush()
    return end()
  }
}

async function writeEntry(writer: Writer, entry: WriterEntry, { facts, blocks }: EntryContent): Promise<void> {
  const state = (known: EntryFacts): void => {
    entry.setSize(known.size)
    entry.setCompressedSize(known.packedBytes)
    entry.setCrc(known.crc)
  }
  entry.getGeneralPurposeBit().useDataDescriptor(!facts)
  if (facts) state(facts)
  else entry.setVersionNeededToExtract(VERSION_OF_DESCRIPTOR)
  writer._writeLocalFileHeader(entry)
  const each = Symbol.asyncIterator in blocks ? blocks : blocks[Symbol.iterator]()
  for (let next = await each.next(); ; next = await each.next()) {
    if (next.done) {
      if (next.value) state(next.value as EntryFacts)
      break
    }
    if (!writer.write(next.value)) await new Promise<void>((done) => void writer.once('drain', done))
  }
  writer._afterAppend(entry)
}
