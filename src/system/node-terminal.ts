import type { Terminal, TerminalSignal } from './terminal.ts'

const SIGNALS: readonly TerminalSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGTSTP', 'SIGCONT']

/** The terminal this process was started on. Nothing is touched before the first read. */
export const nodeTerminal: Terminal = {
  get stdin() {
    return process.stdin
  },
  get stdout() {
    return process.stdout
  },
  onSignal(call) {
    const calls = SIGNALS.map((name) => [name, () => call(name)] as const)
    for (const [name, one] of calls) process.on(name, one)
    return () => {
      for (const [name, one] of calls) process.off(name, one)
    }
  },
  onResize(call) {
    process.on('SIGWINCH', call)
    return () => void process.off('SIGWINCH', call)
  },
  onCrash(call) {
    process.on('uncaughtException', call)
    process.on('unhandledRejection', call)
    return () => {
      process.off('uncaughtException', call)
      process.off('unhandledRejection', call)
    }
  },
  stop() {
    process.kill(0, 'SIGSTOP')
  },
}
