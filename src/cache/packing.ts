import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { withoutSecrets } from '../model/secrets.ts'
import type { Envelope } from './entry-store.ts'

/** A value as bytes. `rawSize` is the size before compression; `isPacked` tells whether it was compressed. */
export interface Packed {
  bytes: Uint8Array
  rawSize: number
  isPacked: boolean
}

// zstd at its fastest level: on 700 KB of listings twice as fast as deflate level 1 and a quarter smaller.
// Asked for when something is packed: a run that reads no entry loads no zlib.
const fast = (): Record<number, number> => ({ [constants.ZSTD_c_compressionLevel]: 1 })
/** What comes out is gathered in blocks of this size: most entries need one, and a block that is not filled costs time. */
const BLOCK_BYTES = 4096

/**
 * A list longer than this is written in lines of so many items: few enough that the text of a line is short-lived memory,
 * used again for the next one, and that one foreign letter makes few of them take two bytes a letter.
 */
const LINE_ITEMS = 16
const LINE_END = 10

type Kept = Omit<Envelope, 'storedAt'> & {
  /** The member of the value whose items follow in lines; empty when the value itself is the list. */
  list?: string
}

/**
 * The envelope without its moment, as JSON, compressed when larger than `above` bytes and when that helps. A long list
 * stands in lines after the rest: whoever reads them one by one never has a text of many MB, which would be twice the
 * work for the garbage collector.
 */
export function pack(envelope: Envelope, above: number): Packed {
  const { storedAt: _, ...kept } = envelope
  const raw = Buffer.from(withoutSecrets(linesOf(kept).join('\n')))
  if (raw.length > above) {
    // Told the size, zstd makes tables for so much and no more, which on a small answer is most of the work.
    const bytes = zstdCompressSync(raw, { params: fast(), pledgedSrcSize: raw.length, chunkSize: blockFor(raw.length) })
    if (bytes.length < raw.length) return { bytes, rawSize: raw.length, isPacked: true }
  }
  return { bytes: raw, rawSize: raw.length, isPacked: false }
}

/** Large entries come in larger blocks, a few in all. */
const blockFor = (size: number): number => Math.max(BLOCK_BYTES, Math.ceil(size / 16))

const isLong = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > LINE_ITEMS

function linesOf(kept: Kept): string[] {
  const { value } = kept
  if (isLong(value)) return [JSON.stringify({ ...kept, value: [], list: '' }), ...inLines(value)]
  if (typeof value !== 'object' || value === null) return [JSON.stringify(kept)]
  const [name, list] = Object.entries(value).find((one): one is [string, unknown[]] => isLong(one[1])) ?? []
  if (name === undefined || !list) return [JSON.stringify(kept)]
  return [JSON.stringify({ ...kept, value: { ...value, [name]: [] }, list: name }), ...inLines(list)]
}

const inLines = (list: readonly unknown[]): string[] =>
  Array.from({ length: Math.ceil(list.length / LINE_ITEMS) }, (_, at) =>
    JSON.stringify(list.slice(at * LINE_ITEMS, (at + 1) * LINE_ITEMS)),
  )

/** The envelope again. Throws when the bytes are not what `pack` made. */
export function unpack(packed: Packed, storedAt: number): Envelope {
  const { bytes, rawSize, isPacked } = packed
  // In one block of the size it has, not in many small ones that are joined afterwards.
  const size = Math.max(64, rawSize)
  const raw = isPacked ? zstdDecompressSync(bytes, { maxOutputLength: size, chunkSize: size }) : bytes
  if (raw.length !== rawSize) throw new Error('the entry is cut short')
  const lines = linesIn(Buffer.from(raw.buffer, raw.byteOffset, raw.length))
  const { list, ...kept } = (lines.next().value ?? {}) as Kept
  if (typeof kept.ttlMs !== 'number') throw new Error('the entry is not ours')
  if (list !== undefined) {
    const into = list === '' ? kept.value : Object.getOwnPropertyDescriptor(kept.value ?? {}, list)?.value
    if (!Array.isArray(into)) throw new Error('the entry is not ours')
    for (const items of lines) for (const item of items as unknown[]) into.push(item)
  }
  return { ...kept, storedAt }
}

/** The JSON of each line; a line end is never part of JSON. */
function* linesIn(raw: Buffer): Generator {
  for (let from = 0; from < raw.length;) {
    const end = raw.indexOf(LINE_END, from)
    const to = end < 0 ? raw.length : end
    yield JSON.parse(raw.toString('utf8', from, to))
    from = to + 1
  }
}
