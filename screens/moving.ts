import { facetLines } from '../components/facet-panel.ts'
import { themeOf } from '../components/theme.ts'
import { shownLog } from '../src/session/slices/jobs.ts'
import { currentRoute } from '../src/session/slices/route.ts'
import type { Session } from '../src/session/session.ts'
import { detailsLength } from './details.ts'
import { FRAME_LINES } from './layout.ts'

/** Moves whatever the screen moves: a cursor, a page of text, a button. */
export function move(session: Session, delta: number): void {
  const state = session.store.getState()
  const { screen, id = '' } = currentRoute(state)
  switch (screen) {
    case 'search': {
      const { focus, catalog } = state.search
      if (focus === 'facets' && catalog) session.search.moveFacet(delta, facetLines(catalog.facets).length)
      else session.search.move(delta)
      return
    }
    case 'browse':
      return session.browse.move(delta)
    case 'details': {
      const { columns, rows } = state.view
      const lines = detailsLength({
        state,
        theme: themeOf('none', { noColor: true }),
        width: columns,
        height: rows - FRAME_LINES,
      })
      return session.details.scroll(id, delta, lines)
    }
    case 'install':
      return session.install.scroll(delta)
    case 'installed':
      return session.installed.move(delta)
    case 'jobs':
      return session.jobs.move(delta)
    case 'log': {
      const job = state.jobs.jobs.find((one) => one.id === id)
      return session.jobs.scrollLog(-delta, job ? shownLog(job, state.jobs.logFilter).length : 0)
    }
    case 'registries':
      return session.registries.move(delta)
    case 'registry':
      return session.registryForm.move(delta)
    case 'messages':
      return session.notices.move(delta)
    default:
      return session.run.move(delta)
  }
}
