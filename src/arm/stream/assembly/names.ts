// Tables of names: each gets a number, in the order they come, and a count.
import { lastOf, lowered } from './bytes'
import { MAX_NAME_BYTES, MAX_NAMES } from './codes'

/** Numbers of names by their hash, 0 for none; more than half of them stay empty. */
const SLOTS = 4096
/** One of the list: how often it came, how long it is, and at the end the name, with zeros before it. */
const COUNT_AT = 0
const LENGTH_AT = 4
const ENTRY = 16 + MAX_NAME_BYTES
/** A table begins with how many names it has; then come the slots and the list. */
const LIST_AT = 16 + SLOTS * 4
const TABLE = LIST_AT + MAX_NAMES * ENTRY

/** Functions that are called, in lower case. */
export const FUNCTION_TABLE = memory.data(TABLE, 16) as i32
/** Types of resources, as they are written. */
export const TYPE_TABLE = memory.data(TABLE, 16) as i32

/**
 * The number of the name that ends at an offset, from 1 on; counts it. 0 when it is too long, or new to a table that is
 * full. `last` is its last part, which is all of nearly every name.
 */
export function count(table: i32, end: i32, length: i32, last: v128): i32 {
  if (length > MAX_NAME_BYTES) return 0
  for (let slot = hash(table, end, length, last); ; slot++) {
    const place = table + 16 + (slot & (SLOTS - 1)) * 4
    const number = load<i32>(place)
    if (number == 0) return add(table, end, length, place)
    const known = table + LIST_AT + number * ENTRY
    if (!i8x16.all_true(i8x16.eq(v128.load(known - 16), last))) continue
    const entry = known - ENTRY
    if (load<i32>(entry, LENGTH_AT) != length || (length > 16 && !isSame(table, known, end, length))) continue
    store<i32>(entry, load<i32>(entry, COUNT_AT) + 1, COUNT_AT)
    return number
  }
}

/** A part of a name from its end: 0 is its last sixteen bytes. Zeros stand before the first. */
export function part(table: i32, end: i32, length: i32, index: i32): v128 {
  const text = v128.load(end - 16 * (index + 1))
  return lastOf(table == FUNCTION_TABLE ? lowered(text) : text, length - 16 * index)
}

function hash(table: i32, end: i32, length: i32, last: v128): i32 {
  let mixed = mix(length as u64, last)
  for (let index = 1; index * 16 < length; index++) mixed = mix(mixed, part(table, end, length, index))
  return (mixed >> 40) as i32
}

function mix(sum: u64, bytes: v128): u64 {
  const low = (sum ^ (i64x2.extract_lane(bytes, 0) as u64)) * 0x9e3779b97f4a7c15
  return (rotr(low, 29) ^ (i64x2.extract_lane(bytes, 1) as u64)) * 0xc2b2ae3d27d4eb4f
}

function isSame(table: i32, knownEnd: i32, end: i32, length: i32): bool {
  for (let index = 1; index * 16 < length; index++) {
    const known = v128.load(knownEnd - 16 * (index + 1))
    if (!i8x16.all_true(i8x16.eq(known, part(table, end, length, index)))) return false
  }
  return true
}

function add(table: i32, end: i32, length: i32, place: i32): i32 {
  const number = load<i32>(table) + 1
  if (number > MAX_NAMES) return 0
  store<i32>(table, number)
  store<i32>(place, number)
  const entry = table + LIST_AT + (number - 1) * ENTRY
  store<i32>(entry, 1, COUNT_AT)
  store<i32>(entry, length, LENGTH_AT)
  for (let index = 0; index * 16 < length; index++)
    v128.store(entry + ENTRY - 16 * (index + 1), part(table, end, length, index))
  return number
}

/** Where a name of a table ends. Its length and count stand before it. */
export function nameEnd(table: i32, number: i32): i32 {
  return table + LIST_AT + number * ENTRY
}

export function nameLength(table: i32, number: i32): i32 {
  return load<i32>(nameEnd(table, number) - ENTRY, LENGTH_AT)
}

export function nameCount(table: i32, number: i32): i32 {
  return load<i32>(nameEnd(table, number) - ENTRY, COUNT_AT)
}
