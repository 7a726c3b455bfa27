import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathsOf } from '../src/system/paths.ts'
import type { System } from '../src/system/system.ts'
import type { TerminalSignal } from '../src/system/terminal.ts'
import { isAsciiOnly } from './ascii.ts'
import { openPainter } from './painter.ts'
import { modesOf, type Modes } from './terminal.ts'

/**
 * The screen before the program behind it is loaded: title, counts and keys as they were last seen, drawn before
 * anything heavy is read. What is typed meanwhile waits in the terminal and is not lost.
 */
export interface FirstFrame {
  modes: Modes
  /** The signal that ended the program while it was loading. */
  endedBy(): TerminalSignal | undefined
  /** From now on signals are someone else's. */
  handOver(): void
}

interface Seen {
  columns: number
  noColor: boolean
  /** The top of the search screen. */
  head: string[]
  /** Its last line. */
  foot: string
}

const fileOf = (system: System): string => join(pathsOf(system.env).state, 'first-frame.json')
const hasNoColor = (system: System): boolean => (system.env.get('NO_COLOR') ?? '') !== ''
/** Header, search box, hits. */
const HEAD_LINES = 3

const isSeen = (value: unknown): value is Seen => {
  const seen = value as Partial<Seen> | null
  return (
    typeof seen?.columns === 'number' &&
    typeof seen.noColor === 'boolean' &&
    typeof seen.foot === 'string' &&
    Array.isArray(seen.head) &&
    seen.head.every((one) => typeof one === 'string')
  )
}

/** What was last seen, where it fits this terminal; a missing or damaged file is a first run. */
function seenBefore(system: System): Seen | undefined {
  try {
    const seen: unknown = JSON.parse(readFileSync(fileOf(system), 'utf8'))
    const isFitting = isSeen(seen) && seen.columns === system.io.out.columns && seen.noColor === hasNoColor(system)
    return isFitting ? seen : undefined
  } catch {
    return undefined
  }
}

/** Keeps the top and the last line of the search screen for the next start. Not being able to is no fault. */
export function keepFirstFrame(system: System, lines: readonly string[]): void {
  const seen: Seen = {
    columns: system.io.out.columns,
    noColor: hasNoColor(system),
    head: lines.slice(0, HEAD_LINES),
    foot: lines.at(-1) ?? '',
  }
  try {
    const file = fileOf(system)
    const text = JSON.stringify(seen)
    if (readIfThere(file) === text) return
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  } catch {
    // The next start is without it.
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Draws what was last seen; undefined where nothing fits, or no screen is to be drawn at all. */
export function showFirstFrame(system: System): FirstFrame | undefined {
  const { io, env } = system
  const { terminal } = io
  if (!terminal || !io.out.isTTY || !io.stdinIsTTY) return undefined
  if (env.get('TERM') === 'dumb' || env.get('ACCESSIBLE') === '1') return undefined
  const seen = seenBefore(system)
  if (!seen) return undefined
  const modes = modesOf(terminal)
  let endedBy: TerminalSignal | undefined
  const stopSignals = terminal.onSignal((name) => {
    if (name === 'SIGCONT') return modes.enter()
    modes.leave()
    if (name === 'SIGTSTP') terminal.stop()
    else endedBy ??= name
  })
  modes.enter()
  const { rows } = io.out
  const blank = Array.from({ length: Math.max(0, rows - HEAD_LINES - 1) }, () => '')
  openPainter(terminal.stdout, isAsciiOnly(env)).paint([...seen.head, ...blank, seen.foot].slice(-rows))
  return { modes, endedBy: () => endedBy, handOver: stopSignals }
}
