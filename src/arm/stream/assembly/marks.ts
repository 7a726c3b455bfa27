// Finds what matters in JSON text, 64 bytes at a time with vector instructions: the method of "Parsing Gigabytes of
// JSON per Second" (Langdale and Lemire, 2019), stage one. Strings and escapes are worked out as bit masks, so nothing
// branches on a single byte.
import { BACKSLASH, between, bits, equal, isIn, lowest, QUOTE, SLASH } from './bytes'
import { WINDOW_BYTES } from './codes'

/** Room for a mark of every byte, and for what a group of eight writes too much. */
const MARKS = memory.data(4 * (WINDOW_BYTES + 16), 16) as i32
/** A byte that is nothing: the mark after the last one points to it. */
const NO_BYTE = memory.data(16) as i32

/** Where the marks stand that are not walked yet; each is an offset of four bytes. */
export let markAt: i32 = MARKS
export let marksEnd: i32 = MARKS
/** Up to where the last `look` came, and whether a slash made it stop there. */
export let stop: i32 = 0
export let isBeforeSlash: bool = false

/** What the bytes before leave over: all bits within a string, 1 after a backslash that escapes, 1 within a word. */
let string: u64 = 0
let escape: u64 = 0
let word: u64 = 0
/** The backslashes that escape, of those that `escapedBy` was asked about last. */
let escapes: u64 = 0
export function lastEscapes(): u64 {
  return escapes
}

export function walkFrom(mark: i32): void {
  markAt = mark
}

/** Says from where the next `look` goes on: in a string or not, and neither escaped nor in a word. */
export function enter(from: i32, isInString: bool): void {
  string = isInString ? u64.MAX_VALUE : 0
  escape = word = 0
  stop = from
  isBeforeSlash = false
  marksEnd = markAt
}

// Vectors that every block is compared with. Written as constants in the loops they would be made anew each time around.
export const ALL_QUOTES = memory.data(16) as i32
export const ALL_BACKSLASHES = memory.data(16) as i32
const ALL_SLASHES = memory.data(16) as i32
/** JSON's white space, each by its low half-byte; nothing is equal to the other places of the table. */
export const SPACES = memory.data(16) as i32
/** Brackets, commas and colons in the same way; `[` and `]` become `{` and `}` when bit 5 is set. */
const MARKERS = memory.data(16) as i32
const BIT_5 = memory.data(16) as i32
export const LOW_HALF = memory.data(16) as i32
v128.store(ALL_QUOTES, i8x16.splat(QUOTE))
v128.store(ALL_BACKSLASHES, i8x16.splat(BACKSLASH))
v128.store(ALL_SLASHES, i8x16.splat(SLASH))
v128.store(SPACES, i8x16(0x20, -1, -1, -1, -1, -1, -1, -1, -1, 0x09, 0x0a, -1, -1, 0x0d, -1, -1))
v128.store(MARKERS, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x3a, 0x7b, 0x2c, 0x7d, -1, -1))
v128.store(BIT_5, i8x16.splat(0x20))
v128.store(LOW_HALF, i8x16.splat(15))

/** Which bytes are escaped by these backslashes, or by one before them when `carried` is 1. */
export function escapedBy(backslashes: u64, carried: u64): u64 {
  const odd: u64 = 0xaaaaaaaaaaaaaaaa
  const begins = backslashes & ~carried
  const found = (((begins << 1) | odd) - begins) ^ odd
  escapes = found & backslashes
  return found ^ (backslashes | carried)
}

/** Writes the offsets of the given bits; answers where to write the next. */
function note(found: u64, at: i32, out: i32): i32 {
  const end = out + 4 * (popcnt(found) as i32)
  // Eight at a time, needed or not: a loop that ends anywhere would be guessed wrong by the processor too often.
  while (found) {
    for (let place = 0; place < 32; place += 4) {
      store<i32>(out + place, at + (ctz(found) as i32))
      found &= found - 1
    }
    out += 32
  }
  return end
}

/**
 * Looks at no more than `WINDOW_BYTES` and notes marks: brackets, commas and colons outside strings, the quotes of
 * strings, backslashes that escape in one, and first bytes of anything else outside strings. Stops early, at `stop`,
 * before a slash outside strings.
 */
export function look(from: i32, to: i32): void {
  let out = MARKS
  let at = from
  isBeforeSlash = false
  const quote = v128.load(ALL_QUOTES)
  const backslash = v128.load(ALL_BACKSLASHES)
  const slash = v128.load(ALL_SLASHES)
  const spaceTable = v128.load(SPACES)
  const markTable = v128.load(MARKERS)
  const bit5 = v128.load(BIT_5)
  const low = v128.load(LOW_HALF)
  while (at < to && !isBeforeSlash) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    let size = min(to - at, 64)
    let valid = lowest(size)
    let escaped = escape
    escapes = 0
    if (isIn(a, b, c, d, backslash)) escaped = escapedBy(equal(a, b, c, d, backslash) & valid, escape)
    const quotes = equal(a, b, c, d, quote) & ~escaped & valid
    const inside = between(quotes) ^ string
    if (isIn(a, b, c, d, slash)) {
      const slashes = equal(a, b, c, d, slash) & ~inside & valid
      if (slashes) {
        isBeforeSlash = true
        size = ctz(slashes) as i32
        if (size == 0) break
        valid = lowest(size)
      }
    }
    const outside = valid & ~inside
    const lowA = v128.and(a, low)
    const lowB = v128.and(b, low)
    const lowC = v128.and(c, low)
    const lowD = v128.and(d, low)
    const marks =
      bits(
        i8x16.eq(v128.or(a, bit5), i8x16.relaxed_swizzle(markTable, lowA)),
        i8x16.eq(v128.or(b, bit5), i8x16.relaxed_swizzle(markTable, lowB)),
        i8x16.eq(v128.or(c, bit5), i8x16.relaxed_swizzle(markTable, lowC)),
        i8x16.eq(v128.or(d, bit5), i8x16.relaxed_swizzle(markTable, lowD)),
      ) & outside
    const spaces = bits(
      i8x16.eq(a, i8x16.relaxed_swizzle(spaceTable, lowA)),
      i8x16.eq(b, i8x16.relaxed_swizzle(spaceTable, lowB)),
      i8x16.eq(c, i8x16.relaxed_swizzle(spaceTable, lowC)),
      i8x16.eq(d, i8x16.relaxed_swizzle(spaceTable, lowD)),
    )
    const words = outside & ~(spaces | marks | quotes)
    const begun = words & ~((words << 1) | word)
    out = note(((quotes | (escapes & inside)) & valid) | marks | begun, at, out)
    const last = (size - 1) as u64
    word = (words >> last) & 1
    escape = (escapes >> last) & 1
    string = (0 as u64) - ((inside >> last) & 1)
    at += size
  }
  store<i32>(out, NO_BYTE)
  markAt = MARKS
  marksEnd = out
  stop = at
}
