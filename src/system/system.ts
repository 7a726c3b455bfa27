import type { Heap } from './heap.ts'
import type { Measure } from './measure.ts'
import type { Terminal } from './terminal.ts'

/**
 * The outside world as one bag that is passed in. Nothing else in src/ touches the process, the clock, timers,
 * randomness, the network or child processes. File reads and writes go through node:fs directly in the rooms whose
 * work they are (cache, bundle, install, jobs, registries): real files are what tests use too.
 */
export interface Clock {
  /** Wall clock, ms since 1970; moved by SOUK_NOW. For dates people see and for lifetimes on disk. */
  now(): number
  /** Monotonic, ms. For durations. */
  monotonic(): number
  /** Resolves after `ms`; rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Resolves when what is already due in this turn of the event loop has run. */
  turn(): Promise<void>
  /** Calls once after `ms`; the returned function takes it back. */
  after(ms: number, call: () => void): () => void
  /** Calls every `ms` until taken back. */
  every(ms: number, call: () => void): () => void
  /** A signal that aborts after `ms`, or with the parent. */
  deadline(ms: number, parent?: AbortSignal): AbortSignal
}

export interface Random {
  /** Unguessable id of `length` lower-case letters and digits. */
  id(length: number): string
  /** 0 up to 1, for jitter. */
  unit(): number
}

export interface Env {
  get(name: string): string | undefined
  readonly home: string
  readonly cwd: string
  readonly platform: string
  readonly arch: string
  readonly pid: number
  /** Who runs this, as the operating system knows them; no variable can say otherwise. */
  readonly user: string
  /** Ends the settings question "may we draw": TERM, NO_COLOR and the like are read with get(). */
}

export interface Output {
  readonly isTTY: boolean
  readonly columns: number
  readonly rows: number
  write(text: string): void
}

export interface Io {
  /** The terminal of this process, for the screens; absent where there is none to draw on. */
  readonly terminal?: Terminal
  readonly out: Output
  readonly err: Output
  readonly stdinIsTTY: boolean
  /** All of standard input, at most `maxBytes`. */
  readStdin(maxBytes: number): Promise<Uint8Array>
  /** A line typed at a prompt on a terminal; undefined at end of input. */
  ask(question: string): Promise<string | undefined>
}

export interface RunResult {
  exitCode: number
  stdout: string
  stderr: string
  timedOut: boolean
}
export interface RunOptions {
  cwd?: string
  env?: Record<string, string>
  timeoutMs?: number
  signal?: AbortSignal
  input?: string
  maxBytes?: number
  /** What it prints is a secret: handed over as it is, where secrets known before would else be hidden in it. */
  isSecret?: boolean
  /** It gets a process group of its own, which ends as a whole with it: at its end, its time limit and an abort. */
  isTree?: boolean
  /** Text the program may read as /dev/fd/3, by itself and by what it starts. Stays in memory; Linux only. */
  hidden?: string
}

export interface CompanionOptions {
  /** Flags of the runtime, before the program. */
  flags: readonly string[]
  /** Memory it may have resident, bytes, where the system tells (Linux); beyond it, it is killed. */
  maxBytes: number
  /** Processor time of its whole life, s, where there is a shell that limits it. */
  cpuSeconds: number
  onBytes(piece: Uint8Array): void
}

/** How a companion ended. */
export interface CompanionEnd {
  exitCode: number | null
  signal: string | null
  /** It was killed for the memory it took. */
  isTooLarge: boolean
  /** Why it could not be started. */
  why?: string
}

/** A process of ours that one talks to over a pipe of its own, and that never outlives this one. */
export interface Companion {
  readonly pid: number | undefined
  readonly ended: Promise<CompanionEnd>
  /** Answers how many bytes it has not taken yet. */
  send(bytes: Uint8Array): number
  kill(): void
}

export interface Run {
  /** Whether the runtime can start a process that reaches neither files nor the network (its flag --allow-net). */
  shutsIn(): boolean
  /** Starts a program of the runtime with an empty environment. Never throws: it then ends at once. */
  companion(program: string, options: CompanionOptions): Companion
  /** Runs a program without a shell and without this process's environment beyond PATH, HOME, LANG and `env`. Never throws for an exit code. */
  program(file: string, args: readonly string[], options?: RunOptions): Promise<RunResult>
  /**
   * Starts this very program in a session of its own, output to `logFile`; survives this process. Of our environment
   * it gets what every program needs (paths, locale, session, proxies, SOUK_*) and `env`. Returns its pid.
   */
  detached(args: readonly string[], options: { logFile: string; cwd?: string; env?: Record<string, string> }): number
  /** Whether a process lives, and its start mark (guards against a reused pid); undefined when dead. */
  alive(pid: number): string | undefined
  /** Sends a signal to a process or, with a negative pid, its group; false when there is none. */
  signal(pid: number, name: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): boolean
}

export interface Log {
  debug(text: string, facts?: Record<string, unknown>): void
  info(text: string, facts?: Record<string, unknown>): void
  warn(text: string, facts?: Record<string, unknown>): void
}

export interface System {
  readonly clock: Clock
  readonly random: Random
  readonly env: Env
  readonly io: Io
  readonly run: Run
  readonly log: Log
  readonly measure: Measure
  readonly heap: Heap
}
