import type { Engine } from './engine.ts'

/** A stretch of bytes of the engine's memory. */
export interface Range {
  from: number
  to: number
}

const NAME = /^[A-Za-z_$][\w$-]*$/
/**
 * Narrows the range by what the reader takes for white space beyond JSON's own (no-break space, byte order mark), and
 * answers what is wrong with the rest, in quotes; undefined when it is a name, or else a number or literal, as wanted.
 */
export function wordProblem(
  { bytes, isScalar }: Pick<Engine, 'bytes' | 'isScalar'>,
  range: Range,
  isName: boolean,
): string | undefined {
  while (range.from < range.to) {
    const width = spaceAt(bytes, range.from, range.to)
    if (width === 0) break
    range.from += width
  }
  while (range.to > range.from) {
    const width = spaceBefore(bytes, range.from, range.to)
    if (width === 0) break
    range.to -= width
  }
  if (range.from === range.to) return undefined
  if (!isName && isScalar(range.from, range.to)) return undefined
  const text = Buffer.from(
    bytes.buffer,
    bytes.byteOffset + range.from,
    Math.min(range.to - range.from, 1_000),
  ).toString()
  const isLong = range.to - range.from > 1_000
  if (isName && NAME.test(text) && !isLong) return undefined
  return JSON.stringify(text.slice(0, 40))
}

function spaceAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 < end && bytes[at] === 0xc2 && bytes[at + 1] === 0xa0) return 2
  return at + 2 < end && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? 3 : 0
}

function spaceBefore(bytes: Uint8Array, from: number, end: number): number {
  if (end - 2 >= from && spaceAt(bytes, end - 2, end) === 2) return 2
  return end - 3 >= from && spaceAt(bytes, end - 3, end) === 3 ? 3 : 0
}

/** The character that begins at an offset, to be shown. */
export const firstChar = (bytes: Uint8Array, at: number): string =>
  String.fromCodePoint(
    Buffer.from(bytes.subarray(at, at + 4))
      .toString()
      .codePointAt(0) ?? 0,
  )
