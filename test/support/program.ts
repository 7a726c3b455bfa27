import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Ran {
  code: number
  out: string
  err: string
  /** Standard output parsed as JSON. */
  json<T>(): T
}

/** Where what was compiled is kept for all tests together, so that a fresh home need not compile it again. */
export const COMPILED = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' }

/** An environment with nothing of the person who runs the tests in it. */
export const cleanEnv = (home: string, more: Record<string, string> = {}): Record<string, string> => ({
  ...COMPILED,
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  SOUK_HOME: home,
  LANG: 'C.UTF-8',
  ...more,
})

/** Runs the built program as a user would, with everything of its own below `home`. */
export async function souk(home: string, args: readonly string[], more: Record<string, string> = {}): Promise<Ran> {
  const result = await execa(process.execPath, [MAIN, ...args], {
    env: cleanEnv(home, more),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    maxBuffer: 200 * 1024 * 1024,
  })
  return {
    code: result.exitCode ?? -1,
    out: result.stdout,
    err: result.stderr,
    json: <T>() => JSON.parse(result.stdout) as T,
  }
}
