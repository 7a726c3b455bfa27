// Bare words: numbers, literals, and where they end.

/** 1 for what a word ends at: white space, a mark, a quote, a slash. */
const ENDS = memory.data(256) as i32
function endsAt(byte: i32): void {
  store<u8>(ENDS + byte, 1)
}
endsAt(0x20)
endsAt(0x09)
endsAt(0x0a)
endsAt(0x0d)
endsAt(0x22)
endsAt(0x2c)
endsAt(0x2f)
endsAt(0x3a)
endsAt(0x5b)
endsAt(0x5d)
endsAt(0x7b)
endsAt(0x7d)

/** Where a word ends, at `limit` at the latest. */
export function wordEnd(from: i32, limit: i32): i32 {
  let end = from
  while (end < limit && load<u8>(ENDS + (load<u8>(end) as i32)) == 0) end++
  return end
}

/** Whether all of it is one number or literal of JSON. */
export function isScalar(from: i32, to: i32): bool {
  const length = to - from
  // "true", "null" and "alse" as four bytes from the lowest.
  const four = load<u32>(from)
  if (length == 4 && (four == 0x65757274 || four == 0x6c6c756e)) return true
  if (length == 5 && load<u8>(from) == 0x66 && load<u32>(from + 1) == 0x65736c61) return true
  return isNumber(from, to)
}

/** Whether no needless zero stands in front and digits stand on both sides of the point. */
function isNumber(from: i32, to: i32): bool {
  const first = load<u8>(from) == 0x2d ? from + 1 : from
  let at = load<u8>(first) == 0x30 ? first + 1 : digits(first, to)
  if (at == first || at > to) return false
  if (at < to && load<u8>(at) == 0x2e) {
    const fraction = at + 1
    at = digits(fraction, to)
    if (at == fraction) return false
  }
  if (at < to && (load<u8>(at) | 0x20) == 0x65) {
    const sign = load<u8>(at + 1)
    const exponent = at + (sign == 0x2b || sign == 0x2d ? 2 : 1)
    at = digits(exponent, to)
    if (at <= exponent) return false
  }
  return at == to
}

function digits(from: i32, to: i32): i32 {
  let end = from
  while (end < to && load<u8>(end) - 0x30 < 10) end++
  return end
}
