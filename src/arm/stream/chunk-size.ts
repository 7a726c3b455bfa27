import type { ChunkChoice } from '../../model/analysis.ts'
import { usage } from '../../model/errors.ts'

/** The source documents name these bounds and this default. */
const LEAST = 64 * 1024
const MOST = 2 * 1024 * 1024
const USUAL = 1024 * 1024
/** Part of the heap's cap, and of free memory, that one chunk may be with `auto`: some ten buffers go with it. */
const PART_OF_HEAP = 128
const PART_OF_FREE = 256

const UNITS: Record<string, number> = { '': 1, b: 1, k: 1024, kib: 1024, m: 1_048_576, mib: 1_048_576 }

/** What there is of memory, in bytes. */
export interface Room {
  heapBytes: number
  freeBytes: number
}

/**
 * How much to read at a time. `asked` is a number of bytes, `256KiB`, `2MiB` or `auto`, which goes by what memory there
 * is; 1 MiB when left out. What is out of bounds is put into them, with a note.
 */
export function chunkSize(asked: string | undefined, room: () => Room): ChunkChoice {
  if (asked === undefined) return { bytes: USUAL }
  if (asked === 'auto') {
    const { heapBytes, freeBytes } = room()
    return { bytes: bounded(Math.min(heapBytes / PART_OF_HEAP, freeBytes / PART_OF_FREE)) }
  }
  const [, number = '', unit = ''] = /^(\d{1,12})\s*([a-z]*)$/i.exec(asked.trim()) ?? []
  const factor = Object.hasOwn(UNITS, unit.toLowerCase()) ? UNITS[unit.toLowerCase()] : undefined
  if (number === '' || factor === undefined)
    throw usage(`--chunk-size takes bytes such as 65536, 256KiB, 2MiB, or auto, not "${asked}".`)
  const wanted = Number(number) * factor
  const bytes = bounded(wanted)
  return bytes === wanted
    ? { bytes }
    : { bytes, note: `--chunk-size goes from 64KiB to 2MiB; ${bytes} bytes are read at a time.` }
}

/** Within the bounds, and whole pages of 4 KiB when it had to be worked out. */
const bounded = (bytes: number): number => {
  if (bytes <= LEAST) return LEAST
  return bytes >= MOST ? MOST : Number.isInteger(bytes) ? bytes : Math.floor(bytes / 4096) * 4096
}
