import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keepFirstFrame, showFirstFrame } from '../../screens/first-frame.ts'
import type { System } from '../../src/system/system.ts'
import type { Terminal, TerminalSignal } from '../../src/system/terminal.ts'
import { tempFolder } from '../support/temp.ts'
import { testOutput, testSystem } from '../support/test-system.ts'

interface Sitting {
  system: System
  written(): string
  signal(name: TerminalSignal): void
  readonly stops: number
}

/** A terminal of this size, in a home that may have been used before. */
function sitting(home: string, columns = 60, env: Record<string, string> = {}): Sitting {
  let written = ''
  let stops = 0
  const calls = new Set<(name: TerminalSignal) => void>()
  const terminal: Terminal = {
    stdin: { setRawMode: () => {} } as unknown as NodeJS.ReadStream,
    stdout: { columns, rows: 12, write: (text: string) => (written += text) } as unknown as NodeJS.WriteStream,
    onSignal(call) {
      calls.add(call)
      return () => void calls.delete(call)
    },
    onResize: () => () => {},
    onCrash: () => () => {},
    stop: () => void stops++,
  }
  const base = testSystem({ env: { SOUK_HOME: home, TERM: 'xterm', ...env } })
  const out = testOutput({ isTTY: true, columns, rows: 12 })
  return {
    system: { ...base, io: { ...base.io, out, stdinIsTTY: true, terminal } },
    written: () => written,
    signal: (name) => calls.forEach((call) => call(name)),
    get stops() {
      return stops
    },
  }
}

const FRAME = [' Souk  Search   2/2 registries', ' Search:', ' all 312 items', ' > alpha', ' beta', ' q quit']

describe('the frame before anything is loaded', () => {
  test('a first run has nothing to show and touches nothing', () => {
    const { system, written } = sitting(tempFolder())
    expect(showFirstFrame(system)).toBeUndefined()
    expect(written()).toBe('')
  })

  test('title, counts and keys as they were last seen; no rows that may be gone', () => {
    const home = tempFolder()
    keepFirstFrame(sitting(home).system, FRAME)
    const { system, written } = sitting(home)
    expect(showFirstFrame(system)).toBeDefined()
    expect(written()).toContain('2/2 registries')
    expect(written()).toContain('312 items')
    expect(written()).toContain('q quit')
    expect(written()).not.toContain('alpha')
  })

  test.each([
    ['another width', 80, {}],
    ['colours that are no longer wanted', 60, { NO_COLOR: '1' }],
    ['a terminal that cannot move its cursor', 60, { TERM: 'dumb' }],
    ['a reader who wants plain lines', 60, { ACCESSIBLE: '1' }],
  ])('it is left out for %s', (_, columns, env) => {
    const home = tempFolder()
    keepFirstFrame(sitting(home).system, FRAME)
    const { system, written } = sitting(home, columns, env)
    expect(showFirstFrame(system)).toBeUndefined()
    expect(written()).toBe('')
  })

  test.each(['', '{', '[]', 'null', '{"columns":60,"noColor":false,"head":[1],"foot":""}'])(
    'a damaged file (%s) is a first run',
    (text) => {
      const home = tempFolder()
      mkdirSync(join(home, 'state'), { recursive: true })
      writeFileSync(join(home, 'state', 'first-frame.json'), text)
      expect(showFirstFrame(sitting(home).system)).toBeUndefined()
    },
  )

  test('a signal while loading gives the terminal back and is remembered; a stop is no end', () => {
    const home = tempFolder()
    keepFirstFrame(sitting(home).system, FRAME)
    const user = sitting(home)
    const first = showFirstFrame(user.system)
    user.signal('SIGTSTP')
    expect(user.stops).toBe(1)
    user.signal('SIGCONT')
    expect(user.written().endsWith('\u001b[?1049h\u001b[?25l\u001b[?2004h')).toBe(true)
    expect(first?.endedBy()).toBeUndefined()
    user.signal('SIGTERM')
    expect(user.written().endsWith('\u001b[?1049l')).toBe(true)
    expect(first?.endedBy()).toBe('SIGTERM')
  })
})
