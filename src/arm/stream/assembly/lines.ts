// Counts lines and columns.

const LINE_FEED: u8 = 0x0a

/** The line that `cursor` stands in. */
let line: i32 = 1
let cursor: i32 = 0

/** Says that the text goes on at this offset, on the line it had come to. */
export function goOn(at: i32): void {
  cursor = at
}

/** The line of an offset, at or after the last one asked for. */
export function lineAt(at: i32): i32 {
  let from = cursor
  // Negative ones of equal bytes are added up; none of the sixteen sums may come to 256.
  while (from + 16 <= at) {
    let sums = i8x16.splat(0)
    const most = min(at - 15, from + 255 * 16)
    for (; from < most; from += 16) sums = i8x16.sub(sums, i8x16.eq(v128.load(from), i8x16.splat(LINE_FEED)))
    line += total(sums)
  }
  if (from < at) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(from), i8x16.splat(LINE_FEED)))
    line += popcnt(found & ((1 << (at - from)) - 1))
  }
  if (cursor < at) cursor = at
  return line
}

function total(sums: v128): i32 {
  const words = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sums))
  return (
    i32x4.extract_lane(words, 0) +
    i32x4.extract_lane(words, 1) +
    i32x4.extract_lane(words, 2) +
    i32x4.extract_lane(words, 3)
  )
}

/**
 * UTF-16 units, as columns are counted: all bytes that continue no character, and once more those that begin one of
 * four bytes.
 */
export function units(from: i32, to: i32): i32 {
  let sum = 0
  for (let at = from; at < to; at += 16) {
    const bytes = v128.load(at)
    const valid = (1 << min(to - at, 16)) - 1
    sum += popcnt(i8x16.bitmask(i8x16.gt_s(bytes, i8x16.splat(-65))) & valid)
    sum += popcnt(i8x16.bitmask(i8x16.ge_u(bytes, i8x16.splat(0xf0 as u8 as i8))) & valid)
  }
  return sum
}
