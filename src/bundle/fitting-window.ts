/**
 * How deflate is to be set for a file that is packed whole: a window that just takes the file finds all that a larger one
 * would, and need not be cleared where no file reaches. It may use nothing from outside: threads get it as text.
 */
export function fittingWindow(size: number): { windowBits: number; chunkSize: number } {
  return { windowBits: Math.max(9, Math.min(15, 32 - Math.clz32(size))), chunkSize: Math.max(64, size) }
}
