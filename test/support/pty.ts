import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import xterm from '@xterm/headless'
import { onTestFinished } from 'vitest'
import { COMPILED, MAIN } from './program.ts'
import { tempFolder } from './temp.ts'

/** Named keys as an xterm sends them. */
const KEYS: Record<string, string> = {
  enter: '\r',
  esc: '\u001b',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  tab: '\t',
  backspace: '\u007f',
  space: ' ',
  'ctrl-c': '\u0003',
  'ctrl-p': '\u0010',
  'ctrl-r': '\u0012',
  'ctrl-u': '\u0015',
  pagedown: '\u001b[6~',
  pageup: '\u001b[5~',
}

/** True where util-linux's `script` can give a real pseudo-terminal. */
export const hasPty = existsSync('/usr/bin/script')

/** A program in a real pseudo-terminal, its screen held by a real terminal emulator. */
export interface Pty {
  /** Text is typed as it is; named keys go in braces, such as `{enter}`. */
  press(keys: string): void
  /** Resolves when the screen shows the text (or matches); rejects with the screen after `timeoutMs`. */
  waitFor(what: string | RegExp, timeoutMs?: number): Promise<string>
  /** The screen's lines, right-trimmed. */
  screen(): string
  /** Resolves with the exit code. */
  ended(): Promise<number>
  /** Hangs the terminal up, as a lost SSH line does. */
  hangUp(): void
  /** Sends the program itself a signal. */
  signal(name: NodeJS.Signals): void
  /** All bytes the program wrote so far. */
  raw(): string
}

export function openPty(
  args: readonly string[],
  facts: { columns: number; rows: number; env?: Record<string, string> },
): Pty {
  const quoted = [process.execPath, MAIN, ...args]
    .map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`)
    .join(' ')
  const pidFile = join(tempFolder(), 'pid')
  const command = `stty cols ${facts.columns} rows ${facts.rows}; echo $$ > ${pidFile}; exec ${quoted}`
  const child: ChildProcess = spawn('script', ['-qfec', command, '/dev/null'], {
    env: {
      ...COMPILED,
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      SHELL: '/bin/sh',
      ...facts.env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const terminal = new xterm.Terminal({ cols: facts.columns, rows: facts.rows, allowProposedApi: true, scrollback: 0 })
  let raw = ''
  const waiting = new Set<() => void>()
  child.stdout?.on('data', (data: Buffer) => {
    raw += data.toString()
    terminal.write(data, () => waiting.forEach((look) => look()))
  })
  const exit = new Promise<number>((done) => child.once('close', (code) => done(code ?? -1)))
  onTestFinished(() => void child.kill('SIGKILL'))
  const screen = (): string =>
    Array.from(
      { length: facts.rows },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n')
  return {
    press: (keys) =>
      void child.stdin?.write(keys.replaceAll(/\{([a-z-]+)\}/g, (all, name: string) => KEYS[name] ?? all)),
    waitFor(what, timeoutMs = 15_000) {
      const seen = (): boolean => (typeof what === 'string' ? screen().includes(what) : what.test(screen()))
      return new Promise((done, fail) => {
        const look = (): void => {
          if (!seen()) return
          waiting.delete(look)
          clearTimeout(timer)
          done(screen())
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          fail(new Error(`never saw ${String(what)} on\n${screen()}`))
        }, timeoutMs)
        waiting.add(look)
        look()
      })
    },
    screen,
    ended: () => exit,
    hangUp: () => void child.kill('SIGKILL'),
    signal: (name) => void process.kill(Number(readFileSync(pidFile, 'utf8')), name),
    raw: () => raw,
  }
}
