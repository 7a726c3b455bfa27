import type { JobEvent, JobSnapshot } from '../jobs/job.ts'
import { EXIT, jobCancelled, jobEnded, jobInterrupted } from '../model/errors.ts'
import type { Command, CommandContext } from './command.ts'
import { eventLine, followToEnd, resultExit } from './follow.ts'
import { answer, printJson, printTable, say, strong } from './output.ts'
import { countOf, isSet } from './values.ts'
import { durationText, memoryText } from './words.ts'

const JOB = {
  name: 'id',
  summary: 'the id of the job, as "souk jobs" prints it',
  isRequired: true,
  completes: 'job',
} as const
const SHARED = { parent: 'jobs', options: [], module: 'jobs' } as const

const jobs: Command = {
  name: 'jobs',
  needsNoSettings: true,
  summary: 'list jobs and look after them',
  description:
    'Jobs are long work: installs, generation, validation, packaging. Each runs in a process of its own and writes a journal, so it goes on when the terminal closes, and can be followed from anywhere. Without a command under it, lists all jobs, newest first.',
  examples: [
    { line: 'souk jobs', text: 'all jobs with state and percentage' },
    { line: 'souk jobs follow 5k2m', text: 'print what a job does until it ends, from its beginning' },
  ],
  arguments: [],
  options: [],
  seeAlso: ['run', 'install'],
  module: 'jobs',
  async run(context) {
    const all = (await (await context.jobs()).list()).toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    answer(context, all, () => {
      if (all.length === 0) say(context, 'There are no jobs.')
      else
        printTable(context, all, [
          { title: 'ID', of: (job) => job.id, give: 0, least: 26 },
          { title: 'STATE', of: (job) => job.state, give: 1, least: 11 },
          { title: '%', of: (job) => String(Math.floor(job.percent)), align: 'right', give: 2, least: 3 },
          { title: 'STEP', of: stepOf, give: 4 },
          { title: 'CREATED', of: (job) => job.createdAt.slice(0, 19).replace('T', ' '), give: 10, least: 19 },
          { title: 'TITLE', of: (job) => job.title, give: 9, least: 12 },
        ])
    })
  },
}

const stepOf = (job: JobSnapshot): string => job.steps.findLast((step) => step.state !== 'waiting')?.title ?? ''

function printJob(context: CommandContext, job: JobSnapshot): void {
  say(context, strong(context, job.title))
  say(
    context,
    `${job.id}  ${job.type}  ${job.state}  ${Math.floor(job.percent)}%${job.priority ? `  ${job.priority} priority` : ''}`,
  )
  for (const step of job.steps) {
    const count = step.total === undefined ? '' : ` ${step.done}/${step.total} ${step.unit ?? ''}`.trimEnd()
    const time = step.ms === undefined ? '' : ` ${durationText(step.ms)}`
    say(context, `  ${step.state.padEnd(8)} ${step.title}${count}${time}${step.reason ? ` (${step.reason})` : ''}`)
  }
  if (job.memory) say(context, `memory: ${memoryText(job.memory)}`)
  if (job.error) say(context, `error: ${job.error.message}${job.error.hint ? ` ${job.error.hint}` : ''}`)
  const result = Object.entries(job.result ?? {}).filter(([, value]) => typeof value !== 'object')
  for (const [name, value] of result) say(context, `${name}: ${String(value)}`)
  for (const line of job.log.slice(context.global.verbose ? 0 : -10)) say(context, `  ${line.at} ${line.text}`)
  if (job.torn > 0) say(context, `${job.torn} lines of its journal could not be read.`)
}

const showJob: Command = {
  ...SHARED,
  name: 'show',
  needsNoSettings: true,
  summary: 'show one job: steps, percentage, result, last log lines',
  description: 'Prints the state of a job as its journal tells it; --verbose prints all log lines that are kept.',
  examples: [{ line: 'souk jobs show 5k2m --json', text: 'for a script' }],
  arguments: [JOB],
  async run(context, [id = '']) {
    const job = await (await context.jobs()).get(id)
    answer(context, job, () => printJob(context, job))
  },
}

/** What of a job is printed: from which event on, and whether as the lines of its journal. */
interface Following {
  from: number
  isRaw: boolean
}

