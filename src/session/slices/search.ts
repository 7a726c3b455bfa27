import { parseQueryText } from '../../model/query-text.ts'
import { FACETS, makeQuery, type FacetName, type Query, type Sort } from '../../model/query.ts'
import type { Catalog, Row } from '../../model/catalog.ts'
import { patch, toldOf, type Context, type Told } from '../context.ts'
import { CATALOG_PACE, openFeed } from '../feed.ts'
import { cursorIndex, firstRow, moveCursor, settleCursor, type ListCursor } from '../list-cursor.ts'
import { pageOf } from './page-of.ts'

/** The remote search starts this long after the last key. */
const DEBOUNCE_MS = 250
/** Rows of one page of the merged list. */
export const PAGE_ROWS = 100
const HISTORY = 50

export interface SearchState {
  text: string
  filters: Query['filters']
  sort: Sort
  offset: number
  catalog?: Catalog
  cursor: ListCursor
  /** The user moved the cursor since the question was asked. */
  isTouched: boolean
  /** Marked rows by id, for one action on several items. */
  marked: Record<string, true>
  /** `box`: letters go into the text. `facets`: keys walk the filter panel. */
  focus: 'list' | 'box' | 'facets'
  isFacetsOpen: boolean
  facetIndex: number
  /** The preview is shown where the screen leaves it out by itself, and left out where it would be shown. */
  isPreviewSwitched: boolean
  isSearching: boolean
  /** Esc ended the search before all had answered. */
  isStopped: boolean
  /** Set when every registry failed and nothing is cached. */
  error?: Told | undefined
  history: string[]
  /** Place in the history while walking it; `history.length` is the text being typed. */
  historyAt: number
  suggestions: string[]
}

export const searchState: SearchState = {
  text: '',
  filters: {},
  sort: 'relevance',
  offset: 0,
  cursor: firstRow,
  isTouched: false,
  marked: {},
  focus: 'list',
  isFacetsOpen: false,
  facetIndex: 0,
  isPreviewSwitched: false,
  isSearching: false,
  isStopped: false,
  history: [],
  historyAt: 0,
  suggestions: [],
}

export const rowIds = (catalog: Catalog | undefined): string[] => catalog?.rows.map((row) => row.listing.id) ?? []

/** The row under the cursor. */
export function chosenRow(search: Pick<SearchState, 'catalog' | 'cursor'>): Row | undefined {
  return search.catalog?.rows[cursorIndex(rowIds(search.catalog), search.cursor)]
}

/** Filters of the panel and those typed as `category:ml`, each value once. */
function joined(chosen: Query['filters'], typed: Query['filters']): Query['filters'] {
  const all = { ...chosen }
  for (const facet of FACETS) {
    const values = typed[facet]
    if (values) all[facet] = [...new Set([...(chosen[facet] ?? []), ...values])]
  }
  return all
}

/** What the screen asks the marketplace. */
function queryOf(search: SearchState): Query {
  const typed = parseQueryText(search.text)
  return makeQuery({
    text: typed.text,
    filters: joined(search.filters, typed.filters),
    exclude: typed.exclude,
    installedOnly: typed.installedOnly,
    sort: search.sort,
    offset: search.offset,
    limit: PAGE_ROWS,
  })
}

/** What this process knows, at once; how the registries fare stays as last heard, for nobody was asked anew. */
export function peekAt(
  { marketplace }: Pick<Context, 'marketplace'>,
  query: Query,
  last: Catalog | undefined,
): Catalog {
  const catalog = marketplace.peek(query)
  return last ? { ...catalog, sources: last.sources } : catalog
}

/** A catalog on the screen: nobody chose the first row of an unasked list; every other row stays under the cursor. */
function shownOf({ marketplace, store }: Context, found: Catalog): Partial<SearchState> {
  const { isTouched, text, cursor, focus } = store.getState().search
  const catalog = isTouched ? pageOf(marketplace, found, cursor.id) : found
  return {
    catalog,
    offset: catalog.query.offset,
    cursor: settleCursor(rowIds(catalog), isTouched || text !== '' ? cursor : firstRow),
    suggestions: focus === 'box' ? marketplace.suggest(text) : [],
  }
}

/** The marketplace asked on behalf of the search screen: one question at a time, the last one wins. */
interface Asking {
  /** What this process already knows, at once. */
  peek(): void
  now(refresh: boolean): Promise<void>
  /** Another question, from its first page and first row; `soon` waits for the next key. */
  changed(change: Partial<SearchState>, when: 'now' | 'soon'): void
  turn(offset: number, at: 'first' | 'last'): void
  /** Gives up what is under way, and what was about to be asked; what came is kept. */
  stop(): void
  close(): void
}

function openAsking(context: Context): Asking {
  const { clock } = context.system
  let asking = new AbortController()
  let cancelWait: (() => void) | undefined
  const state = (): SearchState => context.store.getState().search
  const set = (change: Partial<SearchState>): void => patch(context, 'search', change)
  const show = (found: Catalog): void => set(shownOf(context, found))
  const peek = (): void => show(peekAt(context, queryOf(state()), state().catalog))
  const close = (): void => {
    cancelWait?.()
    asking.abort()
  }
  const now = async (refresh: boolean): Promise<void> => {
    close()
    const mine = new AbortController()
    asking = mine
    set({ isSearching: true, isStopped: false, error: undefined })
    const feed = openFeed<Catalog>(clock, CATALOG_PACE, (catalog) => !mine.signal.aborted && show(catalog))
    try {
      for await (const catalog of context.marketplace.search(queryOf(state()), { signal: mine.signal, refresh })) {
        feed.push(catalog)
      }
      feed.flush()
    } catch (error) {
      if (!mine.signal.aborted) {
        context.report(error)
        set({ error: toldOf(error) })
      }
    } finally {
      feed.close()
      if (!mine.signal.aborted) set({ isSearching: false })
    }
  }
  return {
    peek,
    now,
    changed(change, when) {
      set({ offset: 0, cursor: firstRow, isTouched: false, ...change })
      peek()
      if (when === 'now') return void now(false)
      cancelWait?.()
      cancelWait = clock.after(DEBOUNCE_MS, () => void now(false))
    },
    turn(offset, at) {
      set({
        isTouched: true,
        offset,
        cursor: at === 'first' ? firstRow : { index: PAGE_ROWS - 1, line: Number.MAX_SAFE_INTEGER },
      })
      peek()
      // The registries were asked for all there is: a page is cut from what they said, unless they still speak.
      if (state().isSearching) void now(false)
    },
    stop() {
      if (!state().isSearching) return
      close()
      set({ isSearching: false, isStopped: true })
    },
    close,
  }
}

