import type { JobSnapshot } from '../jobs/job.ts'
import type { Command } from './command.ts'
import { answer, printTable, say } from './output.ts'
import { durationText, memoryText, plainText } from './words.ts'

/** One line of where the time went: a stage, or a middleware in it over all environments. */
interface PerfRow {
  stage: string
  middleware: string
  ms: number
  /** Part of the whole, in percent. */
  share: number
}

interface Traced {
  stage?: unknown
  middleware?: unknown
  ms?: unknown
  state?: unknown
}

/** Stages in the order they ran, each with the middleware that worked in it, the slowest first. */
function rowsOf(job: JobSnapshot): PerfRow[] {
  const allMs = job.steps.reduce((sum, step) => sum + (step.ms ?? 0), 0)
  const share = (ms: number): number => (allMs > 0 ? Math.round((100 * ms) / allMs) : 0)
  const trace = (Array.isArray(job.result?.['trace']) ? job.result['trace'] : []) as Traced[]
  return job.steps.flatMap((step) => {
    const byName = new Map<string, number>()
    for (const one of trace) {
      if (one.stage !== step.id || typeof one.ms !== 'number' || one.state === 'skipped') continue
      const name = plainText(one.middleware)
      byName.set(name, (byName.get(name) ?? 0) + one.ms)
    }
    const inner = [...byName].map(([middleware, ms]) => ({ stage: step.id, middleware, ms, share: share(ms) }))
    const ms = step.ms ?? 0
    return [{ stage: step.id, middleware: '', ms, share: share(ms) }, ...inner.toSorted((a, b) => b.ms - a.ms)]
  })
}

export const perf: Command = {
  name: 'perf',
  needsNoSettings: true,
  summary: 'show where the time of a job went',
  description:
    'Prints each stage of a job with its time and its part of the whole, below it the middleware that worked in it over all environments, and the most memory its process took.',
  examples: [{ line: 'souk perf 5k2m --json', text: 'for a script' }],
  arguments: [
    { name: 'id', summary: 'the id of the job, as "souk jobs" prints it', isRequired: true, completes: 'job' },
  ],
  options: [],
  seeAlso: ['jobs', 'pipeline'],
  module: 'jobs',
  async run(context, [id = '']) {
    const job = await (await context.jobs()).get(id)
    const rows = rowsOf(job)
    answer(context, { job: job.id, state: job.state, rows, ...(job.memory ? { memory: job.memory } : {}) }, () => {
      printTable(context, rows, [
        { title: 'STAGE', of: (row) => (row.middleware === '' ? row.stage : ''), give: 0 },
        { title: 'MIDDLEWARE', of: (row) => row.middleware, give: 1 },
        { title: 'TIME', of: (row) => durationText(row.ms), align: 'right', give: 0 },
        { title: '%', of: (row) => String(row.share), align: 'right', give: 2 },
      ])
      if (job.memory) say(context, `memory: ${memoryText(job.memory)}`)
    })
  },
}
