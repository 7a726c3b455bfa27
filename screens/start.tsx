import { render, useApp } from 'ink'
import { useEffect } from 'react'
import { themeOf } from '../components/theme.ts'
import type { Marketplace } from '../src/marketplace.ts'
import { EXIT, notTerminal, reasonOf, usage } from '../src/model/errors.ts'
import { SCREENS, type ScreenName } from '../src/session/slices/route.ts'
import { openSession, type Session } from '../src/session/session.ts'
import type { System } from '../src/system/system.ts'
import type { Terminal } from '../src/system/terminal.ts'
import { App } from './app.tsx'
import { copySequence } from './copy.ts'
import { dispatch, focusOf, inkSequence } from './dispatch.ts'
import { goTo } from './going.ts'
import { openKeys, type Key } from './keys.ts'
import type { Program } from './keymap.ts'
import { startReader } from './reader.ts'
import { modesOf, openInkInput, openInkOutput, type InkInput } from './terminal.ts'
import { followTitle } from './title.ts'
import { SessionContext } from './use-session.ts'

export interface StartOptions {
  /** Name of the first screen; search when left out. */
  route?: string
  /** Append-only lines instead of a drawn screen. */
  plain?: boolean
}

export interface StartParts {
  marketplace: Marketplace
  system: System
  options?: StartOptions
}

type Suspend = ReturnType<typeof useApp>['suspendTerminal']

/** Hands Ink's way of giving the terminal away to the program around it. */
function Bridge({ theme, take }: { theme: Parameters<typeof App>[0]['theme']; take: (suspend: Suspend) => void }) {
  const { suspendTerminal } = useApp()
  useEffect(() => take(suspendTerminal), [take, suspendTerminal])
  return <App theme={theme} />
}

const isReader = ({ marketplace, system, options }: StartParts): boolean =>
  options?.plain === true || marketplace.loaded.settings.ui.reader || system.env.get('ACCESSIBLE') === '1'

/**
 * Draws the screens until the user leaves; answers the exit code. The terminal is as it was afterwards, whatever ended
 * it: a key, a signal, a hang-up, an error nobody caught. Throws `usage.noTerminal` where there is none to draw on.
 */
export async function startTui(parts: StartParts): Promise<number> {
  const { system } = parts
  const { io, env } = system
  if (isReader(parts)) return startReader(parts)
  if (!io.terminal || !io.out.isTTY || !io.stdinIsTTY) throw notTerminal()
  if (env.get('TERM') === 'dumb') {
    throw usage(
      'The marketplace screens need a terminal that can move its cursor; TERM is dumb.',
      'Use "souk browse --plain", or a command such as "souk search kubernetes".',
    )
  }
  return drawUntilEnd(parts, io.terminal)
}

const CODES: Record<string, number> = {
  SIGINT: EXIT.cancelled,
  SIGTERM: EXIT.cancelled,
  SIGHUP: EXIT.cancelled,
  SIGQUIT: EXIT.cancelled,
}

function drawUntilEnd(parts: StartParts, terminal: Terminal): Promise<number> {
  const { marketplace, system, options } = parts
  const session = openSession({ marketplace, system })
  const input = openInkInput()
  const output = openInkOutput(terminal.stdout)
  const modes = modesOf(terminal)
  let suspend: Suspend | undefined
  let isStopped = false
  return new Promise((done) => {
    const end = (code: number, error?: unknown): void => {
      output.silence()
      stopTitle()
      modes.leave()
      stopCrashes()
      // Not before this turn is over: other listeners of the same signal must still see that it is taken care of.
      void Promise.resolve().then(stopSignals)
      keys.close()
      session.close()
      terminal.stdin.off('data', keys.push)
      terminal.stdin.off('end', hungUp)
      terminal.stdin.pause()
      output.close()
      ink.unmount()
      if (error !== undefined) io(system, `souk: ${reasonOf(error)}\n`)
      done(code)
    }
    const hungUp = (): void => end(EXIT.cancelled)
    /** Ink gives the terminal away and takes it back, which draws everything again. */
    const handOver = async (between: () => void): Promise<void> => {
      await suspend?.(between)
      modes.enter()
    }
    const program: Program = {
      quit: () => end(EXIT.ok),
      repaint: () => void handOver(() => {}),
      copy(text) {
        const sequence = copySequence(text, system.env)
        if (sequence !== undefined) terminal.stdout.write(sequence)
        return sequence !== undefined
      },
      suspend() {
        isStopped = true
        void handOver(() => {
          modes.leave()
          terminal.stop()
          isStopped = false
        })
      },
    }
    const stopSignals = terminal.onSignal((name) => {
      if (name !== 'SIGCONT') end(CODES[name] ?? EXIT.cancelled)
      else if (!isStopped) program.repaint()
    })
    const stopCrashes = terminal.onCrash((error) => end(EXIT.internal, error))
    const keys = openKeys(system.clock, deliverTo({ session, program, input }))
    const theme = themeOf(marketplace.loaded.settings.ui.theme, { noColor: hasNoColor(parts) })
    modes.enter()
    const stopTitle = followTitle(session, (text) => void terminal.stdout.write(text))
    const ink = render(
      <SessionContext value={session}>
        <Bridge theme={theme} take={(given) => (suspend = given)} />
      </SessionContext>,
      {
        stdout: output.stream,
        stdin: input.stream,
        stderr: terminal.stdout,
        alternateScreen: true,
        incrementalRendering: true,
        interactive: true,
        exitOnCtrlC: false,
        patchConsole: false,
        isScreenReaderEnabled: false,
        maxFps: session.store.getState().view.isSlow ? 15 : 120,
      },
    )
    terminal.stdin.on('data', keys.push)
    terminal.stdin.on('end', hungUp)
    terminal.stdin.resume()
    const first = SCREENS.find((name): name is ScreenName => name === options?.route)
    if (first && first !== 'search') goTo(session, first)
    void session.open()
  })
}

const hasNoColor = ({ marketplace, system }: StartParts): boolean =>
  (system.env.get('NO_COLOR') ?? '') !== '' || !marketplace.loaded.settings.ui.color

const io = (system: System, text: string): void => system.io.err.write(text)

/**
 * Keys in their order: those for a text field go through Ink one at a time, each drawn before the next, so that none is
 * lost in a burst; the rest act on the session directly.
 */
function deliverTo(parts: { session: Session; program: Program; input: InkInput }): (keys: Key[]) => void {
  const { session, program, input } = parts
  let tail: Promise<void> | undefined
  const one = (key: Key): boolean => {
    const sequence = inkSequence(focusOf(session), key)
    if (sequence === undefined) dispatch(session, program, key)
    else input.feed(sequence)
    return sequence !== undefined
  }
  const all = async (keys: readonly Key[]): Promise<void> => {
    let focus = focusOf(session)
    for (const key of keys) {
      const wasFed = one(key)
      const now = focusOf(session)
      // A microtask lets React commit what a field must know before the next key reaches it.
      if (wasFed || now !== focus) await Promise.resolve()
      focus = now
    }
  }
  return (keys) => {
    const before = tail
    const mine = before ? before.then(() => all(keys)) : all(keys)
    tail = mine
    void mine.then(() => {
      if (tail === mine) tail = undefined
    })
  }
}