/** What is typed in the box. */
function boxActions(context: Context, asking: Asking) {
  const state = (): SearchState => context.store.getState().search
  const set = (change: Partial<SearchState>): void => patch(context, 'search', change)
  return {
    setText: (text: string) => asking.changed({ text: text.slice(0, 1000), historyAt: state().history.length }, 'soon'),
    /** Enter in the box: the list takes the keys. */
    submit(): void {
      const { text, history } = state()
      const kept = text.trim() === '' ? history : [...history.filter((one) => one !== text), text].slice(-HISTORY)
      set({ history: kept, historyAt: kept.length, focus: 'list', suggestions: [] })
      void asking.now(false)
    },
    setFocus(focus: SearchState['focus']): void {
      set({ focus, suggestions: focus === 'box' ? context.marketplace.suggest(state().text) : [] })
    },
    acceptSuggestion(): boolean {
      const [best] = state().suggestions
      if (best === undefined) return false
      asking.changed({ text: best }, 'soon')
      return true
    },
    /** Walks the texts searched before; false when there is nowhere to go. */
    walkHistory(delta: -1 | 1): boolean {
      const { history, historyAt, text } = state()
      const isWalking = text === '' || history[historyAt] === text
      const at = historyAt + delta
      if (!isWalking || at < 0 || at > history.length) return false
      asking.changed({ text: history[at] ?? '', historyAt: at }, 'soon')
      return true
    },
  }
}

/** The rows: cursor, pages, marks. */
function rowActions(context: Context, asking: Asking) {
  const state = (): SearchState => context.store.getState().search
  const set = (change: Partial<SearchState>): void => patch(context, 'search', change)
  const nextPage = (): void => {
    const { catalog, offset } = state()
    if (offset + PAGE_ROWS < (catalog?.total ?? 0)) asking.turn(offset + PAGE_ROWS, 'first')
  }
  const previousPage = (at: 'first' | 'last'): void => {
    const { offset } = state()
    if (offset > 0) asking.turn(Math.max(0, offset - PAGE_ROWS), at)
  }
  return {
    nextPage,
    previousPage: () => previousPage('first'),
    move(delta: number): void {
      const { view } = context.store.getState()
      const { catalog, cursor } = state()
      const ids = rowIds(catalog)
      const index = cursorIndex(ids, cursor)
      if (delta > 0 && delta < PAGE_ROWS && index === ids.length - 1) return nextPage()
      if (delta < 0 && delta > -PAGE_ROWS && index === 0) return previousPage('last')
      set({ isTouched: true, cursor: moveCursor(cursor, delta, { ids, height: view.listRows, jumps: view.isSlow }) })
    },
    toggleMark(): void {
      const id = chosenRow(state())?.listing.id
      if (id === undefined) return
      const { [id]: was, ...rest } = state().marked
      set({ marked: was ? rest : { ...rest, [id]: true } })
    },
    /** Marks all rows of the page, or none when all are marked. */
    toggleAllMarks(): void {
      const ids = rowIds(state().catalog)
      const all = ids.every((id) => state().marked[id])
      set({ marked: all ? {} : Object.fromEntries(ids.map((id) => [id, true as const])) })
    },
    clearMarks: () => set({ marked: {} }),
    togglePreview: () => set({ isPreviewSwitched: !state().isPreviewSwitched }),
  }
}

/** Filters and order. */
function facetActions(context: Context, asking: Asking) {
  const state = (): SearchState => context.store.getState().search
  const set = (change: Partial<SearchState>): void => patch(context, 'search', change)
  return {
    setSort: (sort: Sort) => asking.changed({ sort }, 'now'),
    setFilters: (filters: Query['filters']) => asking.changed({ filters }, 'now'),
    toggleFacets(): void {
      const isFacetsOpen = !state().isFacetsOpen
      set({ isFacetsOpen, focus: isFacetsOpen ? 'facets' : 'list', facetIndex: 0 })
    },
    moveFacet(delta: number, count: number): void {
      set({ facetIndex: Math.max(0, Math.min(count - 1, state().facetIndex + delta)) })
    },
    toggleFilter(facet: FacetName, value: string): void {
      const chosen = state().filters[facet] ?? []
      const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]
      asking.changed({ filters: { ...state().filters, [facet]: next } }, 'now')
    },
  }
}

export function searchActions(context: Context) {
  const asking = openAsking(context)
  return {
    ...boxActions(context, asking),
    ...rowActions(context, asking),
    ...facetActions(context, asking),
    peek: asking.peek,
    /** Asks the registries now; `refresh` passes over fresh cache. */
    search: (refresh = false) => asking.now(refresh),
    /** Gives up the questions under way. */
    stop: asking.stop,
    close: asking.close,
  }
}
export type SearchActions = ReturnType<typeof searchActions>
