import { reasonOf } from '../model/errors.ts'
import type { Figures } from '../model/figures.ts'
import type { Clock, System } from '../system/system.ts'
import { Ledger } from './ledger.ts'
import { listen, type On } from './listen.ts'
import { parseRecord } from './record.ts'
import { Sums } from './sums.ts'

/** Facts kept in memory before they are written. */
const BATCH = 64
/** How long a fact of a long run waits for others, ms; a killed process loses no more than this much. */
const GATHER_MS = 2000

/** Longest time lines are taken in without giving way, ms, and lines between two looks at the clock. */
const SLICE_MS = 4
const LOOK_EVERY = 64

export interface MetricsOptions {
  system: System
  folder: string
  settings: { enabled: boolean; maxBytes: number }
  on: On
}

/** The figures of this installation, over all runs and processes. */
export interface Metrics {
  /** Reads what `figures` will need, a little at a time: a full log takes longer than a key should wait. */
  gather(): Promise<void>
  /** Everything known up to now, this run included. */
  figures(): Figures
  /** Forgets everything; answers how many bytes that were. */
  clear(): number
  /** Writes what is not written yet; never throws. */
  close(): void
}

/** The sums of a ledger, and its lines that are read and not summed up yet. */
function openReading(ledger: Ledger, { monotonic }: Clock) {
  let sums = new Sums()
  let unsummed: string[] = []
  return {
    sums: () => sums,
    /** Reads what is new; answers the bytes of all there is. */
    look(): number {
      const { lines, isNew, bytes } = ledger.readNew()
      if (isNew) sums = new Sums()
      unsummed = isNew ? lines : [...unsummed, ...lines]
      return bytes
    },
    /** Takes lines in, for so long at most; answers whether that was all. */
    sumUp(ms = Number.POSITIVE_INFINITY): boolean {
      const from = monotonic()
      let taken = 0
      for (const line of unsummed) {
        if (taken % LOOK_EVERY === 0 && monotonic() - from > ms) break
        taken++
        const record = parseRecord(line)
        if (record) sums.add(record)
      }
      unsummed = unsummed.slice(taken)
      return unsummed.length === 0
    },
  }
}

/**
 * Opens the figures. They are fed by events alone and kept on this machine only. Nothing is touched until there is
 * something to write; what cannot be written is dropped with one warning. When they are switched off, nothing is
 * heard and nothing written.
 */
export function openMetrics({ system, folder, settings, on }: MetricsOptions): Metrics {
  const ledger = new Ledger({ system, folder, maxBytes: settings.maxBytes })
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
  const reading = openReading(ledger, system.clock)
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
    async gather() {
      write()
      reading.look()
      while (!reading.sumUp(SLICE_MS)) await system.clock.turn()
    },
    figures() {
      write()
      const bytes = reading.look()
      reading.sumUp()
      return { isEnabled: settings.enabled, bytes, ...reading.sums().figures(now()) }
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
