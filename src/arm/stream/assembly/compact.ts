// Copies JSON text without its white space.
import { between, bits, equal, isIn, lowest } from './bytes'
import { ALL_BACKSLASHES, ALL_QUOTES, escapedBy, lastEscapes, LOW_HALF, SPACES } from './marks'

/**
 * Copies bytes without white space outside strings; there may be no comment in them. `isInString` says whether they
 * begin in a string. Answers the offset after the copy. Up to 15 bytes after it are written to as well.
 */
export function compact(from: i32, to: i32, into: i32, isInString: bool): i32 {
  let out = into
  let string: u64 = isInString ? u64.MAX_VALUE : 0
  let escape: u64 = 0
  const quote = v128.load(ALL_QUOTES)
  const backslash = v128.load(ALL_BACKSLASHES)
  const table = v128.load(SPACES)
  const low = v128.load(LOW_HALF)
  for (let at = from; at < to; at += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    const valid = lowest(min(to - at, 64))
    let escaped = escape
    escape = 0
    if (isIn(a, b, c, d, backslash)) {
      escaped = escapedBy(equal(a, b, c, d, backslash) & valid, escaped)
      escape = lastEscapes() >> 63
    }
    const inside = between(equal(a, b, c, d, quote) & ~escaped & valid) ^ string
    string = (0 as u64) - (inside >> 63)
    const spaces = bits(
      i8x16.eq(a, i8x16.relaxed_swizzle(table, v128.and(a, low))),
      i8x16.eq(b, i8x16.relaxed_swizzle(table, v128.and(b, low))),
      i8x16.eq(c, i8x16.relaxed_swizzle(table, v128.and(c, low))),
      i8x16.eq(d, i8x16.relaxed_swizzle(table, v128.and(d, low))),
    )
    out = copyRuns(at, valid & (inside | ~spaces), out)
  }
  return out
}

/** Copies the runs of bytes whose bits are set. */
function copyRuns(at: i32, kept: u64, into: i32): i32 {
  let out = into
  while (kept) {
    const first = ctz(kept) as i32
    const length = ctz(~(kept >> (first as u64))) as i32
    const from = at + first
    for (let done = 0; done < length; done += 16) v128.store(out + done, v128.load(from + done))
    out += length
    // Adding the lowest bit carries through the lowest run and so clears it.
    kept &= kept + ((1 as u64) << (first as u64))
  }
  return out
}
