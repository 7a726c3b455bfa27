import { closeSync, openSync, readSync } from 'node:fs'
import type { Random } from './system.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Where the kernel gives of its randomness; the module of the runtime for it takes 10 ms to load. */
const KERNEL_RANDOM = '/dev/urandom'

function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count)
  try {
    const fd = openSync(KERNEL_RANDOM, 'r')
    try {
      if (readSync(fd, bytes) === count) return bytes
    } finally {
      closeSync(fd)
    }
  } catch {
    // No such place on this machine.
  }
  return process.getBuiltinModule('node:crypto').randomBytes(count)
}

/** Bytes from here on would favour the first letters. */
const EVEN = 256 - (256 % LETTERS.length)

export const nodeRandom: Random = {
  id(length) {
    let id = ''
    while (id.length < length) {
      const even = [...randomBytes(length)].filter((byte) => byte < EVEN)
      for (const byte of even) id += LETTERS[byte % LETTERS.length]
    }
    return id.slice(0, length)
  },
  unit: () => randomBytes(4).readUInt32LE() / 2 ** 32,
}
