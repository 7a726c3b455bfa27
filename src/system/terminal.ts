/** What ends a sitting in front of the screen, interrupts it, or brings it back. */
export type TerminalSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGTSTP' | 'SIGCONT'

/** The terminal itself, for the screens: raw keys in, frames out, signals, the end. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Calls back on each signal; the returned function stops it. */
  onSignal(call: (name: TerminalSignal) => void): () => void
  /** Calls back when the size changed, also when it is as before again by the time one looks. */
  onResize(call: () => void): () => void
  /** Calls back on an error nobody caught; the returned function stops it. */
  onCrash(call: (error: unknown) => void): () => void
  /** Stops this process and its group, as Ctrl-Z does outside raw mode, until it is continued. */
  stop(): void
}
