import { wrap } from '../src/model/cells.ts'
import type { Change, Plan } from '../src/model/plan.ts'
import { yesNo } from '../components/dialog.ts'
import { fill, line } from '../components/line.ts'
import type { Role } from '../components/theme.ts'
import { bytesWord, plural, UNKNOWN } from '../components/words.ts'
import { planTroubles } from '../src/session/slices/install.ts'
import { jobPane } from './job-pane.ts'
import type { Drawn, ScreenProps } from './routes.ts'

const SIGNS: Record<Change['action'], string> = { add: '+ add', update: '~ update', keep: '= keep', remove: '- remove' }
const ROLES: Record<Change['action'], Role> = { add: 'ok', update: 'ok', keep: 'muted', remove: 'warn' }

function versionWord({ action, version, fromVersion }: Change): string {
  if (action === 'update') return `${fromVersion ?? UNKNOWN} -> ${version ?? UNKNOWN}`
  return (action === 'remove' ? (version ?? fromVersion) : version) ?? UNKNOWN
}

/** Nothing for what was asked for itself; the chain of ids for what others bring in. */
const whyWord = ({ why }: Change): string => (why.join() === 'asked for' ? '' : why.join('; '))

/** A change as a row; the reason has a line of its own where the screen is too narrow for it. */
function changeLines({ theme, width }: ScreenProps, change: Change): string[] {
  const why = whyWord(change)
  const isWide = width >= 100
  const pieces = [
    { text: ` ${SIGNS[change.action]}`, width: 10, role: ROLES[change.action] },
    { text: ` ${change.id}`, width: Math.max(12, Math.floor(width * (isWide ? 0.35 : 0.5))), role: 'strong' as const },
    { text: ` ${versionWord(change)}`, width: 18 },
    { text: ` ${change.action === 'add' || change.action === 'update' ? bytesWord(change.size) : ''}`, width: 12 },
  ]
  if (isWide) return [line(theme, width, [...pieces, { text: why === '' ? '' : ` for ${why}`, role: 'muted' }])]
  const below = why === '' ? [] : [line(theme, width, [{ text: `           for ${why}`, role: 'muted' }])]
  return [line(theme, width, pieces), ...below]
}

function say({ theme, width }: ScreenProps, text: string, role: Role = 'plain'): string[] {
  return wrap(text, Math.max(1, width - 2)).map((one) => line(theme, width, [{ text: ` ${one}`, role }]))
}

/** What is asked below the plan, or why there is nothing to ask. */
function question(props: ScreenProps, plan: Plan): string[] {
  const troubles = planTroubles(plan)
  if (troubles.length)
    return [
      ...say(props, 'This cannot be done:', 'error'),
      ...troubles.flatMap((text) => say(props, text, 'error')),
      ...say(props, 'Esc goes back; nothing was changed.'),
    ]
  const isIdle = plan.changes.every((change) => change.action === 'keep')
  return isIdle
    ? say(props, 'Nothing to do: it is here already. Esc goes back.')
    : [yesNo(props.theme, props.width, props.state.install.isYes)]
}

function planLines(props: ScreenProps, plan: Plan, height: number): string[] {
  const changes = plan.changes.flatMap((change) => changeLines(props, change))
  const foot = [
    ...plan.warnings.slice(0, 3).flatMap((text) => say(props, `Note: ${text}`, 'warn')),
    ...(plan.bytes ? say(props, `To fetch: ${bytesWord(plan.bytes)}`, 'muted') : []),
    ...question(props, plan),
  ]
  const room = Math.max(1, height - foot.length - 1)
  if (changes.length <= room) return [...changes, ...fill([], props.width, 1), ...foot]
  const top = Math.max(0, Math.min(props.state.install.scroll, changes.length - room))
  const more = `${plural(plan.changes.length, 'change')}; lines ${top + 1}-${top + room} of ${changes.length}, Up and Down scroll`
  return [...changes.slice(top, top + room), ...say(props, more, 'muted'), ...foot]
}

/** Where the goods are now and the command that comes next; after a removal just that it is done. */
function doneLines(props: ScreenProps): string[] {
  const { install, installed } = props.state
  const here = installed.items.filter((item) => install.ids.includes(item.id))
  const [one] = here
  const end = say(props, 'Done. Esc goes back; 3 shows everything installed.')
  if (install.action === 'uninstall' || !one) return end
  const next = one.kind === 'template' ? `souk run ${one.id} --env dev --out out` : `souk show ${one.id}`
  return [
    ...say(props, here.length === 1 ? `${one.id} is in ${one.path}` : `${here.length} items are here now.`, 'ok'),
    ...say(props, `Next: ${next}`),
    ...end,
  ]
}

/** Install, update or removal: the plan, the question, then the work as it happens. */
export function installScreen(props: ScreenProps): Drawn {
  const { width, height, state } = props
  const { install } = state
  const verb = { install: 'Install', update: 'Update', uninstall: 'Remove' }[install.action]
  const what = install.ids.length ? install.ids.join(', ') : 'everything that has a newer version'
  const head = say(props, `${verb} ${what}`, 'heading').slice(0, 2)
  const room = Math.max(1, height - head.length)
  const done = (lines: string[]): Drawn => ({ lines: fill([...head, ...lines], width, height), listRows: room })
  if (install.stage === 'planning') return done(say(props, 'Working out the plan ...'))
  if (install.stage === 'failed')
    return done([
      ...say(props, install.error?.text ?? '', 'error'),
      ...say(props, install.error?.hint ?? ''),
      ...say(props, 'r tries again, Esc goes back.'),
    ])
  const job = state.jobs.jobs.find((one) => one.id === install.jobId)
  if (install.jobId !== undefined) {
    if (!job) return done(say(props, 'Starting ...'))
    const ends: Partial<Record<typeof job.state, string>> = {
      failed: 'What was begun is undone. r tries again, Esc goes back; 4 has the whole log.',
      cancelled: 'Cancelled; what was begun is undone. r tries again, Esc goes back.',
    }
    const told = ends[job.state]
    const end = job.state === 'succeeded' ? doneLines(props) : told === undefined ? [] : say(props, told)
    return done([...jobPane(props, job, Math.max(3, room - end.length)), ...end])
  }
  return done(install.plan ? planLines(props, install.plan, room) : [])
}
