import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { openPromise, type Entry, type ZipFile } from 'yauzl'
import { isMarketError, itemUnsafe, reasonOf } from '../model/errors.ts'
import { harmless } from '../model/text.ts'
import { openSink, type Sink, type Unpacked, type UnpackOptions } from './unpack.ts'

const END_RECORD = Buffer.from('PK\u0005\u0006', 'latin1')
const END_RECORD_BYTES = 22
const MAX_COMMENT_BYTES = 65_535
/** Extra field that gives an entry a second name; two readers would disagree. */
const UNICODE_PATH = 0x7075
const UNIX_HOST = 3
const TYPE_MASK = 0o170000
const TYPE_FOLDER = 0o040000
const TYPE_FILE = 0o100000
const STORED = 0
const DEFLATED = 8

/**
 * The end record must be the last thing in the file and the only one of its kind in the tail, so that every reader
 * finds the same list of entries. Answers where the list of entries begins and ends.
 */
async function checkEnd(handle: FileHandle, label: string): Promise<{ size: number; listAt: number }> {
  const { size } = await handle.stat()
  const length = Math.min(size, END_RECORD_BYTES + MAX_COMMENT_BYTES)
  const tail = Buffer.alloc(length)
  await handle.read(tail, 0, length, size - length)
  const at = tail.lastIndexOf(END_RECORD)
  if (at < 0 || at + END_RECORD_BYTES > length) throw itemUnsafe(label, 'it is no whole ZIP file')
  if (tail.indexOf(END_RECORD) !== at) throw itemUnsafe(label, 'the ZIP file has more than one end record')
  if (at + END_RECORD_BYTES + tail.readUInt16LE(at + 20) !== length)
    throw itemUnsafe(label, 'the ZIP file has data after its end')
  const listBytes = tail.readUInt32LE(at + 12)
  const listAt = tail.readUInt32LE(at + 16)
  const isLarge = listAt === 0xffffffff || listBytes === 0xffffffff || tail.readUInt16LE(at + 10) === 0xffff
  if (!isLarge && listAt + listBytes !== size - length + at)
    throw itemUnsafe(label, 'the ZIP file has hidden data before its end record')
  return { size, listAt: isLarge ? size - length + at : listAt }
}

function typeProblem(entry: Entry): string | undefined {
  const type = entry.versionMadeBy >>> 8 === UNIX_HOST ? (entry.externalFileAttributes >>> 16) & TYPE_MASK : 0
  const isFolder = entry.fileName.endsWith('/')
  if (type !== 0 && type !== (isFolder ? TYPE_FOLDER : TYPE_FILE)) return 'is a link, a device or a lying folder'
  if (entry.isEncrypted() || (entry.generalPurposeBitFlag & 0x2041) !== 0) return 'is encrypted'
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) return 'is packed in an unknown way'
  if (entry.compressionMethod === STORED && entry.compressedSize !== entry.uncompressedSize)
    return 'lies about its size'
  if (isFolder && entry.uncompressedSize !== 0) return 'is a folder with content'
  if (entry.extraFields.some((field) => field.id === UNICODE_PATH)) return 'has a second name'
  return undefined
}

interface Span {
  path: string
  from: number
  to: number
}

/** The name, method and sizes in front of the data must be those of the list. Answers the bytes the entry takes. */
async function spanOf(zip: ZipFile, entry: Entry, sink: Sink): Promise<Span> {
  const header = await zip.readLocalFileHeaderPromise(entry)
  const path = entry.fileName
  if (!header.fileName.equals(entry.fileNameRaw)) throw sink.refuse(path, 'has another name in front of its data')
  if (header.compressionMethod !== entry.compressionMethod) throw sink.refuse(path, 'lies about how it is packed')
  const hasSizesBehind = (header.generalPurposeBitFlag & 8) !== 0
  const isWide = header.compressedSize === 0xffffffff || header.uncompressedSize === 0xffffffff
  if (!hasSizesBehind && !isWide) {
    const isSame = header.compressedSize === entry.compressedSize && header.uncompressedSize === entry.uncompressedSize
    if (!isSame || header.crc32 !== entry.crc32) throw sink.refuse(path, 'lies about its size')
  }
  return { path, from: entry.relativeOffsetOfLocalHeader, to: header.fileDataStart + entry.compressedSize }
}

