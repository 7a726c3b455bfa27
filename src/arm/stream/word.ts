/** A stretch of bytes that is neither string nor mark. */
interface Range {
  from: number
  to: number
}

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
  if (range.from === range.to) return undefined
  if (!isName && (isLiteral(bytes, range) || isNumber(bytes, range))) return undefined
  const text = Buffer.from(
    bytes.buffer,
    bytes.byteOffset + range.from,
    Math.min(range.to - range.from, 1_000),
  ).toString()
  const isLong = range.to - range.from > 1_000
  if (isName && NAME.test(text) && !isLong) return undefined
  return JSON.stringify(text.slice(0, 40))
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

/** Whether all of it is one number of JSON: no needless zero in front, digits on both sides of the point. */
function isNumber(bytes: Uint8Array, { from, to }: Range): boolean {
  const digits = (start: number): number => {
    let end = start
    while (end < to && isDigit(bytes[end])) end++
    return end
  }
  const first = bytes[from] === 0x2d ? from + 1 : from
  let at = bytes[first] === 0x30 ? first + 1 : digits(first)
  if (at === first || at > to) return false
  if (at < to && bytes[at] === 0x2e) {
    const fraction = at + 1
    at = digits(fraction)
    if (at === fraction) return false
  }
  if (at < to && ((bytes[at] as number) | 0x20) === 0x65) {
    const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? 1 : 0
    const exponent = at + 1 + sign
    at = digits(exponent)
    if (at <= exponent) return false
  }
  return at === to
}

function isLiteral(bytes: Uint8Array, { from, to }: Range): boolean {
  const first = bytes[from] as number
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

/** 1 for what a word ends at: white space, a mark, a quote, a slash. */
const ENDS = new Uint8Array(256)
for (const byte of Buffer.from(' \t\n\r",/:[]{}', 'latin1')) ENDS[byte] = 1

export const isWordEnd = (byte: number): boolean => ENDS[byte] === 1

/** The character that begins at an offset, to be shown. */
export const firstChar = (bytes: Uint8Array, at: number): string =>
  String.fromCodePoint(
    Buffer.from(bytes.subarray(at, at + 4))
      .toString()
      .codePointAt(0) ?? 0,
  )
