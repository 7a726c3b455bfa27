import { closeSync, existsSync, fstatSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { redact, withoutSecrets } from '../model/secrets.ts'
import { startCompanion } from './companion.ts'
import { nodeHeap } from './heap.ts'
import { nodeMeasure } from './measure.ts'
import { nodeRandom } from './node-random.ts'
import { nodeTerminal } from './node-terminal.ts'
import type { Clock, Env, Io, Log, Output, Run, RunOptions, RunResult, System } from './system.ts'

function nodeClock(startAt: number | undefined): Clock {
  const shift = startAt === undefined ? 0 : startAt - Date.now()
  return {
    now: () => Date.now() + shift,
    // The global `performance` says the same, and loads eight modules of the runtime first.
    monotonic() {
      const [seconds, nanoseconds] = process.hrtime()
      return seconds * 1000 + nanoseconds / 1e6
    },
    sleep: async (ms, signal) => {
      signal?.throwIfAborted()
      await sleep(ms, undefined, signal ? { signal } : {})
    },
    turn: () => new Promise((done) => setImmediate(done)),
    after(ms, call) {
      const timer = setTimeout(call, ms)
      return () => clearTimeout(timer)
    },
    every(ms, call) {
      const timer = setInterval(call, ms)
      return () => clearInterval(timer)
    },
    deadline(ms, parent) {
      const own = AbortSignal.timeout(ms)
      return parent ? AbortSignal.any([own, parent]) : own
    },
  }
}

// What only some runs need is loaded by the run that needs it: these cost more than the rest of the start.
const childProcess = () => process.getBuiltinModule('node:child_process')

const env: Env = {
  get: (name) => process.env[name],
  home: homedir(),
  get cwd() {
    return process.cwd()
  },
  platform: process.platform,
  arch: process.arch,
  pid: process.pid,
  get user() {
    try {
      return process.getBuiltinModule('node:os').userInfo().username
    } catch {
      // An account without a name, as in some containers.
      return `uid ${process.getuid?.() ?? 'unknown'}`
    }
  },
}

/** Whether a descriptor may be a terminal at all: only then is its stream made, which loads much of the runtime. */
function isDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice()
  } catch {
    return false
  }
}

/** Synchronous writes, so that nothing is lost when the process exits; a closed pipe ends output quietly. */
function output(fd: 1 | 2, stream: () => NodeJS.WriteStream): Output {
  let isClosed = false
  let mayBeTTY: boolean | undefined
  const terminal = (): NodeJS.WriteStream | undefined => {
    mayBeTTY ??= isDevice(fd)
    return mayBeTTY ? stream() : undefined
  }
  return {
    get isTTY() {
      return terminal()?.isTTY === true
    },
    get columns() {
      return terminal()?.columns ?? 80
    },
    get rows() {
      return terminal()?.rows ?? 24
    },
    write(text) {
      let bytes: Uint8Array = Buffer.from(fd === 2 ? redact(text) : withoutSecrets(text))
      while (!isClosed && bytes.length > 0) {
        try {
          bytes = bytes.subarray(writeSync(fd, bytes))
        } catch (error) {
          const code = (error as NodeJS.ErrnoException).code
          if (code === 'EAGAIN') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
          else isClosed = true
        }
      }
    },
  }
}

const io: Io = {
  terminal: nodeTerminal,
  out: output(1, () => process.stdout),
  err: output(2, () => process.stderr),
  get stdinIsTTY() {
    return isDevice(0) && process.stdin.isTTY === true
  },
  async readStdin(maxBytes) {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      size += chunk.length
      if (size > maxBytes) break
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  },
  async ask(question) {
    const { createInterface } = await import('node:readline/promises')
    const prompt = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return await Promise.race([
        prompt.question(question),
        new Promise<undefined>((end) => prompt.once('close', () => end(undefined))),
      ])
    } finally {
      prompt.close()
    }
  },
}

/** Start time of a process in clock ticks since boot, from /proc; elsewhere just that it lives. */
function startMark(pid: number): string | undefined {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined
    return fields[19] ?? 'alive'
  } catch {
    return 'alive'
  }
}

/** A descriptor of a file that has no name any more, in memory where the machine has such a place. */
function openHidden(text: string): number {
  const file = `${existsSync('/dev/shm') ? '/dev/shm' : tmpdir()}/souk-${nodeRandom.id(20)}`
  const fd = openSync(file, 'wx+', 0o600)
  unlinkSync(file)
  writeSync(fd, text)
  return fd
}

