import type { RawFile } from './inputs.ts'

/** From here on a thread pays for itself: its start takes about as long as the rules on so many bytes. */
const WORTH_A_THREAD_BYTES = 512 * 1024
/** What goes to a thread at once: enough that handing over costs nothing beside the work. */
const SLICE_BYTES = 256 * 1024

/**
 * The parts in which files go to threads, in order; undefined when they are so few that they are inspected where they
 * are. What is one of many targets goes to a thread whatever its size.
 */
export function slicesOf(files: readonly RawFile[], isOneOfMany: boolean): (readonly RawFile[])[] | undefined {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0)
  if (!files.length || (!isOneOfMany && bytes < WORTH_A_THREAD_BYTES)) return undefined
  const slices: RawFile[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const file of files) {
    if (size >= SLICE_BYTES) slices.push([])
    if (size >= SLICE_BYTES) size = 0
    slices.at(-1)?.push(file)
    size += file.bytes.length
  }
  return slices
}
