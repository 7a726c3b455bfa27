import { reasonOf } from '../model/errors.ts'
import type { Figures } from '../model/figures.ts'
import type { System } from '../system/system.ts'
import { Ledger } from './ledger.ts'
import { listen, type On } from './listen.ts'
import { parseRecord } from './record.ts'
import { Sums } from './sums.ts'

/** Facts kept in memory before they are written. */
const BATCH = 64
/** How long a fact of a long run waits for others, ms; a killed process loses no more than this much. */
const GATHER_MS = 2000

export interface MetricsOptions {
  system: System
  folder: string
  settings: { enabled: boolean; maxBytes: number }
  on: On
}

/** The figures of this installation, over all runs and processes. */
export interface Metrics {
  /** Everything known up to now, this run included. */
  figures(): Figures
  /** Forgets everything; answers how many bytes that were. */
  clear(): number
  /** Writes what is not written yet; never throws. */
  close(): void
}

/**
 * Opens the figures. They are fed by events alone and kept on this machine only. Nothing is touched until there is
 * something to write; what cannot be written is dropped with one warning. When they are switched off, nothing is
 * heard and nothing written.
 */
export function openMetrics({ system, folder, settings, on }: MetricsOptions): Metrics {
  const ledger = new Ledger({ system, folder, maxBytes: settings.maxBytes })
  let sums = new Sums()
  let waiting: string[] = []
  let cancel: (() => void) | undefined
  let hasWarned = false
  const write = (): void => {
    cancel?.()
    cancel = undefined
    if (waiting.length === 0) return
    const lines = waiting
    waiting = []
    try {
      ledger.append(lines)
    } catch (error) {
      if (!hasWarned) system.log.warn(`the figures could not be written: ${reasonOf(error)}`)
      hasWarned = true
    }
  }
  const { now } = system.clock
  const stop = settings.enabled
    ? listen(
        on,
        (fact) => {
          waiting.push(JSON.stringify({ at: now(), ...fact }))
          if (waiting.length >= BATCH) write()
          else cancel ??= system.clock.after(GATHER_MS, write)
        },
        now,
      )
    : undefined
  return {
    figures() {
      write()
      const { lines, isNew, bytes } = ledger.readNew()
      if (isNew) sums = new Sums()
      for (const line of lines) {
        const record = parseRecord(line)
        if (record) sums.add(record)
      }
      return { isEnabled: settings.enabled, bytes, ...sums.figures(now()) }
    },
    clear() {
      waiting = []
      return ledger.clear()
    },
    close() {
      stop?.()
      write()
    },
  }
}
