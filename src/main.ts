#!/usr/bin/env node
// The front door. It imports nothing but its own name and its folders, so that an old Node can still read it and say what
// it needs.
import pkg from '../package.json' with { type: 'json' }
import { isNowhere, pathsOf } from './system/paths.ts'

const FLOOR = [22, 19] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1])) {
  process.stderr.write(
    `souk needs Node ${FLOOR.join('.')} or newer; this is Node ${process.versions.node}. In a checkout, "npm start" brings its own.\n`,
  )
  process.exitCode = 6
} else if (process.argv.length === 3 && ['--version', '-V'].includes(process.argv[2] ?? '')) {
  process.stdout.write(`${pkg.name} ${pkg.version}\n`)
} else {
  hushSqlite()
  keepCompiled()
  const stop = new AbortController()
  // The first Ctrl-C ends the work in hand, the second ends the program.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(5)
      stop.abort()
    })
  }
  const { enter } = await import('./front-door.ts')
  const program = { name: pkg.name, version: pkg.version, runtime: process.version }
  process.exit(await enter(process.argv.slice(2), stop.signal, program))
}

/** Node 22 calls its SQLite experimental on standard error at every start; that is no news to a user. */
function hushSqlite(): void {
  const tell = process.emitWarning.bind(process)
  process.emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
    if (rest[0] !== 'ExperimentalWarning' || !String(warning).includes('SQLite')) tell(warning, ...(rest as []))
  }
}

/** Compiled code is kept in the user's own cache folder, where nobody else can put any. It may fail: then it compiles. */
function keepCompiled(): void {
  // Taken by name: an import would read every export of these, which loads a good part of the runtime.
  const { enableCompileCache } = process.getBuiltinModule('node:module')
  const fs = process.getBuiltinModule('node:fs')
  const home = process.getBuiltinModule('node:os').homedir()
  const { cache } = pathsOf({ home, get: (variable) => process.env[variable] })
  if (isNowhere(cache, fs)) return
  try {
    fs.mkdirSync(cache, { recursive: true, mode: 0o700 })
    enableCompileCache(`${cache}/code`)
  } catch {
    // No folder that can be written to.
  }
}
