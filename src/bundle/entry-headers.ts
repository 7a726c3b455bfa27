/** The entry as archiver's ZIP writer keeps it. */
export interface WriterEntry {
  setSize(bytes: number): void
  setCompressedSize(bytes: number): void
  setCrc(crc: number): void
  setVersionNeededToExtract(version: number): void
  getSize(): number
  getCompressedSize(): number
  getCrc(): number
  getVersionNeededToExtract(): number
  getMethod(): number
  getTimeDos(): number
  getPlatform(): number
  getInternalAttributes(): number
  getExternalAttributes(): number
  getName(): string
  getComment(): string
  getLocalFileDataExtra(): Uint8Array
  getCentralDirectoryExtra(): Uint8Array
  isZip64(): boolean
  getGeneralPurposeBit(): {
    useDataDescriptor(isUsed: boolean): void
    usesDataDescriptor(): boolean
    usesUTF8ForNames(): boolean
  }
  _offsets: { file: number; data: number; contents: number }
}

// Numbers of the ZIP format (APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.3.12), and the version archiver states as its own.
const LOCAL_SIGNATURE = 0x04034b50
const LOCAL_BYTES = 30
const CENTRAL_SIGNATURE = 0x02014b50
const CENTRAL_BYTES = 46
const MADE_BY = 45
const HAS_DESCRIPTOR = 1 << 3
const HAS_UTF8 = 1 << 11
/** Offsets from here on stand in a wider field, which archiver writes. */
const WIDE = 0xffffffff

/** Whether archiver must write the headers of an entry itself. */
export const isWide = (entry: WriterEntry): boolean => entry.isZip64() || entry._offsets.file > WIDE

const flagsOf = (entry: WriterEntry): number => {
  const bit = entry.getGeneralPurposeBit()
  return (bit.usesDataDescriptor() ? HAS_DESCRIPTOR : 0) | (bit.usesUTF8ForNames() ? HAS_UTF8 : 0)
}

const bytesOf = (entry: WriterEntry, text: string): Buffer =>
  Buffer.from(text, entry.getGeneralPurposeBit().usesUTF8ForNames() ? 'utf8' : 'latin1')

/**
 * The header in front of the data of an entry, byte for byte as archiver writes it, which takes some fifteen buffers to
 * do so; with thousands of small files that costs more than to deflate them.
 */
export function localHeader(entry: WriterEntry): Buffer {
  const name = bytesOf(entry, entry.getName())
  const extra = entry.getLocalFileDataExtra()
  const hasFacts = !entry.getGeneralPurposeBit().usesDataDescriptor()
  const header = Buffer.allocUnsafe(LOCAL_BYTES + name.length + extra.length)
  header.writeUInt32LE(LOCAL_SIGNATURE, 0)
  header.writeUInt16LE(entry.getVersionNeededToExtract(), 4)
  header.writeUInt16LE(flagsOf(entry), 6)
  header.writeUInt16LE(entry.getMethod(), 8)
  header.writeUInt32LE(entry.getTimeDos() >>> 0, 10)
  header.writeUInt32LE(hasFacts ? entry.getCrc() : 0, 14)
  header.writeUInt32LE(hasFacts ? entry.getCompressedSize() : 0, 18)
  header.writeUInt32LE(hasFacts ? entry.getSize() : 0, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  header.set(name, LOCAL_BYTES)
  header.set(extra, LOCAL_BYTES + name.length)
  return header
}

/** The same in the list at the end of the archive. */
export function centralHeader(entry: WriterEntry): Buffer {
  const name = bytesOf(entry, entry.getName())
  const comment = bytesOf(entry, entry.getComment())
  const extra = entry.getCentralDirectoryExtra()
  const header = Buffer.allocUnsafe(CENTRAL_BYTES + name.length + extra.length + comment.length)
  header.writeUInt32LE(CENTRAL_SIGNATURE, 0)
  header.writeUInt16LE((entry.getPlatform() << 8) | MADE_BY, 4)
  header.writeUInt16LE(entry.getVersionNeededToExtract(), 6)
  header.writeUInt16LE(flagsOf(entry), 8)
  header.writeUInt16LE(entry.getMethod(), 10)
  header.writeUInt32LE(entry.getTimeDos() >>> 0, 12)
  header.writeUInt32LE(entry.getCrc(), 16)
  header.writeUInt32LE(entry.getCompressedSize(), 20)
  header.writeUInt32LE(entry.getSize(), 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt16LE(comment.length, 32)
  header.writeUInt16LE(0, 34)
  header.writeUInt16LE(entry.getInternalAttributes(), 36)
  header.writeUInt32LE(entry.getExternalAttributes() >>> 0, 38)
  header.writeUInt32LE(entry._offsets.file, 42)
  header.set(name, CENTRAL_BYTES)
  header.set(extra, CENTRAL_BYTES + name.length)
  header.set(comment, CENTRAL_BYTES + name.length + extra.length)
  return header
}
