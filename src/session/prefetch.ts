import type { Row } from '../model/catalog.ts'
import type { Context } from './context.ts'
import { cursorIndex } from './list-cursor.ts'
import type { SessionState } from './session.ts'
import type { DetailsActions } from './slices/details.ts'
import { currentRoute } from './slices/route.ts'
import { chosenRow, rowIds } from './slices/search.ts'

/** How long the cursor rests on a row before its details are fetched (inventory S9.16). */
const REST_MS = 300

/** The row the keys act on, when a list has them and nothing else is being asked. */
function restingRow(state: SessionState): Row | undefined {
  const { search, browse, view } = state
  if (view.dialog || view.picker || view.help !== undefined) return undefined
  const { screen } = currentRoute(state)
  if (screen === 'search') return search.focus === 'list' && !search.isSearching ? chosenRow(search) : undefined
  if (screen !== 'browse' || browse.focus !== 'list' || browse.isLoading) return undefined
  return browse.catalog?.rows[cursorIndex(rowIds(browse.catalog), browse.cursor)]
}

/**
 * Fetches the details of the row one rests on before they are asked for, one row at a time: the next one ends the one
 * before it. A registry that just failed to answer is not asked on a guess. Answers the function that ends it.
 */
export function openPrefetch(context: Context, details: Pick<DetailsActions, 'prefetch' | 'isKnown'>): () => void {
  if (!context.marketplace.loaded.settings.cache.prefetch) return () => {}
  let resting: string | undefined
  let stop = (): void => {}
  const look = (state: SessionState): void => {
    const row = restingRow(state)
    const id = row?.staleMs === undefined ? row?.listing.id : undefined
    if (id === resting) return
    resting = id
    stop()
    if (id === undefined || details.isKnown(id)) return
    const fetching = new AbortController()
    const cancel = context.system.clock.after(REST_MS, () => void details.prefetch(id, fetching.signal))
    stop = () => {
      cancel()
      fetching.abort()
    }
  }
  const leave = context.store.subscribe(look)
  return () => {
    leave()
    stop()
  }
}