function checkSpans(spans: readonly Span[], listAt: number, sink: Sink): void {
  let end = 0
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    if (end === 0 && span.from !== 0) throw sink.refuse(span.path, 'has hidden data before it')
    if (span.from < end) throw sink.refuse(span.path, 'overlaps another entry')
    end = span.to
  }
  if (end > listAt) throw itemUnsafe('the archive', 'an entry reaches into the list of entries')
}

/** Content of an entry. A stream that fails before anyone reads it must not end the program; its reader still hears of it. */
async function openEntry(zip: ZipFile, entry: Entry): Promise<AsyncIterable<Uint8Array>> {
  const stream = await zip.openReadStreamPromise(entry)
  stream.on('error', () => {})
  return stream
}

/** Runs work on an open ZIP; what the reader finds wrong becomes one `item.unsafe` sentence. */
async function withZip<T>(path: string, label: string, work: (zip: ZipFile, listAt: number) => Promise<T>): Promise<T> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  let zip: ZipFile | undefined
  try {
    const { listAt } = await checkEnd(handle, label)
    zip = await openPromise(path, {
      strictFileNames: true,
      validateEntrySizes: true,
      autoClose: false,
      lazyEntries: true,
    })
    return await work(zip, listAt)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    const isOurs = isMarketError(error) || (error as Error).name === 'AbortError' || /^E[A-Z]+$/.test(code ?? '')
    if (isOurs) throw error
    throw itemUnsafe(label, `the ZIP file cannot be read (${harmless(reasonOf(error), 300)})`)
  } finally {
    zip?.close()
    await handle.close()
  }
}

/**
 * Unpacks a ZIP into a fresh folder. All entries are checked before the first byte is written; files and folders
 * only; a bad path, link, lie or bomb refuses the whole archive with `item.unsafe`.
 */
export async function unpackZip(path: string, into: string, options: UnpackOptions): Promise<Unpacked> {
  return withZip(path, options.label, async (zip, listAt) => {
    const sink = openSink(into, options)
    const entries: Entry[] = []
    const spans: Span[] = []
    let stated = 0
    for await (const entry of zip.eachEntry()) {
      options.signal?.throwIfAborted()
      sink.admit(entry.fileName)
      const problem = typeProblem(entry)
      if (problem) throw sink.refuse(entry.fileName, problem)
      stated += entry.uncompressedSize
      if (stated > options.limits.maxUnpackedBytes)
        throw itemUnsafe(options.label, `it unpacks to more than ${options.limits.maxUnpackedBytes} bytes`)
      spans.push(await spanOf(zip, entry, sink))
      entries.push(entry)
    }
    checkSpans(spans, listAt, sink)
    for (const entry of entries) {
      options.signal?.throwIfAborted()
      if (entry.fileName.endsWith('/')) await sink.folder(entry.fileName)
      else {
        const isExecutable = ((entry.externalFileAttributes >>> 16) & 0o100) !== 0
        const facts = { size: entry.uncompressedSize, crc: entry.crc32, packedBytes: entry.compressedSize }
        await sink.file(entry.fileName, isExecutable, async () => openEntry(zip, entry), facts)
      }
    }
    return sink.done()
  })
}

/** An entry of a ZIP with its content, to be read before the next one is asked for. */
export interface ListedEntry {
  path: string
  size: number
  packedBytes: number
  read(): Promise<AsyncIterable<Uint8Array>>
}

/** Calls back for every entry of a ZIP, one after another, in constant memory. Paths are checked as for unpacking. */
export async function readZip(
  path: string,
  options: UnpackOptions,
  call: (entry: ListedEntry) => Promise<void>,
): Promise<void> {
  await withZip(path, options.label, async (zip) => {
    const sink = openSink('', options)
    for await (const entry of zip.eachEntry()) {
      options.signal?.throwIfAborted()
      sink.admit(entry.fileName)
      const problem = typeProblem(entry)
      if (problem) throw sink.refuse(entry.fileName, problem)
      const { fileName, uncompressedSize: size, compressedSize: packedBytes } = entry
      await call({ path: fileName, size, packedBytes, read: async () => openEntry(zip, entry) })
    }
  })
}
