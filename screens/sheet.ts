import type { ReactNode } from 'react'
import { fill } from '../components/line.ts'
import { openFeed } from '../src/session/feed.ts'
import type { Clock } from '../src/system/system.ts'
import type { Painter } from './painter.ts'

/** A piece of the body: lines that are fitted already, or rows that Ink draws because they take part in typing. */
export type Part = { lines: readonly string[] } | { live: ReactNode; rows: number }

interface Layout {
  head: readonly string[]
  /** At most one part of it is live. */
  body: readonly Part[]
  /** Rows of the body. */
  height: number
  foot: readonly string[]
  width: number
}

/**
 * Puts a frame together from fitted lines and the few rows that Ink draws, and has it painted once a turn of the
 * event loop. Ink lays out and serialises nothing but those rows: done for the whole screen that costs ten
 * milliseconds a key.
 */
export interface Sheet {
  show(layout: Layout): void
  /** What Ink drew. */
  take(frame: string): void
  /** The frame on the screen. */
  lines(): readonly string[]
  /** The terminal was resized: what it cut off meanwhile is painted again with the next frame. */
  resized(): void
  /** Everything again, whatever the terminal shows now. */
  again(): void
  close(): void
}

/** `everyMs`: least time between two frames; 0 paints each. */
export function openSheet(painter: Painter, clock: Clock, everyMs: number): Sheet {
  let layout: Layout | undefined
  let drawn: readonly string[] = []
  let lines: readonly string[] = []
  let isDue = false
  let isOpen = true
  const paint = (): void => {
    if (!layout || !isOpen) return
    const { head, body, height, foot, width } = layout
    const parts = body.flatMap((part) => ('lines' in part ? part.lines : fill(drawn, 0, part.rows)))
    lines = [...head, ...fill(parts, width, height), ...foot]
    painter.paint(lines)
  }
  const feed = openFeed<true>(clock, { everyMs }, paint)
  /** After this turn: Ink draws its rows while React commits, the layout follows, and both are one frame. */
  const soon = (): void => {
    if (isDue) return
    isDue = true
    queueMicrotask(() => {
      isDue = false
      if (isOpen) feed.push(true)
    })
  }
  return {
    show(next) {
      layout = next
      soon()
    },
    take(frame) {
      drawn = frame.split('\n')
      soon()
    },
    lines: () => lines,
    resized() {
      painter.forget()
      soon()
    },
    again() {
      painter.forget()
      paint()
    },
    close() {
      isOpen = false
      feed.close()
    },
  }
}
