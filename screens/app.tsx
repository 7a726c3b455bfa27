import { useWindowSize } from 'ink'
import { useEffect, useLayoutEffect, useMemo } from 'react'
import { dialog } from '../components/dialog.ts'
import { header, hintLine, messageLine } from '../components/frame.ts'
import { keyHelp } from '../components/key-help.ts'
import { line } from '../components/line.ts'
import { SelectList } from '../components/select-list.tsx'
import { TextField } from '../components/text-field.tsx'
import type { Theme } from '../components/theme.ts'
import { runningJobs } from '../src/session/slices/jobs.ts'
import { registryCounts } from '../src/session/slices/registries.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import type { Session, SessionState } from '../src/session/session.ts'
import { paletteMatches } from './command-line.ts'
import { focusOf } from './focus.ts'
import { typingPlace } from './form.ts'
import { helpEntries, hintsOf } from './keymap.ts'
import { FRAME_LINES, isTooSmall, SMALLEST } from './layout.ts'
import { type Drawn, screens } from './routes.ts'
import { registryFormView } from './registry-form.ts'
import { runForm } from './run.ts'
import type { Part, Sheet } from './sheet.ts'
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
function useFooter({ session, state, theme, width }: Area, banner: string | undefined): readonly string[] {
  const hints = hintsOf(session)
    .map((one) => `${one.key}\u0000${one.text}`)
    .join('\u0001')
  const { shown } = state.notices
  return useMemo(() => {
    const pairs = hints.split('\u0001').map((one) => one.split('\u0000'))
    const list = pairs.map(([key = '', text = '']) => ({ key, text }))
    // What was just said goes over what stays so: registries that do not answer.
    return [shown || banner === undefined ? messageLine(theme, width, shown) : banner, hintLine(theme, width, list)]
  }, [theme, width, shown, hints, banner])
}

function helpParts({ session, state, theme, width, height }: Area): Part[] {
  const { help = '', helpIndex } = state.view
  const entries = helpEntries(session, help).map((one) => one.entry)
  return [
    {
      live: <TextField key="help" label=" Keys, filter: " value={help} width={width} onChange={session.view.setHelp} />,
      rows: 1,
    },
    { lines: keyHelp({ theme, width, height: height - 1, entries, index: helpIndex }) },
  ]
}

function paletteParts({ session, state, theme, width, height }: Area): Part[] {
  const { text = '', index } = state.palette
  const entries = paletteMatches(text).map((one) => ({
    keys: one.usage,
    text: one.text,
    ...(one.isOfScreens ? {} : { command: one.usage }),
  }))
  return [
    {
      live: <TextField key="palette" label=" : " value={text} width={width} onChange={session.palette.setText} />,
      rows: 1,
    },
    { lines: keyHelp({ theme, width, height: height - 1, entries, index }) },
  ]
}

/** The search box: a field while typed in, else plain text. */
function searchBox({ session, state, theme, width }: Area): Part {
  const { focus, text } = state.search
  if (focus === 'box') {
    const field = (
      <TextField key="search" label=" Search: " value={text} width={width} onChange={session.search.setText} />
    )
    return { live: field, rows: 1 }
  }
  const hint = text === '' ? 'press / and type' : text
  return {
    lines: [line(theme, width, [{ text: ' Search: ' }, { text: hint, role: text === '' ? 'muted' : 'strong' }])],
  }
}

/** A form with the chosen field as a text field in its line. */
function formParts(area: Area, lines: readonly string[]): Part[] {
  const { session, state, width } = area
  const isRun = currentRoute(state).screen === 'run'
  if (isRun && state.run.preview) return [{ lines }]
  const view = isRun ? runForm(area) : registryFormView(area)
  const setText = isRun ? session.run.setText : session.registryForm.setText
  const field = view.fields[view.index]
  const place = typingPlace(area, view)
  if (!field || !place) return [{ lines }]
  const typed = (
    <TextField
      key={field.name}
      label={place.label}
      value={view.texts[field.name] ?? ''}
      width={width}
      onChange={(text) => setText(field.name, text)}
    />
  )
  return [{ lines: lines.slice(0, place.at) }, { live: typed, rows: 1 }, { lines: lines.slice(place.at + 1) }]
}

function bodyParts(area: Area, drawn: Drawn): Part[] {
  const { session, state, theme, width, height } = area
  const focus = focusOf(session)
  const { screen } = currentRoute(state)
  const { view } = state
  if (view.dialog) return [{ lines: dialog({ theme, width, height, ...view.dialog }) }]
  if (view.picker) {
    const list = <SelectList {...view.picker} width={width} height={height} onSelect={session.view.picked} />
    return [{ live: list, rows: height }]
  }
  if (focus === 'palette') return paletteParts(area)
  if (focus === 'help') return helpParts(area)
  if (screen === 'run' || screen === 'registry') return formParts(area, drawn.lines)
  if (screen !== 'search') return [{ lines: drawn.lines }]
  return [searchBox(area), { lines: drawn.lines }]
}

/**
 * The whole screen: header, body, message, hints; nothing is ever wider or higher than the terminal. What is returned
 * to Ink is the part that takes part in typing; the rest are lines, put on the sheet around it.
 */
export function App({ theme, sheet }: { theme: Theme; sheet: Pick<Sheet, 'show'> }) {
  const session = useSessionActions()
  const state = useSession((all) => all)
  const { columns, rows } = useWindowSize()
  // Before anything of this size is drawn: keys mean what can be seen.
  useLayoutEffect(() => session.view.resize(columns, rows), [session, columns, rows])
  const height = Math.max(1, rows - FRAME_LINES)
  const area: Area = { session, state, theme, width: columns, height }
  const head = useHeader(area)
  const drawn = screens[currentRoute(state).screen].draw({ state, theme, width: columns, height })
  const foot = useFooter(area, drawn.banner)
  useEffect(() => session.view.setListRows(drawn.listRows), [session, drawn.listRows])
  const isBlind = isTooSmall(columns, rows)
  const body = isBlind ? [] : bodyParts(area, drawn)
  useLayoutEffect(() => {
    const text = `Souk needs ${SMALLEST.columns}x${SMALLEST.rows}, has ${columns}x${rows}; q leaves`
    if (isBlind)
      sheet.show({ head: [line(theme, columns, [{ text }])], body, height: rows - 1, foot: [], width: columns })
    else sheet.show({ head, body, height, foot, width: columns })
  })
  return body.find((part) => 'live' in part)?.live ?? null
}
