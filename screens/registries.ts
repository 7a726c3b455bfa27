import type { SessionState } from '../src/session/session.ts'
import { fill, line } from '../components/line.ts'
import { table, type Column } from '../components/table.ts'
import type { Role } from '../components/theme.ts'
import { durationWord, plural, UNKNOWN } from '../components/words.ts'
import { cursorIndex, topOf } from '../src/session/list-cursor.ts'
import type { Drawn, ScreenProps } from './routes.ts'

type Status = SessionState['registries']['list'][number]

const ROLES: Record<Status['health']['state'], Role> = {
  up: 'ok',
  degraded: 'warn',
  down: 'error',
  unknown: 'muted',
  disabled: 'muted',
}

const columnsOf = (props: ScreenProps): Column<Status>[] => [
  {
    title: 'name',
    width: Math.max(12, Math.floor(props.width * 0.22)),
    cell: ({ entry }) => ({ text: entry.name, role: 'strong' }),
  },
  {
    title: 'state',
    width: 10,
    cell: ({ entry, health }) =>
      props.state.registries.asking[entry.name]
        ? { text: 'asking', role: 'accent' }
        : health.nextTryAt === undefined
          ? { text: health.state, role: ROLES[health.state] }
          : { text: 'open', role: 'error' },
  },
  { title: 'items', width: 7, cell: ({ health }) => ({ text: String(health.items ?? UNKNOWN) }) },
  {
    title: 'ms',
    width: 7,
    from: 50,
    cell: ({ health }) => ({ text: health.latencyMs === undefined ? UNKNOWN : String(Math.round(health.latencyMs)) }),
  },
  {
    title: 'cache',
    width: 8,
    from: 60,
    cell: ({ health }) => ({ text: health.ageMs === undefined ? UNKNOWN : durationWord(health.ageMs) }),
  },
  {
    title: 'skipped',
    width: 9,
    from: 70,
    cell: ({ health }) => ({ text: health.skipped.length ? String(health.skipped.length) : '', role: 'warn' }),
  },
  { title: 'protocol', width: 10, from: 80, cell: ({ entry }) => ({ text: entry.protocol, role: 'muted' }) },
  { title: 'address', width: 20, from: 80, cell: ({ entry }) => ({ text: entry.url, role: 'muted' }) },
]

/** What is wrong with the chosen registry: last error, entries that could not be read, where it is written. */
function notes(props: ScreenProps, status: Status, height: number): string[] {
  const { theme, width } = props
  const say = (text: string, role: Role = 'plain'): string => line(theme, width, [{ text: ` ${text}`, role }])
  const { entry, health } = status
  const skipped = health.skipped.slice(0, Math.max(0, height - 4))
  return fill(
    [
      say(`${entry.name}  ${entry.type}  ${entry.url}`, 'heading'),
      entry.place
        ? say(`written in ${entry.place.file}:${entry.place.line}`, 'muted')
        : say(`comes with the program; add others in ${props.state.registries.settingsFile}`, 'muted'),
      ...(health.nextTryAt === undefined
        ? []
        : [
            say(
              `left alone after too many failures; next try at ${new Date(health.nextTryAt).toISOString().slice(11, 19)} UTC, or ask it now`,
              'warn',
            ),
          ]),
      ...(health.lastError === undefined ? [] : [say(health.lastError, 'error')]),
      ...(health.skipped.length
        ? [say(`${plural(health.skipped.length, 'entry').replace('entrys', 'entries')} could not be read:`, 'warn')]
        : []),
      ...skipped.map((one) => say(`  ${one.item}: ${one.reason}`)),
    ],
    width,
    height,
  )
}

/** Registries: how each fares. */
export function registriesScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const { list, cursor } = state.registries
  const chosen = cursorIndex(
    list.map((one) => one.entry.name),
    cursor,
  )
  const status = list[chosen]
  if (!status) {
    return {
      lines: fill(
        [line(theme, width, [{ text: ` No registry is set up. Write one in ${state.registries.settingsFile}.` }])],
        width,
        height,
      ),
      listRows: height,
    }
  }
  const noteHeight = Math.min(10, Math.floor(height / 2))
  const room = height - noteHeight
  const top = topOf(chosen, cursor.line, list.length, room - 1)
  const rows = table({ theme, width, height: room, columns: columnsOf(props), items: list, top, chosen })
  return { lines: [...rows, ...notes(props, status, noteHeight)], listRows: Math.max(1, room - 1) }
}
