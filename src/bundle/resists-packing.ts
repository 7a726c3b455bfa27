import { deflateRawSync } from 'node:zlib'

/** Blocks shorter than this are deflated faster than they are judged. */
const LEAST_BYTES = 64 * 1024
/** Bytes looked at first, in so many places. */
const LOOK_BYTES = 4096
const LOOKS = 4
/** Bits a byte carries of 8: text has up to 5, programs up to 7, what is packed or encrypted 7.98 in so short a look. */
const FLAT_BITS = 7.9
/** Then so many bytes in a row are deflated: as far as deflate looks back, twice. */
const TRY_BYTES = 64 * 1024
const NO_GAIN = 0.99

/**
 * Whether deflate would only waste its time on a block (images, archives, encrypted data): five times as long as on
 * text, for nothing. It depends on the bytes alone.
 */
export function resistsPacking(block: Uint8Array): boolean {
  if (block.length < LEAST_BYTES || bitsAByte(block) < FLAT_BITS) return false
  const from = (block.length - TRY_BYTES) >> 1
  const tried = block.subarray(from, from + TRY_BYTES)
  return deflateRawSync(tried, { level: 1, chunkSize: TRY_BYTES }).length > tried.length * NO_GAIN
}

/** The entropy of a few places of a block, bits a byte. */
function bitsAByte(block: Uint8Array): number {
  const counts = new Uint32Array(256)
  for (let look = 0; look < LOOKS; look++) {
    const from = Math.floor(((block.length - LOOK_BYTES) * look) / (LOOKS - 1))
    for (const byte of block.subarray(from, from + LOOK_BYTES)) counts[byte] = (counts[byte] ?? 0) + 1
  }
  const all = LOOK_BYTES * LOOKS
  return counts.reduce((bits, count) => (count === 0 ? bits : bits - (count / all) * Math.log2(count / all)), 0)
}
