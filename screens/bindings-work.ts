import { chosenJob, isLive, type LogFilter } from '../src/session/slices/jobs.ts'
import { chosenRegistry } from '../src/session/slices/registries.ts'
import type { Session } from '../src/session/session.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import { goTo } from './going.ts'
import type { Binding } from './keymap.ts'

function pickRegistryAction(session: Session): void {
  const status = chosenRegistry(session.store.getState().registries)
  if (!status) return
  const { name } = status.entry
  session.view.pick({
    title: name,
    items: [
      { label: `Test ${name}: ask it now`, value: 'test' },
      { label: 'Ask every registry now', value: 'survey' },
      { label: `Search only ${name}`, value: 'search' },
      { label: 'Where is it written?', value: 'place' },
    ],
    onPick(value) {
      if (value === 'test') void session.registries.test(name)
      if (value === 'survey') void session.registries.survey()
      if (value === 'search') {
        session.search.setFilters({ registry: [name] })
        goTo(session, 'search')
      }
      if (value === 'place') tellPlace(session, status.entry.place)
    },
  })
}

function tellPlace(session: Session, place: { file: string; line: number } | undefined): void {
  const file = place ? `${place.file}:${place.line}` : session.marketplace.loaded.file?.path
  session.notices.say('info', file ?? `No settings file yet; write one in ${session.marketplace.paths.config}`)
}

const noJob = (session: Session): string | undefined =>
  chosenJob(session.store.getState().jobs) ? undefined : 'there is no job'

function notEnded(session: Session): string | undefined {
  const job = chosenJob(session.store.getState().jobs)
  if (!job) return 'there is no job'
  return isLive(job) ? 'it is still running' : undefined
}

function cancelJob(session: Session): void {
  const job = chosenJob(session.store.getState().jobs)
  if (!job) return
  session.view.ask({
    title: `Cancel ${job.title}?`,
    lines: ['What it has finished is undone; nothing is left half-done.'],
    isYes: false,
    onYes: () => void session.jobs.cancel(job.id),
  })
}

function forgetJob(session: Session): void {
  const job = chosenJob(session.store.getState().jobs)
  if (!job) return
  session.view.ask({
    title: `Forget ${job.title}?`,
    lines: ['Its log is deleted; what it made stays where it is.'],
    isYes: false,
    onYes: () => void session.jobs.remove(),
  })
}

/** Which lines of the open log are shown: by level, or those of one step. */
function pickLogLines(session: Session): void {
  const { jobs, route } = session.store.getState()
  const job = jobs.jobs.find((one) => one.id === currentRoute({ route }).id)
  if (!job) return
  const steps = job.steps.filter((step) => job.log.some((one) => one.step === step.id))
  session.view.pick({
    title: 'Show of the log',
    items: [
      { label: 'Everything', value: '' },
      { label: 'Warnings and errors', value: 'warning' },
      { label: 'Errors', value: 'error' },
      ...steps.map((step) => ({ label: `The step ${step.title}`, value: `step:${step.id}` })),
    ],
    onPick(value) {
      const filters: Record<string, LogFilter> = { '': {}, warning: { level: 'warning' }, error: { level: 'error' } }
      session.jobs.filterLog(filters[value] ?? { step: value.replace(/^step:/, '') })
    },
  })
}

/** Keys of Jobs and Registries. */
export const workBindings: readonly Binding[] = [
  {
    id: 'log',
    keys: ['enter'],
    screens: ['jobs'],
    text: 'the whole log, following its end',
    command: 'jobs log ID',
    hint: 'log',
    off: noJob,
    run(session) {
      const job = chosenJob(session.store.getState().jobs)
      if (job) session.route.go({ screen: 'log', id: job.id })
    },
  },
  {
    id: 'logLines',
    keys: ['f'],
    screens: ['log'],
    text: 'which lines are shown: all, warnings, errors, one step',
    command: 'jobs follow ID',
    hint: 'filter',
    run: pickLogLines,
  },
  {
    id: 'cancel',
    keys: ['c'],
    screens: ['jobs'],
    text: 'cancel the job',
    command: 'jobs cancel ID',
    hint: 'cancel',
    off(session) {
      const job = chosenJob(session.store.getState().jobs)
      return job && isLive(job) ? undefined : 'it is not running'
    },
    run: cancelJob,
  },
  {
    id: 'rerun',
    keys: ['R'],
    screens: ['jobs'],
    text: 'run it again',
    command: 'jobs rerun ID',
    hint: 'run again',
    off: notEnded,
    run: (session) => void session.jobs.rerun(),
  },
  {
    id: 'removeJob',
    keys: ['x'],
    screens: ['jobs'],
    text: 'forget a finished job',
    command: 'jobs remove ID',
    hint: 'forget',
    off: notEnded,
    run: forgetJob,
  },
  {
    id: 'registryActions',
    keys: ['enter'],
    screens: ['registries'],
    text: 'what can be done with it',
    hint: 'actions',
    run: pickRegistryAction,
  },
  {
    id: 'testRegistry',
    keys: ['t'],
    screens: ['registries'],
    text: 'ask this registry now',
    command: 'registries test NAME',
    hint: 'test',
    run(session) {
      const status = chosenRegistry(session.store.getState().registries)
      if (status) void session.registries.test(status.entry.name)
    },
  },
  {
    id: 'survey',
    keys: ['r'],
    screens: ['registries'],
    text: 'ask every registry now',
    command: 'registries',
    hint: 'refresh',
    run: (session) => void session.registries.survey(),
  },
]
