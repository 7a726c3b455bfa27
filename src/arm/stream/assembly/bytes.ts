// Bytes of JSON, and sixteen of them at a time.

export const QUOTE: u8 = 0x22
export const APOSTROPHE: u8 = 0x27
export const OPEN_PAREN: u8 = 0x28
export const COMMA_BYTE: u8 = 0x2c
export const COLON_BYTE: u8 = 0x3a
export const OPEN_BRACKET: u8 = 0x5b
export const SLASH: u8 = 0x2f
export const BACKSLASH: u8 = 0x5c
export const CLOSE_BRACKET: u8 = 0x5d
export const OPEN_BRACE: u8 = 0x7b
export const CLOSE_BRACE: u8 = 0x7d

/** Where each of 64 bytes that were compared was equal, as bits; the first byte is the lowest. */
export function bits(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (i8x16.bitmask(a) as u32) | ((i8x16.bitmask(b) as u32) << 16)
  const high = (i8x16.bitmask(c) as u32) | ((i8x16.bitmask(d) as u32) << 16)
  return (low as u64) | ((high as u64) << 32)
}

/** Where one byte stands among 64, as bits. */
export function equal(a: v128, b: v128, c: v128, d: v128, all: v128): u64 {
  return bits(i8x16.eq(a, all), i8x16.eq(b, all), i8x16.eq(c, all), i8x16.eq(d, all))
}

/** Whether one byte stands among 64. */
export function isIn(a: v128, b: v128, c: v128, d: v128, all: v128): bool {
  const found = v128.or(v128.or(i8x16.eq(a, all), i8x16.eq(b, all)), v128.or(i8x16.eq(c, all), i8x16.eq(d, all)))
  return v128.any_true(found)
}

/** Each bit is 1 from an odd one of the given bits on, up to and without the next even one. */
export function between(marks: u64): u64 {
  let found = marks ^ (marks << 1)
  found ^= found << 2
  found ^= found << 4
  found ^= found << 8
  found ^= found << 16
  return found ^ (found << 32)
}

/** The lowest `count` of 64 bits, 1 to 64 of them. */
export function lowest(count: i32): u64 {
  return u64.MAX_VALUE >> ((64 - count) as u64)
}

/** Letters in lower case; every other byte as it is. */
export function lowered(text: v128): v128 {
  const isUpper = i8x16.lt_u(i8x16.sub(text, i8x16.splat(0x41)), i8x16.splat(26))
  return v128.or(text, v128.and(isUpper, i8x16.splat(0x20)))
}

/** Sixteen bytes that are set followed by as many that are not: a load at `16 - n` gives a mask of the first n. */
const SET_THEN_CLEAR = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0,
])
/** The other way round: a load at `n` gives a mask of the last n. */
const CLEAR_THEN_SET = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  255, 255,
])

/** The first `count` bytes from an offset on, at most 16, with zeros after them. */
export function firstOf(from: i32, count: i32): v128 {
  return v128.and(v128.load(from), v128.load((SET_THEN_CLEAR as i32) + 16 - count))
}

/** The last `count` of sixteen bytes, or all when there are no more, with zeros before them. */
export function lastOf(bytes: v128, count: i32): v128 {
  return v128.and(bytes, v128.load((CLEAR_THEN_SET as i32) + min(count, 16)))
}
