import { Box, useWindowSize } from 'ink'
import { useEffect, useMemo } from 'react'
import { dialog } from '../components/dialog.ts'
import { header, hintLine, messageLine } from '../components/frame.ts'
import { keyHelp } from '../components/key-help.ts'
import { fill, line } from '../components/line.ts'
import { Pane } from '../components/pane.tsx'
import { SelectList } from '../components/select-list.tsx'
import { TextField } from '../components/text-field.tsx'
import type { Theme } from '../components/theme.ts'
import { runningJobs } from '../src/session/slices/jobs.ts'
import { registryCounts } from '../src/session/slices/registries.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import type { Session, SessionState } from '../src/session/session.ts'
import { paletteMatches } from './command-line.ts'
import { focusOf } from './dispatch.ts'
import { helpEntries, hintsOf } from './keymap.ts'
import { FRAME_LINES, SMALLEST } from './layout.ts'
import { screens } from './routes.ts'
import { LABEL_CELLS, runWindow } from './run.ts'
import { useSession, useSessionActions } from './use-session.ts'

interface Area {
  session: Session
  state: SessionState
  theme: Theme
  width: number
  height: number
}

/** Fresh, or how many answers came from an old cache. */
function cacheWord(state: SessionState): string {
  const sources = state.search.catalog?.sources ?? []
  const stale = sources.filter((one) => one.state === 'stale').length
  if (stale) return `${stale} stale`
  return sources.some((one) => one.state === 'cached') ? 'warm' : 'fresh'
}

function useHeader({ state, theme, width }: Area): readonly string[] {
  const { up, total } = registryCounts(state.registries)
  const jobs = runningJobs(state.jobs)
  const cache = cacheWord(state)
  const { title } = screens[currentRoute(state).screen]
  return useMemo(
    () => [header(theme, width, { product: 'Souk', screen: title, up, total, jobs, cache })],
    [theme, width, title, up, total, jobs, cache],
  )
}

/** Message and hints. */
function useFooter({ session, state, theme, width }: Area): readonly string[] {
  const hints = hintsOf(session)
    .map((one) => `${one.key}\u0000${one.text}`)
    .join('\u0001')
  const { shown } = state.notices
  return useMemo(() => {
    const pairs = hints.split('\u0001').map((one) => one.split('\u0000'))
    const list = pairs.map(([key = '', text = '']) => ({ key, text }))
    return [messageLine(theme, width, shown), hintLine(theme, width, list)]
  }, [theme, width, shown, hints])
}

function Help({ session, state, theme, width, height }: Area) {
  const entries = helpEntries(session, state.view.help ?? '').map((one) => one.entry)
  const lines = keyHelp({ theme, width, height: height - 1, entries, index: state.view.helpIndex })
  return (
    <>
      <TextField label=" Keys, filter: " value={state.view.help ?? ''} width={width} onChange={session.view.setHelp} />
      <Pane lines={lines} width={width} />
    </>
  )
}

function Palette({ session, state, theme, width, height }: Area) {
  const { text = '', index } = state.palette
  const entries = paletteMatches(text).map((one) => ({
    keys: one.usage,
    text: one.text,
    ...(one.isOfScreens ? {} : { command: one.usage }),
  }))
  const lines = keyHelp({ theme, width, height: height - 1, entries, index })
  return (
    <>
      <TextField label=" : " value={text} width={width} onChange={session.palette.setText} />
      <Pane lines={lines} width={width} />
    </>
  )
}

/** The search box: a field while typed in, else plain text. */
function SearchBox({ session, state, theme, width }: Area) {
  const { focus, text } = state.search
  if (focus === 'box')
    return <TextField label=" Search: " value={text} width={width} onChange={session.search.setText} />
  const hint = text === '' ? 'press / and type' : text
  return (
    <Pane
      width={width}
      lines={[line(theme, width, [{ text: ' Search: ' }, { text: hint, role: text === '' ? 'muted' : 'strong' }])]}
    />
  )
}

/** The run form with the chosen field as a text field in its line. */
function Form({ session, lines, ...area }: Area & { lines: string[] }) {
  const { state, width } = area
  const { run } = state
  const field = run.fields[run.index]
  const { at } = runWindow(area)
  if (!field) return <Pane lines={lines} width={width} />
  const label = `> ${field.label}${field.isRequired ? ' *' : ''}`
    .padEnd(LABEL_CELLS)
    .slice(0, Math.min(LABEL_CELLS, width - 10))
  return (
    <>
      <Pane lines={lines.slice(0, at)} width={width} />
      <TextField
        key={field.name}
        label={label}
        value={run.texts[field.name] ?? ''}
        width={width}
        onChange={(text) => session.run.setText(field.name, text)}
      />
      <Pane lines={lines.slice(at + 1)} width={width} />
    </>
  )
}

function Body(area: Area) {
  const { session, state, theme, width, height } = area
  const focus = focusOf(session)
  const { screen } = currentRoute(state)
  const drawn = screens[screen].draw({ state, theme, width, height })
  useEffect(() => session.view.setListRows(drawn.listRows), [session, drawn.listRows])
  const { view } = state
  if (view.dialog) return <Pane width={width} lines={dialog({ theme, width, height, ...view.dialog })} />
  if (view.picker) return <SelectList {...view.picker} width={width} height={height} onSelect={session.view.picked} />
  if (focus === 'palette') return <Palette {...area} />
  if (focus === 'help') return <Help {...area} />
  if (screen === 'run') return <Form {...area} lines={drawn.lines} />
  if (screen !== 'search') return <Pane width={width} lines={drawn.lines} />
  return (
    <>
      <SearchBox {...area} />
      <Pane width={width} lines={drawn.lines} />
    </>
  )
}

/** The whole screen: header, body, message, hints; nothing is ever wider or higher than the terminal. */
export function App({ theme }: { theme: Theme }) {
  const session = useSessionActions()
  const state = useSession((all) => all)
  const { columns, rows } = useWindowSize()
  useEffect(() => session.view.resize(columns, rows), [session, columns, rows])
  const area: Area = { session, state, theme, width: columns, height: Math.max(1, rows - FRAME_LINES) }
  const head = useHeader(area)
  const foot = useFooter(area)
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) {
    const text = `Souk needs ${SMALLEST.columns}x${SMALLEST.rows}; this is ${columns}x${rows}. q leaves.`
    return <Pane width={columns} lines={fill([line(theme, columns, [{ text }])], columns, rows)} />
  }
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      <Pane lines={head} width={columns} />
      <Box flexDirection="column" width={columns} height={area.height} overflow="hidden" flexShrink={0}>
        <Body {...area} />
      </Box>
      <Pane lines={foot} width={columns} />
    </Box>
  )
}
