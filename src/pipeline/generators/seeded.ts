import { createHash } from 'node:crypto'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const ALPHABET = `${LETTERS}0123456789`

/** Lower-case letters and digits that depend on nothing but the words given: no clock, no chance, no machine. */
export function uniqueText(length: number, ...words: readonly string[]): string {
  // A hash of the lengths too, so that ('ab', 'c') and ('a', 'bc') differ.
  const hash = createHash('sha512').update(JSON.stringify(words)).digest()
  return Array.from({ length: Math.min(length, 60) }, (_, index) => {
    const letters = index === 0 ? LETTERS : ALPHABET
    return letters[(hash[index] ?? 0) % letters.length]
  }).join('')
}

/**
 * A storage account name of at most `max` characters (24 is Azure's own limit, 3 its least): lower-case letters and
 * digits, the readable part first, then five seeded characters.
 */
export function storageName(words: readonly string[], seed: string, max = 24): string {
  const length = Math.min(24, Math.max(8, Math.trunc(max)))
  const readable = words
    .join('')
    .normalize('NFKD')
    .replaceAll(/[A-Z]/g, lower)
    .replaceAll(/[^a-z0-9]/g, '')
  return `${readable.slice(0, length - 5)}${uniqueText(5, 'storage', seed, ...words)}`
}

/** ASCII lower case by code: `toLowerCase` is the same everywhere, but this cannot depend on a locale at all. */
const lower = (char: string): string => String.fromCodePoint((char.codePointAt(0) ?? 0) | 0x20)
