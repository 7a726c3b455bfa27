import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import xterm from '@xterm/headless'

/** What one key brought: ms to the first and last byte of the answer, and how many bytes it was. */
export interface Response {
  firstMs: number
  frameMs: number
  bytes: number
}

export interface MeasuredPty {
  /** Milliseconds from the start until the screen showed the text; rejects after a while with the screen. */
  sees(text: string, timeoutMs?: number): Promise<number>
  /** Types and waits until nothing more comes for `settleMs`. */
  type(keys: string, settleMs: number): Promise<Response>
  /** Bytes sent in the next `ms`. */
  listen(ms: number): Promise<number>
  /** Resident memory of the program, MB. */
  residentMb(): number
  /** Sends keys and waits for the end of the program; ms. */
  quit(keys: string): Promise<number>
  kill(): void
  /** Milliseconds from start to end. */
  ended: Promise<number>
}

/** Process ids of the children, the oldest first. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

const now = (): number => performance.now()
const rest = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

/** A program in a pseudo-terminal of its own, timed from outside. Linux with util-linux's `script` only. */
export function measurePty(
  args: readonly string[],
  facts: { columns: number; rows: number; env: Record<string, string> },
): MeasuredPty {
  const quoted = [process.execPath, ...args].map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const command = `stty cols ${facts.columns} rows ${facts.rows}; exec ${quoted}`
  const started = now()
  const child = spawn('script', ['-qfec', command, '/dev/null'], { env: facts.env, stdio: ['pipe', 'pipe', 'inherit'] })
  const screen = new xterm.Terminal({ cols: facts.columns, rows: facts.rows, allowProposedApi: true, scrollback: 0 })
  const text = (): string =>
    Array.from(
      { length: facts.rows },
      (_, row) => screen.buffer.active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n')
  let total = 0
  let lastAt = started
  const arrivals = new Set<() => void>()
  const draws = new Set<(at: number) => void>()
  child.stdout.on('data', (data: Buffer) => {
    const at = now()
    lastAt = at
    total += data.length
    for (const call of arrivals) call()
    // What the emulator needs to draw it does not count.
    screen.write(data, () => draws.forEach((call) => call(at)))
  })
  const ended = new Promise<number>((done) => child.once('exit', () => done(now() - started)))
  return {
    ended,
    sees(wanted, timeoutMs = 30_000) {
      return new Promise((done, fail) => {
        const look = (at: number): void => {
          if (!text().includes(wanted)) return
          draws.delete(look)
          clearTimeout(timer)
          done(at - started)
        }
        const timer = setTimeout(() => {
          draws.delete(look)
          fail(new Error(`never saw ${wanted} on\n${text()}`))
        }, timeoutMs)
        draws.add(look)
      })
    },
    async type(keys, settleMs) {
      const from = total
      const at = now()
      let firstAt: number | undefined
      const arrive = (): void => void (firstAt ??= lastAt)
      arrivals.add(arrive)
      child.stdin.write(keys)
      do await rest(settleMs)
      while (now() - Math.max(at, lastAt) < settleMs)
      arrivals.delete(arrive)
      return {
        firstMs: firstAt === undefined ? Number.NaN : firstAt - at,
        frameMs: firstAt === undefined ? Number.NaN : lastAt - at,
        bytes: total - from,
      }
    },
    async listen(ms) {
      const from = total
      await rest(ms)
      return total - from
    },
    residentMb() {
      const [pid = 0] = childrenOf(child.pid ?? 0)
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
    },
    async quit(keys) {
      const at = now()
      child.stdin.write(keys)
      await ended
      return now() - at
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
