// A job's own process for tests: `node job-process.ts FOLDER LIMIT __job ID`. It knows a few small job types.
import { openJobs } from '../../src/jobs/open-jobs.ts'
import { nodeSystem } from '../../src/system/node-system.ts'
import { testJobTypes } from './job-types.ts'

const [folder = '', limit = '2', , id = ''] = process.argv.slice(2)
const system = nodeSystem()
const control = new AbortController()
process.on('SIGTERM', () => control.abort())
const jobs = openJobs({
  system,
  folder,
  types: testJobTypes(system),
  settings: { concurrency: { jobs: Number(limit) } },
  emit: () => {},
})
await jobs.runStarted(id, control.signal)
await jobs.close()
process.exit(0)
