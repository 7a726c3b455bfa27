import type { SessionState } from '../src/session/session.ts'
import { fill, line } from '../components/line.ts'
import { sparkline } from '../components/sparkline.ts'
import { table, type Column } from '../components/table.ts'
import type { Role } from '../components/theme.ts'
import { durationWord, UNKNOWN } from '../components/words.ts'
import { cursorIndex, topOf } from '../src/session/list-cursor.ts'
import { registryNotes } from './registry-notes.ts'
import type { Drawn, ScreenProps } from './routes.ts'

type Status = SessionState['registries']['list'][number]

const ROLES: Record<Status['health']['state'], Role> = {
  up: 'ok',
  degraded: 'warn',
  down: 'error',
  unauthorised: 'warn',
  unknown: 'muted',
  disabled: 'muted',
}

/** Screens narrower than this have no room for the chart, and those wider room for a long one. */
const CHART_FROM = 56
const WIDE_FROM = 100

/** Columns that every width has, or most. */
function stateColumns(props: ScreenProps): Column<Status>[] {
  const { asking, figures } = props.state.registries
  const of = ({ entry }: Status) => figures?.registries.find((one) => one.registry === entry.name)
  const ms = (value: number | undefined): string => (value === undefined ? UNKNOWN : `${Math.round(value)}`)
  const chart = props.width >= WIDE_FROM ? 24 : 15
  return [
    {
      title: 'name',
      width: Math.max(12, Math.floor(props.width * 0.25) - 3),
      cell: ({ entry }) => ({ text: entry.name, role: 'strong' }),
    },
    {
      title: 'state',
      width: 13,
      cell: (status) =>
        asking[status.entry.name] ? { text: 'asking', role: 'accent' } : stateCell(status, of(status)?.certificate),
    },
    {
      title: 'last calls',
      width: chart,
      from: CHART_FROM,
      cell: (status) => ({ text: sparkline(of(status)?.recentMs ?? [], chart - 2), role: 'accent' }),
    },
    {
      title: 'p50 ms',
      width: 8,
      cell: (status) => ({ text: ms(of(status)?.response?.p50 ?? status.health.latencyMs) }),
    },
    { title: 'p95', width: 7, from: 48, cell: (status) => ({ text: ms(of(status)?.response?.p95) }) },
    { title: 'well', width: 6, from: 64, cell: (status) => ({ text: percent(of(status)?.successRate) }) },
  ]
}

/** How it fares in one word; a certificate that ends soon is told beside it. */
function stateCell(
  { health, about }: Status,
  certificate: { level: string } | undefined,
): { text: string; role: Role } {
  if (about !== undefined) return { text: 'offered', role: 'muted' }
  if (health.nextTryAt !== undefined) return { text: 'open', role: 'error' }
  const isEnding = health.state === 'up' && certificate !== undefined && certificate.level !== 'fine'
  return isEnding ? { text: 'up, cert!', role: 'warn' } : { text: health.state, role: ROLES[health.state] }
}

const percent = (rate: number | undefined): string => (rate === undefined ? UNKNOWN : `${Math.round(rate * 100)}%`)

const columnsOf = (props: ScreenProps): Column<Status>[] => [
  ...stateColumns(props),
  {
    title: 'cache',
    width: 7,
    from: 72,
    cell: ({ entry }) => {
      const byRegistry = props.state.registries.figures?.cache.byRegistry ?? {}
      const asked = Object.hasOwn(byRegistry, entry.name) ? byRegistry[entry.name] : undefined
      const all = asked ? asked.hits + asked.misses : 0
      return { text: percent(asked && all > 0 ? asked.hits / all : undefined) }
    },
  },
  { title: 'items', width: 7, from: 78, cell: ({ health }) => ({ text: String(health.items ?? UNKNOWN) }) },
  {
    title: 'age',
    width: 8,
    from: 104,
    cell: ({ health }) => ({ text: health.ageMs === undefined ? UNKNOWN : durationWord(health.ageMs) }),
  },
  {
    title: 'skipped',
    width: 9,
    from: 112,
    cell: ({ health }) => ({ text: health.skipped.length ? String(health.skipped.length) : '', role: 'warn' }),
  },
  { title: 'protocol', width: 10, from: 122, cell: ({ entry }) => ({ text: entry.protocol, role: 'muted' }) },
]

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
  const noteHeight = Math.min(12, Math.floor(height / 2))
  const room = height - noteHeight
  const top = topOf(chosen, { line: cursor.line }, list.length, room - 1)
  const rows = table({ theme, width, height: room, columns: columnsOf(props), items: list, top, chosen })
  return { lines: [...rows, ...registryNotes(props, status, noteHeight)], listRows: Math.max(1, room - 1) }
}
