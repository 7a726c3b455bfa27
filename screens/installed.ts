import type { Installation } from '../src/model/plan.ts'
import { fill, line } from '../components/line.ts'
import { table, type Column } from '../components/table.ts'
import { bytesWord, UNKNOWN } from '../components/words.ts'
import { cursorIndex, topOf } from '../src/session/list-cursor.ts'
import type { Drawn, ScreenProps } from './routes.ts'

function columnsOf(props: ScreenProps): Column<Installation>[] {
  const { outdated } = props.state.installed
  return [
    {
      title: 'name',
      width: Math.max(14, Math.floor(props.width * 0.3)),
      cell: (item) => ({ text: item.title || item.name, role: 'strong' }),
    },
    { title: 'version', width: 12, cell: (item) => ({ text: item.version ?? UNKNOWN }) },
    {
      title: 'newest',
      width: 12,
      cell: (item) => {
        const newest = outdated[item.id]?.newest
        return newest !== undefined && newest !== item.version
          ? { text: newest, role: 'warn' }
          : { text: newest === undefined ? '' : 'newest', role: 'ok' }
      },
    },
    { title: 'size', width: 10, from: 70, cell: (item) => ({ text: bytesWord(item.bytes) }) },
    {
      title: 'why',
      width: 10,
      from: 80,
      cell: (item) => ({ text: item.isRoot ? 'asked for' : 'needed', role: 'muted' }),
    },
    { title: 'where', width: 20, from: 90, cell: (item) => ({ text: item.path, role: 'muted' }) },
  ]
}

/** Installed: what is here, and what has a newer version. */
export function installedScreen(props: ScreenProps): Drawn {
  const { theme, width, height, state } = props
  const { items, cursor, marked, isChecking } = state.installed
  if (items.length === 0) {
    const none = line(theme, width, [{ text: ' Nothing is installed yet. i on an item of the search installs it.' }])
    return { lines: fill([none], width, height), listRows: height }
  }
  const room = height - 2
  const chosen = cursorIndex(
    items.map((item) => item.id),
    cursor,
  )
  const top = topOf(chosen, cursor, items.length, room)
  const rows = table({
    theme,
    width,
    height: height - 1,
    columns: columnsOf(props),
    items,
    top,
    chosen,
    isMarked: (item) => marked[item.id] === true,
  })
  const status = line(theme, width, [
    { text: ` ${items.length} installed${isChecking ? ', asking for newer versions ...' : ''}`, role: 'strong' },
  ])
  return { lines: [status, ...rows], listRows: Math.max(1, room) }
}
