// Counts calls of functions by name, without regard to case.
import {
  APOSTROPHE,
  between,
  bits,
  CLOSE_BRACKET,
  equal,
  lastOf,
  lowered,
  lowest,
  OPEN_BRACKET,
  OPEN_PAREN,
} from './bytes'
import { MAX_TEXT_BYTES } from './codes'
import { count, FUNCTION_TABLE } from './names'

/** Texts that are expressions. */
export let expressions: i32 = 0
/** Calls of functions with too long names, or of more than are told apart. */
export let otherCalls: i32 = 0
const ALL_APOSTROPHES = memory.data(16) as i32
const ALL_PARENS = memory.data(16) as i32
v128.store(ALL_APOSTROPHES, i8x16.splat(APOSTROPHE))
v128.store(ALL_PARENS, i8x16.splat(OPEN_PAREN))

/** Whether a text is an expression: in brackets, of which the first is not doubled (that is how a plain `[` is written). */
function isExpression(from: i32, to: i32): bool {
  const length = to - from
  if (length < 2 || length > MAX_TEXT_BYTES) return false
  return load<u8>(to - 1) == CLOSE_BRACKET && load<u8>(from + 1) != OPEN_BRACKET
}

/** Counts the calls of a text that begins with `[`: a name with `(` right after it, outside of text in apostrophes. */
export function countExpression(from: i32, to: i32): void {
  if (!isExpression(from, to)) return
  expressions++
  let quoted: u64 = 0
  const apostrophe = v128.load(ALL_APOSTROPHES)
  const paren = v128.load(ALL_PARENS)
  for (let at = from; at < to; at += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    const valid = lowest(min(to - at, 64))
    const inText = between(equal(a, b, c, d, apostrophe) & valid) ^ quoted
    quoted = (0 as u64) - (inText >> 63)
    let calls = equal(a, b, c, d, paren) & valid & ~inText
    for (; calls; calls &= calls - 1) countCall(at + (ctz(calls) as i32))
  }
}

/** How many of sixteen bytes in lower case belong to a name that ends with them: letters, digits and the low line. */
function nameBytes(text: v128): i32 {
  const isLetter = i8x16.lt_u(i8x16.sub(text, i8x16.splat(0x61)), i8x16.splat(26))
  const isDigit = i8x16.lt_u(i8x16.sub(text, i8x16.splat(0x30)), i8x16.splat(10))
  const isName = v128.or(v128.or(isLetter, isDigit), i8x16.eq(text, i8x16.splat(0x5f)))
  return clz(~((i8x16.bitmask(isName) as u32) << 16)) as i32
}

/** Counts a call whose parenthesis stands at `end`; there may be no name before it. */
function countCall(end: i32): void {
  const text = lowered(v128.load(end - 16))
  let length = nameBytes(text)
  if (length == 0) return
  for (let more = length; more == 16; length += more) more = nameBytes(lowered(v128.load(end - length - 16)))
  if (count(FUNCTION_TABLE, end, length, lastOf(text, length)) == 0) otherCalls++
}
