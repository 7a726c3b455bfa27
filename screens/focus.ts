import { currentRoute } from '../src/session/slices/route.ts'
import type { RunState } from '../src/session/slices/run.ts'
import type { Session } from '../src/session/session.ts'
import { isTooSmall } from './layout.ts'

/** Who takes the keys just now; nobody while the terminal is too small to show what they do. */
export type Focus =
  | 'blind'
  | 'dialog'
  | 'picker'
  | 'palette'
  | 'help'
  | 'box'
  | 'form'
  | 'options'
  | 'preview'
  | 'facets'
  | 'screen'

export function focusOf(session: Session): Focus {
  const { view, palette, search, route, run } = session.store.getState()
  if (isTooSmall(view.columns, view.rows)) return 'blind'
  if (view.dialog) return 'dialog'
  if (view.picker) return 'picker'
  if (palette.text !== undefined) return 'palette'
  if (view.help !== undefined) return 'help'
  const { screen } = currentRoute({ route })
  if (screen === 'run') return focusOfRun(run)
  if (screen === 'registry') return 'form'
  if (screen === 'search' && search.focus !== 'list') return search.focus
  return 'screen'
}

/** A preview scrolls, keys go through the options of a field that has some, and everything else is typed. */
function focusOfRun({ preview, fields, index }: RunState): Focus {
  if (preview) return 'preview'
  return fields[index]?.options ? 'options' : 'form'
}
