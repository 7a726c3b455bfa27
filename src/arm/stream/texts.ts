/** Texts of a stream, each made once: the same few types and names come again and again. */
export class Texts {
  readonly #known = new Map<number, { bytes: Uint8Array; text: string }>()

  /** The text of bytes as JSON means it. */
  of(bytes: Uint8Array, from: number, to: number): string {
    let key = to - from
    for (let at = from; at < to; at++) key = (Math.imul(key, 31) + (bytes[at] as number)) | 0
    const known = this.#known.get(key)
    if (known && isSame(known.bytes, bytes, from, to)) return known.text
    const text = decoded(bytes, from, to)
    if (!known && this.#known.size < MAX_KEPT && to - from <= MAX_KEPT_BYTES)
      this.#known.set(key, { bytes: bytes.slice(from, to), text })
    return text
  }
}

const MAX_KEPT = 4_096
const MAX_KEPT_BYTES = 256

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.length !== to - from) return false
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[from + at]) return false
  return true
}

/** A JSON text as the reader would give it: escapes resolved, raw line breaks kept. */
export function decoded(bytes: Uint8Array, from: number, to: number): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString()
  if (!raw.includes('\\')) return raw
  return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_all, hex: string | undefined, letter: string | undefined) =>
    hex === undefined ? (LETTERS[letter ?? ''] ?? letter ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
const LETTERS: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }

/** Whether bytes are this word, letters of either case being equal. `word` is in lower case. */
export function isWord(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false
  for (let at = 0; at < word.length; at++) {
    const byte = bytes[from + at] as number
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== word[at]) return false
  }
  return true
}
