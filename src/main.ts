#!/usr/bin/env node
// The front door. Kept free of static imports so that an old Node can still read it and say what it needs.
const FLOOR = [22, 19] as const
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < FLOOR[0] || (major === FLOOR[0] && minor < FLOOR[1])) {
  process.stderr.write(
    `souk needs Node ${FLOOR.join('.')} or newer; this is Node ${process.versions.node}. In a checkout, "npm start" brings its own.\n`,
  )
  process.exitCode = 6
} else {
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  const stop = new AbortController()
  // The first Ctrl-C ends the work in hand, the second ends the program.
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(5)
      stop.abort()
    })
  }
  const { enter } = await import('./front-door.ts')
  process.exit(await enter(process.argv.slice(2), stop.signal))
}
