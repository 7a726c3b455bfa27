import { existsSync, readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import type { Companion, CompanionEnd, CompanionOptions } from './system.ts'

/** How often the memory of a companion is looked at, ms. */
const LOOK_MS = 100
const SHELL = '/bin/sh'
/** The limits of the shell count for the program it becomes: processor time, no files written, no core dumps. */
const LIMITED = 'ulimit -t "$1"; ulimit -f 0; ulimit -c 0; shift; exec "$@"'

/** Those that live; whatever way this process ends, they end with it. */
const living = new Set<() => void>()
let isFollowing = false

/** Resident memory of a process in bytes, where /proc tells; undefined elsewhere. */
function residentBytes(pid: number): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kib === undefined ? undefined : Number(kib) * 1024
  } catch {
    return undefined
  }
}

/**
 * Starts a program of the runtime in a process that one talks to over descriptor 3: without our environment, in no
 * folder of ours, with nothing on its standard streams. It does not outlive this process.
 */
export function startCompanion(program: string, options: CompanionOptions): Companion {
  if (!isFollowing) process.on('exit', () => living.forEach((kill) => kill()))
  isFollowing = true
  const { spawn } = process.getBuiltinModule('node:child_process')
  const command = [process.execPath, ...options.flags, program]
  const hasShell = existsSync(SHELL)
  const [file = '', ...args] = hasShell ? [SHELL, '-c', LIMITED, 'sh', String(options.cpuSeconds), ...command] : command
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], env: {}, cwd: '/' })
  const pipe = child.stdio[3] as Duplex
  let isTooLarge = false
  let hasEnded = false
  const kill = (): void => void child.kill('SIGKILL')
  living.add(kill)
  const watch = setInterval(() => {
    if ((residentBytes(child.pid ?? 0) ?? 0) <= options.maxBytes) return
    isTooLarge = true
    kill()
  }, LOOK_MS)
  watch.unref()
  const { promise: ended, resolve } = Promise.withResolvers<CompanionEnd>()
  const end = (how: CompanionEnd): void => {
    if (hasEnded) return
    hasEnded = true
    clearInterval(watch)
    living.delete(kill)
    pipe.destroy()
    resolve(how)
  }
  // What was sent before it ended is heard before its end is told.
  child.once('close', (exitCode, signal) => end({ exitCode, signal, isTooLarge }))
  child.once('error', (error) => end({ exitCode: null, signal: null, isTooLarge, why: error.message }))
  pipe.on('data', (piece: Uint8Array) => options.onBytes(piece))
  // A pipe to a process that has gone: its end is told by itself.
  pipe.on('error', () => {})
  return {
    pid: child.pid,
    ended,
    kill,
    send(bytes) {
      if (!pipe.destroyed) pipe.write(bytes)
      return pipe.writableLength
    },
  }
}
