import { wrap } from '../src/model/cells.ts'
import type { Change } from '../src/model/plan.ts'
import { yesNo } from '../components/dialog.ts'
import { fill, line } from '../components/line.ts'
import { bytesWord } from '../components/words.ts'
import { planTrouble } from '../src/session/slices/install.ts'
import { jobPane } from './job-pane.ts'
import type { Drawn, ScreenProps } from './routes.ts'

const SIGNS: Record<Change['action'], string> = { add: '+ add', update: '~ update', keep: '= keep', remove: '- remove' }

function changeLine(props: ScreenProps, change: Change): string {
  const version =
    change.fromVersion === undefined ? (change.version ?? '') : `${change.fromVersion} -> ${change.version ?? ''}`
  return line(props.theme, props.width, [
    { text: ` ${SIGNS[change.action]}`, width: 10, role: change.action === 'remove' ? 'warn' : 'ok' },
    { text: ` ${change.id}`, width: Math.min(44, Math.floor(props.width * 0.45)), role: 'strong' },
    { text: ` ${version}`, width: 20 },
    { text: ` ${change.size === undefined ? '' : bytesWord(change.size)}`, width: 9 },
    { text: ` ${change.why.join(' > ')}`, role: 'muted' },
  ])
}

/** Install, update or removal: the plan, the question, then the work as it happens. */
export function installScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const { install } = state
  const say = (text: string, role: 'plain' | 'warn' | 'error' | 'heading' | 'muted' = 'plain'): string[] =>
    wrap(text, Math.max(1, width - 2)).map((one) => line(theme, width, [{ text: ` ${one}`, role }]))
  const verb = { install: 'Install', update: 'Update', uninstall: 'Remove' }[install.action]
  const head = say(
    `${verb} ${install.ids.length ? install.ids.join(', ') : 'everything that has a newer version'}`,
    'heading',
  )
  const done = (lines: string[]): Drawn => ({ lines: fill(lines, width, height), listRows: height })
  if (install.stage === 'planning') return done([...head, ...say('Working out the plan ...')])
  if (install.stage === 'failed')
    return done([...head, ...say(install.error?.text ?? '', 'error'), ...say(install.error?.hint ?? '')])
  const job = state.jobs.jobs.find((one) => one.id === install.jobId)
  if (install.jobId !== undefined) {
    if (!job) return done([...head, ...say('Starting ...')])
    const next = job.state === 'succeeded' ? say('Done. Esc goes back; 3 shows everything installed.', 'plain') : []
    return done([...head, ...jobPane(props, job, height - head.length - 1), ...next])
  }
  const { plan } = install
  if (!plan) return done(head)
  const trouble = planTrouble(plan)
  const room = Math.max(1, height - head.length - 5)
  const top = Math.max(0, Math.min(install.scroll, plan.changes.length - room))
  return done([
    ...head,
    ...plan.changes.slice(top, top + room).map((change) => changeLine(props, change)),
    ...(plan.changes.length > room
      ? say(`${top + 1}-${Math.min(plan.changes.length, top + room)} of ${plan.changes.length} changes`, 'muted')
      : []),
    ...plan.warnings.slice(0, 2).flatMap((text) => say(text, 'warn')),
    ...say(plan.bytes === undefined ? '' : `To fetch: ${bytesWord(plan.bytes)}`, 'muted'),
    ...(trouble
      ? say(`This cannot be done: ${trouble}.`, 'error')
      : plan.changes.length
        ? [yesNo(theme, width, install.isYes)]
        : say('Nothing to do.')),
  ])
}
