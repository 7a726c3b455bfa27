import { closeSync, openSync, writeSync } from 'node:fs'
import { fileProblem } from '../model/errors.ts'
import type { System } from '../system/system.ts'

/** Time between two samples, ms: short runs have two, long ones draw a curve. */
const EVERY_MS = 250

/**
 * Writes what this process uses to a file, a JSON line each: `sample` lines with memory in bytes and processor time in
 * ms, `timing` lines with what the runtime measured (garbage collection, connections, look-ups, the run itself).
 * The returned function writes the last of them. Throws when the file cannot be written.
 */
export function measureRun({ clock, measure }: System, path: string): () => void {
  let file: number
  try {
    file = openSync(path, 'a', 0o600)
  } catch (error) {
    throw fileProblem(path, 'measurements cannot be written there', error)
  }
  const write = (kind: string, facts: object): void =>
    void writeSync(file, `${JSON.stringify({ at: new Date(clock.now()).toISOString(), kind, ...facts })}\n`)
  const sample = (): void => write('sample', measure.usage())
  const stopTimings = measure.timings((timing) => write('timing', timing))
  const stopSamples = clock.every(EVERY_MS, sample)
  sample()
  return () => {
    stopSamples()
    stopTimings()
    sample()
    closeSync(file)
  }
}
