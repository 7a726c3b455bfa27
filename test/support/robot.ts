import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { startTui, type StartOptions } from '../../screens/start.tsx'
import type { Marketplace } from '../../src/marketplace.ts'
import type { System } from '../../src/system/system.ts'
import type { Terminal, TerminalSignal } from '../../src/system/terminal.ts'

const SEQUENCES: Record<string, string> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  'shift-tab': '\u001b[Z',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pagedown: '\u001b[6~',
  pageup: '\u001b[5~',
  home: '\u001b[H',
  end: '\u001b[F',
  space: ' ',
  backspace: '\u007f',
  'ctrl-c': '\u0003',
  'ctrl-l': '\u000c',
  'ctrl-u': '\u0015',
  'ctrl-z': '\u001a',
}

/** Someone who sits in front of the screens: presses keys, reads lines, waits for what should appear. */
export interface Robot {
  /** Named keys (`down`, `enter`) or single characters, each in a packet of its own. */
  press(...keys: string[]): Promise<void>
  /** Bytes as they are, in one packet. */
  send(bytes: string): Promise<void>
  /** The screen as lines, trailing blanks kept. */
  lines(): string[]
  text(): string
  /** The first line that holds the text or fits the pattern, as soon as one is drawn. */
  see(what: string | RegExp): Promise<string>
  /** As soon as the text is nowhere on the screen. */
  seeNo(what: string): Promise<void>
  resize(columns: number, rows: number): void
  signal(name: TerminalSignal): void
  crash(error: unknown): void
  /** Number of times the program stopped itself for the shell. */
  readonly stops: number
  /** Exit code once the program ended. */
  readonly ended: Promise<number>
  /** All bytes written so far. */
  readonly written: string
  readonly isRaw: boolean
  readonly isAlternate: boolean
}

// What should be there comes at once; a busy machine may take its time over it.
const WAIT_MS = 20_000

interface FakeTerminal {
  terminal: Terminal
  stdin: PassThrough & { isRaw: boolean }
  out: EventEmitter & { columns: number; rows: number }
  signals: Set<(name: TerminalSignal) => void>
  crashes: Set<(error: unknown) => void>
  stops: { count: number }
}

function fakeTerminal(columns: number, rows: number, onWrite: (text: string) => void): FakeTerminal {
  const stdin = Object.assign(new PassThrough(), {
    isRaw: false,
    isTTY: true,
    setRawMode(isRaw: boolean) {
      stdin.isRaw = isRaw
      return stdin
    },
  })
  const out = Object.assign(new EventEmitter(), {
    columns,
    rows,
    isTTY: true,
    write(text: string, done?: () => void): boolean {
      onWrite(text)
      done?.()
      return true
    },
  })
  const signals = new Set<(name: TerminalSignal) => void>()
  const crashes = new Set<(error: unknown) => void>()
  const stops = { count: 0 }
  const follow = <T>(set: Set<T>, call: T): (() => void) => {
    set.add(call)
    return () => void set.delete(call)
  }
  const terminal: Terminal = {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: out as unknown as NodeJS.WriteStream,
    onSignal: (call) => follow(signals, call),
    onResize(call) {
      out.on('resize', call)
      return () => void out.off('resize', call)
    },
    onCrash: (call) => follow(crashes, call),
    stop: () => void stops.count++,
  }
  return { terminal, stdin, out, signals, crashes, stops }
}

export interface RobotParts {
  marketplace: Marketplace
  system: System
  columns?: number
  rows?: number
  options?: StartOptions
}

/** Opens the screens on a terminal in memory, a real emulator behind it. */
export function robot(parts: RobotParts): Robot {
  const { columns = 80, rows = 24 } = parts
  const screen = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true })
  const watchers = new Set<() => void>()
  let written = ''
  const fake = fakeTerminal(columns, rows, (text) => {
    written += text
    screen.write(text, () => {
      for (const look of watchers) look()
    })
  })
  const { io } = parts.system
  const out = { ...io.out, isTTY: true, columns, rows, write: (text: string) => io.out.write(text) }
  const system: System = { ...parts.system, io: { ...io, out, stdinIsTTY: true, terminal: fake.terminal } }
  const ended = startTui({ marketplace: parts.marketplace, system, options: parts.options ?? {} })
  let isOver = false
  void ended.finally(() => (isOver = true)).catch(() => {})
  onTestFinished(async () => {
    if (!isOver) for (const call of fake.signals) call('SIGTERM')
    await ended
    screen.dispose()
  })
  const lines = (): string[] => {
    const { active } = screen.buffer
    return Array.from(
      { length: screen.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString() ?? '',
    )
  }
  const until = <T>(look: () => T | undefined, what: string): Promise<T> =>
    new Promise((found, fail) => {
      const late = setTimeout(() => {
        watchers.delete(check)
        fail(new Error(`Never seen: ${what}\n${lines().join('\n')}`))
      }, WAIT_MS)
      const check = (): void => {
        const value = look()
        if (value === undefined) return
        clearTimeout(late)
        watchers.delete(check)
        found(value)
      }
      watchers.add(check)
      check()
    })
  const turn = (): Promise<void> => new Promise((next) => setImmediate(next))
  const send = async (bytes: string): Promise<void> => {
    fake.stdin.write(bytes)
    await turn()
    await turn()
  }
  return {
    send,
    async press(...keys) {
      for (const key of keys) await send(SEQUENCES[key] ?? key)
    },
    lines,
    text: () => lines().join('\n'),
    see: (what) =>
      until(
        () => lines().find((one) => (typeof what === 'string' ? one.includes(what) : what.test(one))),
        String(what),
      ),
    async seeNo(what) {
      await until(() => (lines().some((one) => one.includes(what)) ? undefined : true), `no ${what}`)
    },
    resize(toColumns, toRows) {
      screen.resize(toColumns, toRows)
      Object.assign(fake.out, { columns: toColumns, rows: toRows })
      fake.out.emit('resize')
    },
    signal(name) {
      for (const call of fake.signals) call(name)
    },
    crash(error) {
      for (const call of fake.crashes) call(error)
    },
    get stops() {
      return fake.stops.count
    },
    ended,
    get written() {
      return written
    },
    get isRaw() {
      return fake.stdin.isRaw
    },
    get isAlternate() {
      return screen.buffer.active.type === 'alternate'
    },
  }
}
