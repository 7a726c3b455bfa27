import { appendFileSync } from 'node:fs'
import { fileProblem } from '../model/errors.ts'
import { redactAll } from '../model/secrets.ts'
import type { Log } from './system.ts'

export type LogLevel = 'debug' | 'info' | 'warn'

/** Where the lines go, and which of them. */
export interface LogTarget {
  level: LogLevel
  /** Appended to; standard error when absent. */
  file?: string
}

/** A log that says nothing until it is told where to. */
export interface JsonLog extends Log {
  /** From now on lines are written. Throws `file.problem` when the file cannot be. `always` is in every line. */
  open(target: LogTarget, always: Record<string, unknown>): void
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn']

interface LogParts {
  /** Wall clock, ms. */
  now(): number
  writeError(text: string): void
}

/**
 * One JSON object a line: time, level, module, text, and what else is known (`job`, `registry` ...). Secrets are `***`.
 * Each line is in the file before the run goes on, so that a crash leaves all that led to it.
 */
export function openJsonLog({ now, writeError }: LogParts): JsonLog {
  let write: ((line: string) => void) | undefined
  let least = 0
  let shared: Record<string, unknown> = {}
  const put = (level: LogLevel, text: string, facts: Record<string, unknown> = {}): void => {
    if (!write || LEVELS.indexOf(level) < least) return
    const { module = 'souk', ...others } = facts
    const line = { time: new Date(now()).toISOString(), level, module, ...shared, text, ...others }
    write(`${JSON.stringify(redactAll(line))}\n`)
  }
  return {
    debug: (text, facts) => put('debug', text, facts),
    info: (text, facts) => put('info', text, facts),
    warn: (text, facts) => put('warn', text, facts),
    open({ level, file }, always) {
      const append = (path: string, text: string): void => {
        try {
          appendFileSync(path, text, { mode: 0o600 })
        } catch (error) {
          throw fileProblem(path, 'the log cannot be written there', error)
        }
      }
      if (file !== undefined) append(file, '')
      least = LEVELS.indexOf(level)
      shared = always
      write = file === undefined ? writeError : (line) => append(file, line)
    },
  }
}
