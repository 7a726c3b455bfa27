import { MAX_NAMES } from '../../model/analysis.ts'
import { MAX_TEXT_BYTES } from './sink.ts'

const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_PAREN = 0x28
const APOSTROPHE = 0x27
/** Longer words are no names of functions. */
const MAX_NAME_BYTES = 128

/** 1 for what a name is made of: letters, digits and the low line. */
const IS_NAME = new Uint8Array(256)
for (const byte of Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_', 'latin1'))
  IS_NAME[byte] = 1

/** Whether a text is an expression: in brackets, of which the first is not doubled (that is how a plain `[` is written). */
export function isExpression(bytes: Uint8Array, from: number, to: number): boolean {
  return (
    to - from >= 2 &&
    bytes[from] === OPEN_BRACKET &&
    bytes[to - 1] === CLOSE_BRACKET &&
    bytes[from + 1] !== OPEN_BRACKET &&
    to - from <= MAX_TEXT_BYTES
  )
}

interface Known {
  /** In lower case. */
  bytes: Uint8Array
  count: number
}

/** Counts calls of functions by name, without regard to case and without making a text of any. */
export class CallCounts {
  readonly #known = new Map<number, Known[]>()
  #names = 0
  #others = 0

  /** Counts the calls of an expression: a name with `(` right after it, outside of text in apostrophes. */
  count(bytes: Uint8Array, from: number, to: number): void {
    // The closing bracket, which stands at the end, ends every run.
    for (let at = from; at < to;) {
      const byte = bytes[at] as number
      if (IS_NAME[byte] === 1) {
        const start = at
        let key = 0
        do key = (Math.imul(key, 31) + ((bytes[at++] as number) | 0x20)) | 0
        while (IS_NAME[bytes[at] as number] === 1)
        if (bytes[at] === OPEN_PAREN) this.#add(bytes, start, at, key)
      } else if (byte === APOSTROPHE) {
        do at++
        while (at < to && bytes[at] !== APOSTROPHE)
        at++
      } else at++
    }
  }

  /** The most frequent first, equal ones by name. */
  list(): { name: string; count: number }[] {
    const all = [...this.#known.values()]
      .flat()
      .map(({ bytes, count }) => ({ name: Buffer.from(bytes).toString('latin1'), count }))
    if (this.#others > 0) all.push({ name: '(other)', count: this.#others })
    return all.toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  }

  #add(bytes: Uint8Array, from: number, to: number, key: number): void {
    const sameKey = this.#known.get(key)
    const length = sameKey?.length ?? 0
    for (let index = 0; index < length; index++) {
      const known = sameKey?.[index] as Known
      if (!isSame(known.bytes, bytes, from, to)) continue
      known.count++
      return
    }
    if (this.#names >= MAX_NAMES || to - from > MAX_NAME_BYTES) this.#others++
    else {
      const name = bytes.slice(from, to).map((byte) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte))
      this.#names++
      if (sameKey) sameKey.push({ bytes: name, count: 1 })
      else this.#known.set(key, [{ bytes: name, count: 1 }])
    }
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false
  for (let at = 0; at < known.length; at++) {
    const byte = bytes[from + at] as number
    if (byte !== known[at] && (byte < 0x41 || byte > 0x5a || (byte | 0x20) !== known[at])) return false
  }
  return true
}
