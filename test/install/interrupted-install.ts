import { flushCompileCache } from 'node:module'
import { openMarket, shelf, type Good } from './market.ts'

/** Goods of some size, so that a kill meets every step; `version` chooses old or new. */
export function killGoods(version: string): Good[] {
  return [
    { name: 'app', version, needs: { lib: `^${version}` } },
    { name: 'lib', version },
  ]
}

// Run as a program: installs or updates `app` in the store given, killing itself at the chosen step or being killed.
if (import.meta.main) {
  // Killed processes do not keep what they compiled; so it is done before there is anything to kill.
  flushCompileCache()
  const [store = '', action = 'install', version = '1.0.0', dieAt = ''] = process.argv.slice(2)
  const registry = shelf('main', killGoods(version))
  registry.chunkBytes = 64
  const market = openMarket(store, [registry])
  process.stdout.write('ready\n')
  await market.run(action === 'update' ? 'update' : 'install', ['app'], {
    before(step) {
      if (step === dieAt) process.kill(process.pid, 'SIGKILL')
    },
  })
}
