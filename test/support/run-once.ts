// Runs the pipeline once in a process of its own: `node run-once.ts HOME OUT`.
import { nodeSystem } from '../../src/system/node-system.ts'
import { openPipeline } from './run-pipeline.ts'

const [home = '', out = ''] = process.argv.slice(2)
const jobs = openPipeline(nodeSystem(), home)
await jobs.runHere('run', 'Run', { template: 'azure-event-driven', envs: ['dev', 'prod'], out })
await jobs.close()