async function followAll(
  context: CommandContext,
  id: string,
  { from, isRaw }: Following,
): Promise<typeof EXIT.ok | typeof EXIT.findings> {
  const jobs = await context.jobs()
  const first = await jobs.get(id)
  const titles = new Map(first.steps.map((step) => [step.id, step.title]))
  const events: JobEvent[] = []
  for await (const event of jobs.follow(id, context.signal)) {
    if (event.type === 'started') for (const step of event.steps) titles.set(step.id, step.title)
    if (event.seq < from && event.type !== 'finished') continue
    events.push(event)
    if (isRaw) context.system.io.out.write(`${JSON.stringify(event)}\n`)
    const line = isRaw ? undefined : eventLine(event, titles)
    if (line !== undefined) say(context, `${event.at} ${line}`)
  }
  if (context.signal.aborted) throw jobCancelled('Watching')
  const job = await jobs.get(id)
  if (job.state === 'failed') throw jobEnded(job.title, events.findLast((event) => event.type === 'finished')?.error)
  if (job.state === 'interrupted') throw jobInterrupted(job.title, id)
  if (job.state === 'cancelled') throw jobCancelled(job.title)
  if (!isRaw) answer(context, { job, events }, () => say(context, `${job.title}: ${job.state}`))
  return resultExit(job)
}

const follow: Command = {
  ...SHARED,
  name: 'follow',
  needsNoSettings: true,
  summary: 'print what a job does until it ends',
  description:
    'Prints every event of a job from its beginning, then new ones as they come, and ends with the job: exit 0 when it succeeded, the exit code of its error when it failed. Ctrl-C stops watching; the job goes on. With --json one object is printed at the end; with --ndjson each event is, as a line of JSON as it comes.',
  examples: [
    { line: 'souk jobs follow 5k2m', text: 'from the first event on, also when the job is long done' },
    { line: 'souk jobs follow 5k2m --from 120 --ndjson', text: 'go on after the 119 events that were seen before' },
  ],
  arguments: [JOB],
  options: [
    { flag: '--from', value: 'N', summary: 'begin with the event of this number', preset: '1' },
    { flag: '--ndjson', summary: 'print each event as a line of JSON' },
  ],
  exits: [EXIT.findings],
  run: (context, [id = ''], values) =>
    followAll(context, id, { from: countOf(values, 'from', 1) ?? 1, isRaw: isSet(values, 'ndjson') }),
}

const cancel: Command = {
  ...SHARED,
  name: 'cancel',
  needsNoSettings: true,
  summary: 'cancel a running or waiting job',
  description: 'Ends the job and its child processes, and undoes the steps it had finished, in reverse order.',
  examples: [{ line: 'souk jobs cancel 5k2m', text: 'the job ends as cancelled' }],
  arguments: [JOB],
  async run(context, [id = '']) {
    const job = await (await context.jobs()).cancel(id)
    answer(context, job, () => say(context, `${job.title}: ${job.state}`))
  },
}

const rerun: Command = {
  ...SHARED,
  name: 'rerun',
  summary: 'run a job again with the same inputs',
  description:
    'Starts a new job from the recorded inputs of an old one and follows it. Deterministic jobs give the same bytes again.',
  examples: [{ line: 'souk jobs rerun 5k2m --detach', text: 'print the id of the new job and return' }],
  arguments: [JOB],
  options: [{ flag: '--detach', summary: 'do not wait for it; print the id' }],
  exits: [EXIT.findings],
  async run(context, [id = ''], values) {
    const jobs = await context.jobs()
    const next = await jobs.rerun(id)
    if (isSet(values, 'detach')) {
      answer(context, { job: { id: next } }, () => say(context, next))
      return EXIT.ok
    }
    const job = await followToEnd(context, jobs, next)
    answer(context, { job }, () => say(context, `${job.title}: ${job.state}`))
    return resultExit(job)
  },
}

const remove: Command = {
  ...SHARED,
  name: 'remove',
  needsNoSettings: true,
  summary: 'remove jobs from the list',
  description:
    'Removes the records and journals of jobs; one that is still running is cancelled first. What ended jobs made stays where it is.',
  examples: [{ line: 'souk jobs remove 5k2m', text: 'forget one job' }],
  arguments: [{ ...JOB, isMany: true }],
  async run(context, ids) {
    const jobs = await context.jobs()
    for (const id of ids) {
      await jobs.remove(id)
      say(context, `removed ${id}`)
    }
    if (context.global.json) printJson(context, { removed: ids })
  },
}

export const JOB_COMMANDS: readonly Command[] = [jobs, showJob, follow, cancel, rerun, remove]
