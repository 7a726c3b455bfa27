import { nodeSystem } from '../../src/system/node-system.ts'
import type { Clock, Env, Io, Output, System } from '../../src/system/system.ts'

/** A clock a test moves by hand. Sleeps and timers fire when `advance` passes them, in order. */
export interface TestClock extends Clock {
  advance(ms: number): Promise<void>
}

export function testClock(start = Date.parse('2026-01-01T00:00:00Z')): TestClock {
  let at = 0
  const due: { at: number; call: () => void; every?: number }[] = []
  const add = (entry: { at: number; call: () => void; every?: number }): (() => void) => {
    due.push(entry)
    return () => {
      const index = due.indexOf(entry)
      if (index >= 0) due.splice(index, 1)
    }
  }
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next))
  }
  const clock: TestClock = {
    now: () => start + at,
    monotonic: () => at,
    sleep: (ms, signal) =>
      new Promise((done, fail) => {
        signal?.throwIfAborted()
        const cancel = add({ at: at + ms, call: done })
        signal?.addEventListener('abort', () => {
          cancel()
          fail(signal.reason as Error)
        })
      }),
    turn: () => new Promise((done) => setImmediate(done)),
    after: (ms, call) => add({ at: at + ms, call }),
    every: (ms, call) => add({ at: at + ms, call, every: ms }),
    deadline(ms, parent) {
      const control = new AbortController()
      add({ at: at + ms, call: () => control.abort(new DOMException('time is up', 'TimeoutError')) })
      return parent ? AbortSignal.any([control.signal, parent]) : control.signal
    },
    async advance(ms) {
      const end = at + ms
      await settle()
      for (;;) {
        const next = due.filter((entry) => entry.at <= end).toSorted((a, b) => a.at - b.at)[0]
        if (!next) break
        at = next.at
        if (next.every === undefined) due.splice(due.indexOf(next), 1)
        else next.at += next.every
        next.call()
        await settle()
      }
      at = end
      await settle()
    },
  }
  return clock
}

/** Output that remembers. */
export function testOutput(
  facts: { isTTY?: boolean; columns?: number; rows?: number } = {},
): Output & { text: string } {
  return {
    isTTY: facts.isTTY ?? false,
    columns: facts.columns ?? 80,
    rows: facts.rows ?? 24,
    text: '',
    write(text) {
      this.text += text
    },
  }
}

export interface TestSystem extends System {
  io: Io & { out: Output & { text: string }; err: Output & { text: string } }
}

/** The real system with chosen parts replaced: a settable environment, remembered output, and, if given, a test clock. */
export function testSystem(
  facts: { env?: Record<string, string>; clock?: Clock; answers?: string[]; isTTY?: boolean } = {},
): TestSystem {
  const real = nodeSystem()
  const answers = [...(facts.answers ?? [])]
  const env: Env = { ...real.env, home: facts.env?.['HOME'] ?? real.env.home, get: (name) => facts.env?.[name] }
  const tty = facts.isTTY ?? false
  return {
    ...real,
    env,
    clock: facts.clock ?? real.clock,
    io: {
      out: testOutput({ isTTY: tty }),
      err: testOutput({ isTTY: tty }),
      stdinIsTTY: tty,
      readStdin: async () => new Uint8Array(),
      ask: async () => answers.shift(),
    },
    // It would hold for the tests of other files too, many of them several times as slow.
    heap: { collectStart: () => {}, save: () => {} },
  }
}