// oxlint-disable-next-line max-params
async function runProgram(
  file: string,
  args: readonly string[],
  options: RunOptions,
  hidden?: number,
): Promise<RunResult> {
  const { execa } = await import('execa')
  const stdin = options.input === undefined ? ('ignore' as const) : ('pipe' as const)
  const { isTree = false } = options
  const running = execa(file, [...args], {
    reject: false,
    extendEnv: false,
    env: { PATH: process.env['PATH'] ?? '', HOME: homedir(), LANG: 'C.UTF-8', ...options.env },
    forceKillAfterDelay: 1000,
    cleanup: !isTree,
    detached: isTree,
    ...(isTree ? { killSignal: 'SIGKILL' as const } : {}),
    maxBuffer: options.maxBytes ?? 16 * 1024 * 1024,
    // execa takes a descriptor here as anywhere; its types know of those of the first three places only.
    stdio: [stdin, 'pipe', 'pipe', ...(hidden === undefined ? [] : [hidden as unknown as 'inherit'])],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    ...(options.input === undefined ? {} : { input: options.input }),
  })
  // What it started and left behind would hold its output open as well.
  if (isTree)
    running.nodeChildProcess.once('exit', () => running.pid !== undefined && run.signal(-running.pid, 'SIGKILL'))
  const result = await running
  const failed =
    result.exitCode === undefined ? String(result.originalMessage ?? result.shortMessage ?? 'could not be started') : ''
  const stdout = String(result.stdout ?? '')
  return {
    exitCode: result.exitCode ?? -1,
    stdout: options.isSecret ? stdout : withoutSecrets(stdout),
    stderr: redact(String(result.stderr ?? '') || failed),
    timedOut: result.timedOut,
  }
}

/**
 * Variables a process of a job starts with. What else stands in our environment may be anybody's secret; the ones
 * the settings speak of are added by whoever starts the job.
 */
const PASSED_ON =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TERM|COLORTERM|NO_COLOR|ACCESSIBLE|TMPDIR|TEMP|TMP|XDG_\w+|SOUK_\w+|NODE_\w+|SSH_AUTH_SOCK|SSL_CERT_\w+|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|GNUPGHOME|PASSWORD_STORE_DIR|(?:HTTPS?|NO)_PROXY|SYSTEMROOT|APPDATA|LOCALAPPDATA|USERPROFILE)$/i

const passedOn = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value !== undefined && PASSED_ON.test(name) ? [[name, value]] : [],
    ),
  )

/** Starts a program of ours in a session of its own. */
function startDetached(program: string, ...[args, options]: Parameters<Run['detached']>): number {
  const log = openSync(options.logFile, 'a', 0o600)
  try {
    const child = childProcess().spawn(process.execPath, [program, ...args], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...passedOn(), ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    child.unref()
    return child.pid ?? 0
  } finally {
    closeSync(log)
  }
}

const run: Run = {
  async program(file, args, options: RunOptions = {}): Promise<RunResult> {
    const { hidden } = options
    if (hidden === undefined) return runProgram(file, args, options)
    const fd = openHidden(hidden)
    try {
      return await runProgram(file, args, options, fd)
    } finally {
      closeSync(fd)
    }
  },
  shutsIn: () => process.allowedNodeEnvironmentFlags.has('--allow-net'),
  companion: startCompanion,
  detached: (args, options) => startDetached(process.argv[1] ?? '', args, options),
  alive: startMark,
  signal(pid, name) {
    try {
      process.kill(pid, name)
      return true
    } catch {
      return false
    }
  },
}

export interface NodeSystemOptions {
  log?: Log
  /** The program that processes of our own run; the one that runs here when left out. */
  program?: string
}
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {} }

/** The real world. `SOUK_NOW` (an ISO time) moves the wall clock; an unreadable value is ignored by the clock and reported by settings. */
export function nodeSystem(options: NodeSystemOptions = {}): System {
  const { program } = options
  const moved = process.env['SOUK_NOW'] === undefined ? Number.NaN : Date.parse(process.env['SOUK_NOW'])
  return {
    clock: nodeClock(Number.isNaN(moved) ? undefined : moved),
    random: nodeRandom,
    env,
    io,
    run: program === undefined ? run : { ...run, detached: (args, how) => startDetached(program, args, how) },
    log: options.log ?? silent,
    measure: nodeMeasure,
    heap: nodeHeap,
  }
}
