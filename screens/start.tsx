import { render } from 'ink'
import { themeOf } from '../components/theme.ts'
import type { Marketplace } from '../src/marketplace.ts'
import { EXIT, notTerminal, reasonOf, usage } from '../src/model/errors.ts'
import { currentRoute, SCREENS, type ScreenName } from '../src/session/slices/route.ts'
import { openSession, type Session } from '../src/session/session.ts'
import type { System } from '../src/system/system.ts'
import type { Terminal } from '../src/system/terminal.ts'
import { App } from './app.tsx'
import { isAsciiOnly } from './ascii.ts'
import { copySequence } from './copy.ts'
import { dispatch, inkSequence } from './dispatch.ts'
import { focusOf } from './focus.ts'
import { type FirstFrame, keepFirstFrame } from './first-frame.ts'
import { goTo } from './going.ts'
import { openKeys, type Key } from './keys.ts'
import type { Program } from './keymap.ts'
import { openPainter } from './painter.ts'
import { startReader } from './reader.ts'
import { openSheet } from './sheet.ts'
import { modesOf, openInkInput, openInkOutput, type InkInput } from './terminal.ts'
import { followTitle } from './title.ts'
import { SessionContext } from './use-session.ts'

export interface StartOptions {
  /** Name of the first screen; search when left out. */
  route?: string
}

export interface StartParts {
  marketplace: Marketplace
  system: System
  options?: StartOptions
  /** What is on the screen already. */
  first?: FirstFrame | undefined
}

const isReader = ({ marketplace, system }: StartParts): boolean =>
  marketplace.loaded.settings.ui.reader || system.env.get('ACCESSIBLE') === '1'

/**
 * Draws the screens until the user leaves; answers the exit code. The terminal is as it was afterwards, whatever ended
 * it: a key, a signal, a hang-up, an error nobody caught. Throws `usage.noTerminal` where there is none to draw on.
 */
export async function startTui(parts: StartParts): Promise<number> {
  const { system } = parts
  const { io, env } = system
  if (isReader(parts)) {
    parts.first?.handOver()
    parts.first?.modes.leave()
    return startReader(parts)
  }
  if (!io.terminal || !io.out.isTTY || !io.stdinIsTTY) throw notTerminal()
  if (env.get('TERM') === 'dumb') {
    throw usage(
      'The marketplace screens need a terminal that can move its cursor; TERM is dumb.',
      'Set ACCESSIBLE=1 for plain lines, or use a command such as "souk search kubernetes".',
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

/** Frames on a slow line are this far apart, ms. */
const SLOW_FRAME_MS = 66

function drawUntilEnd(parts: StartParts, terminal: Terminal): Promise<number> {
  const { marketplace, system, options, first } = parts
  const endedBy = first?.endedBy()
  if (endedBy) return Promise.resolve(CODES[endedBy] ?? EXIT.cancelled)
  const session = openSession({ marketplace, system })
  const { isSlow } = session.store.getState().view
  const input = openInkInput()
  const sheet = openSheet(
    openPainter(terminal.stdout, isAsciiOnly(system.env)),
    system.clock,
    isSlow ? SLOW_FRAME_MS : 0,
  )
  const output = openInkOutput(terminal.stdout, sheet.take)
  const modes = first?.modes ?? modesOf(terminal)
  return new Promise((done) => {
    const end = (code: number, error?: unknown): void => {
      sheet.close()
      stopTitle()
      modes.leave()
      stopResizes()
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
    /** Modes and screen as they should be, whatever a shell did with the terminal meanwhile. */
    const resume = (): void => {
      modes.enter()
      sheet.again()
    }
    const program: Program = {
      quit: () => end(EXIT.ok),
      repaint: resume,
      copy(text) {
        const sequence = copySequence(text, system.env)
        if (sequence !== undefined) terminal.stdout.write(sequence)
        return sequence !== undefined
      },
      suspend() {
        modes.leave()
        terminal.stop()
      },
    }
    const stopSignals = terminal.onSignal((name) => {
      if (name === 'SIGCONT') resume()
      else if (name === 'SIGTSTP') program.suspend()
      else end(CODES[name] ?? EXIT.cancelled)
    })
    first?.handOver()
    const stopResizes = terminal.onResize(sheet.resized)
    const stopCrashes = terminal.onCrash((error) => end(EXIT.internal, error))
    const keys = openKeys(system.clock, deliverTo({ session, program, input, turn: () => system.clock.turn() }))
    const theme = themeOf(marketplace.loaded.settings.ui.theme, { noColor: hasNoColor(parts) })
    modes.enter()
    const stopTitle = followTitle(session, (text) => void terminal.stdout.write(text))
    const ink = render(
      <SessionContext value={session}>
        <App theme={theme} sheet={sheet} />
      </SessionContext>,
      {
        stdout: output.stream,
        stdin: input.stream,
        stderr: terminal.stdout,
        // Whole frames, unthrottled, without cursor movements: the painter sends what differs.
        debug: true,
        interactive: true,
        exitOnCtrlC: false,
        patchConsole: false,
        isScreenReaderEnabled: false,
      },
    )
    terminal.stdin.on('data', keys.push)
    terminal.stdin.on('end', hungUp)
    terminal.stdin.resume()
    const route = SCREENS.find((name): name is ScreenName => name === options?.route)
    if (route && route !== 'search') goTo(session, route)
    void session
      .open()
      .then(() => system.clock.turn())
      .then(() => {
        system.heap.save()
        if (isAtHome(session)) keepFirstFrame(system, sheet.lines())
        // Words are read at the first search: better now than at the first letter, and keys pass in between.
        return marketplace.prepare()
      })
      .then(() => system.heap.collectStart())
  })
}

/** Search as it is found at a start: nothing typed, nothing over it. */
function isAtHome(session: Session): boolean {
  const state = session.store.getState()
  return currentRoute(state).screen === 'search' && focusOf(session) === 'screen' && state.search.text === ''
}

const hasNoColor = ({ marketplace, system }: StartParts): boolean =>
  (system.env.get('NO_COLOR') ?? '') !== '' || !marketplace.loaded.settings.ui.color

const io = (system: System, text: string): void => system.io.err.write(text)

/**
 * Keys in their order: those for a text field go through Ink one at a time, each drawn before the next, so that none is
 * lost in a burst; the rest act on the session directly.
 */
function deliverTo(parts: {
  session: Session
  program: Program
  input: InkInput
  turn: () => Promise<void>
}): (keys: Key[]) => void {
  const { session, program, input, turn } = parts
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
      // A key that changed the text from outside the field, such as Ctrl-U: the field moves its cursor a turn later.
      if (!wasFed && now !== 'screen') await Promise.resolve().then(() => turn())
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
