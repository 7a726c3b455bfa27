/** A stretch of bytes that is neither string nor mark. */
interface Range {
  from: number
  to: number
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const NAME = /^[A-Za-z_$][\w$-]*$/
const [TRUE, FALSE, NULL] = ['true', 'false', 'null'].map((word) => Buffer.from(word, 'latin1')) as [
  Buffer,
  Buffer,
  Buffer,
]

/**
 * Narrows the range by what the reader takes for white space beyond JSON's own (no-break space, byte order mark), and
 * answers what is wrong with the rest, in quotes; undefined when it is a name, or else a number or literal, as wanted.
 */
export function wordProblem(bytes: Uint8Array, range: Range, isName: boolean): string | undefined {
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
  if (range.from === range.to || (!isName && isPlain(bytes, range))) return undefined
  const text = Buffer.from(
    bytes.buffer,
    bytes.byteOffset + range.from,
    Math.min(range.to - range.from, 1_000),
  ).toString()
  const isLong = range.to - range.from > 1_000
  if (isName ? NAME.test(text) && !isLong : isLongNumber(bytes, range)) return undefined
  return JSON.stringify(text.slice(0, 40))
}

const isLongNumber = (bytes: Uint8Array, { from, to }: Range): boolean =>
  NUMBER.test(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1'))

/** The common cases without making a text: literals, and whole numbers without a needless zero. */
function isPlain(bytes: Uint8Array, { from, to }: Range): boolean {
  const first = bytes[from] as number
  if (first >= 0x31 && first <= 0x39) {
    for (let at = from + 1; at < to; at++)
      if ((bytes[at] as number) < 0x30 || (bytes[at] as number) > 0x39) return false
    return true
  }
  const literal = first === 0x74 ? TRUE : first === 0x66 ? FALSE : NULL
  if (to - from !== literal.length) return false
  for (let at = 0; at < literal.length; at++) if (bytes[from + at] !== literal[at]) return false
  return true
}

function spaceAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 < end && bytes[at] === 0xc2 && bytes[at + 1] === 0xa0) return 2
  return at + 2 < end && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? 3 : 0
}

function spaceBefore(bytes: Uint8Array, from: number, end: number): number {
  if (end - 2 >= from && spaceAt(bytes, end - 2, end) === 2) return 2
  return end - 3 >= from && spaceAt(bytes, end - 3, end) === 3 ? 3 : 0
}
