import { EventEmitter } from 'node:events'
import { writeSync } from 'node:fs'
import type { Terminal } from '../src/system/terminal.ts'

/** Start of the sequences that set a mode of the terminal. */
const MODE = '\u001b[?'
/** The second screen, no cursor, pastes in brackets. */
const ENTER = `${MODE}1049h${MODE}25l${MODE}2004h`
/** Paste mode off, colours off, cursor shown, back to the first screen: all that was changed, in one write. */
const RESTORE = '\u001b[?2004l\u001b[0m\u001b[?25h\u001b[?1049l'

/** What Ink reads from: keys meant for its own text fields and lists, one event at a time. */
export interface InkInput {
  stream: NodeJS.ReadStream
  feed(sequence: string): void
}

export function openInkInput(): InkInput {
  let waiting: string | null = null
  const events = new EventEmitter()
  const stream = Object.assign(events, {
    isTTY: true,
    read(): string | null {
      const one = waiting
      waiting = null
      return one
    },
    setRawMode: () => stream,
    setEncoding: () => stream,
    ref: () => stream,
    unref: () => stream,
  })
  return {
    stream: stream as unknown as NodeJS.ReadStream,
    feed(sequence) {
      waiting = sequence
      events.emit('readable')
    },
  }
}

/** What Ink writes to: its frames are handed on, the modes it would set are not its business. */
export interface InkOutput {
  stream: NodeJS.WriteStream
  close(): void
}

export function openInkOutput(out: NodeJS.WriteStream, take: (frame: string) => void): InkOutput {
  let isOpen = true
  const events = new EventEmitter()
  events.setMaxListeners(50)
  const resized = (): void => void events.emit('resize')
  out.on('resize', resized)
  const stream = Object.assign(events, {
    isTTY: true,
    write(text: string, encoding?: unknown, done?: () => void): boolean {
      if (isOpen && !text.startsWith(MODE)) take(text)
      const call = typeof encoding === 'function' ? (encoding as () => void) : done
      call?.()
      return true
    },
  })
  Object.defineProperties(stream, {
    columns: { get: () => out.columns },
    rows: { get: () => out.rows },
  })
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    close() {
      isOpen = false
      out.off('resize', resized)
    },
  }
}

/** The modes of the terminal: raw input, the second screen, no cursor, bracketed paste. */
export interface Modes {
  enter(): void
  /** Everything back as it was, in one synchronous write; safe to call twice. */
  leave(): void
}

export function modesOf(terminal: Terminal): Modes {
  let isIn = false
  return {
    enter() {
      isIn = true
      // Off first: after a stop from outside the mode is lost while Node still believes in it.
      terminal.stdin.setRawMode?.(false)
      terminal.stdin.setRawMode?.(true)
      terminal.stdout.write(ENTER)
    },
    leave() {
      if (!isIn) return
      isIn = false
      const { fd } = terminal.stdout as { fd?: number }
      try {
        if (fd === undefined) terminal.stdout.write(RESTORE)
        else writeSync(fd, RESTORE)
        terminal.stdin.setRawMode?.(false)
      } catch {
        // The terminal is gone (hang-up): there is nothing left to restore.
      }
    },
  }
}
