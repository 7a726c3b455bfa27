// Runs the pipeline in a process of its own that dies by SIGKILL when it is about to move its file number COUNT into
// or out of OUT: `node killed-run.ts HOME OUT COUNT SEED`.
import fs from 'node:fs'
import { flushCompileCache, syncBuiltinESMExports } from 'node:module'
import { nodeSystem } from '../../src/system/node-system.ts'
import { openPipeline } from '../support/run-pipeline.ts'

// Killed processes do not keep what they compiled; so it is done before there is anything to kill.
flushCompileCache()
const [home = '', out = '', count = '', seed = ''] = process.argv.slice(2)
const move = fs.renameSync
let left = Number(count)
fs.renameSync = (from, to) => {
  if (String(from).startsWith(out) && left-- === 0) process.kill(process.pid, 'SIGKILL')
  move(from, to)
}
syncBuiltinESMExports()
const jobs = openPipeline(nodeSystem(), home)
await jobs.runHere('run', 'Run', { template: 'key-vault-starter', envs: ['dev'], out, seed, force: true })
await jobs.close()
