import { makeQuery, type FacetName, type Query, type Sort } from '../../model/query.ts'
import type { Catalog, Row } from '../../model/catalog.ts'
import { patch, type Context } from '../context.ts'
import { CATALOG_EVERY_MS, openFeed } from '../feed.ts'
import { cursorIndex, firstRow, moveCursor, settleCursor, type ListCursor } from '../list-cursor.ts'
import { suggest } from '../suggest.ts'

/** The remote search starts this long after the last key. */
export const DEBOUNCE_MS = 250
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
  /** Marked rows by id, for one action on several items. */
  marked: Record<string, true>
  /** `box`: letters go into the text. `facets`: keys walk the filter panel. */
  focus: 'list' | 'box' | 'facets'
  isFacetsOpen: boolean
  facetIndex: number
  /** Short preview below the chosen card. */
  isPreviewed: boolean
  isSearching: boolean
  /** Set when every registry failed and nothing is cached. */
  error?: { text: string; hint?: string } | undefined
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
  marked: {},
  focus: 'list',
  isFacetsOpen: false,
  facetIndex: 0,
  isPreviewed: false,
  isSearching: false,
  history: [],
  historyAt: 0,
  suggestions: [],
}

export const rowIds = (catalog: Catalog | undefined): string[] => catalog?.rows.map((row) => row.listing.id) ?? []

/** The row under the cursor. */
export function chosenRow(search: Pick<SearchState, 'catalog' | 'cursor'>): Row | undefined {
  return search.catalog?.rows[cursorIndex(rowIds(search.catalog), search.cursor)]
}

/** What the screen asks the marketplace. */
export function queryOf(search: SearchState): Query {
  return makeQuery({
    text: search.text,
    filters: search.filters,
    sort: search.sort,
    offset: search.offset,
    limit: PAGE_ROWS,
  })
}

export function searchActions(context: Context) {
  const { clock } = context.system
  let asking = new AbortController()
  let cancelWait: (() => void) | undefined
  const state = (): SearchState => context.store.getState().search
  const set = (change: Partial<SearchState>): void => patch(context, 'search', change)

  const show = (catalog: Catalog): void =>
    set({
      catalog,
      cursor: settleCursor(rowIds(catalog), state().cursor),
      suggestions: state().focus === 'box' ? suggest(state().text, catalog) : [],
    })

  /** What this process already knows, at once. */
  const peek = (): void => show(context.marketplace.peek(queryOf(state())))

  const ask = async (refresh: boolean): Promise<void> => {
    cancelWait?.()
    asking.abort()
    const mine = new AbortController()
    asking = mine
    set({ isSearching: true, error: undefined })
    const feed = openFeed<Catalog>(clock, CATALOG_EVERY_MS, (catalog) => !mine.signal.aborted && show(catalog))
    try {
      for await (const catalog of context.marketplace.search(queryOf(state()), { signal: mine.signal, refresh })) {
        feed.push(catalog)
      }
      feed.flush()
    } catch (error) {
      if (!mine.signal.aborted) {
        context.report(error)
        const hint = (error as { hint?: string }).hint
        set({ error: { text: (error as Error).message, ...(hint ? { hint } : {}) } })
      }
    } finally {
      feed.close()
      if (!mine.signal.aborted) set({ isSearching: false })
    }
  }
  const askSoon = (): void => {
    cancelWait?.()
    cancelWait = clock.after(DEBOUNCE_MS, () => void ask(false))
  }
  /** Another question: from its first page, first row. */
  const changed = (change: Partial<SearchState>, soon: boolean): void => {
    set({ offset: 0, cursor: firstRow, ...change })
    peek()
    if (soon) askSoon()
    else void ask(false)
  }
  const remember = (): void => {
    const { text, history } = state()
    const kept = text.trim() === '' ? history : [...history.filter((one) => one !== text), text].slice(-HISTORY)
    set({ history: kept, historyAt: kept.length })
  }
  const turn = (offset: number, at: 'first' | 'last'): void => {
    set({ offset, cursor: at === 'first' ? firstRow : { index: PAGE_ROWS - 1, line: Number.MAX_SAFE_INTEGER } })
    peek()
    void ask(false)
  }
  const nextPage = (): void => {
    const { catalog, offset } = state()
    if (offset + PAGE_ROWS < (catalog?.total ?? 0)) turn(offset + PAGE_ROWS, 'first')
  }
  const previousPage = (at: 'first' | 'last'): void => {
    const { offset } = state()
    if (offset > 0) turn(Math.max(0, offset - PAGE_ROWS), at)
  }
  return {
    peek,
    nextPage,
    previousPage: () => previousPage('first'),
    /** Asks the registries now; `refresh` passes over fresh cache. */
    search: (refresh = false) => ask(refresh),
    setText: (text: string) => changed({ text: text.slice(0, 1000), historyAt: state().history.length }, true),
    setSort: (sort: Sort) => changed({ sort }, false),
    setFilters: (filters: Query['filters']) => changed({ filters }, false),
    /** Enter in the box: the list takes the keys. */
    submit(): void {
      remember()
      set({ focus: 'list', suggestions: [] })
      void ask(false)
    },
    setFocus(focus: SearchState['focus']): void {
      set({ focus, suggestions: focus === 'box' ? suggest(state().text, state().catalog) : [] })
    },
    acceptSuggestion(): boolean {
      const [best] = state().suggestions
      if (best === undefined) return false
      changed({ text: best }, true)
      return true
    },
    /** Walks the texts searched before; false when there is nowhere to go. */
    walkHistory(delta: -1 | 1): boolean {
      const { history, historyAt, text } = state()
      const isWalking = text === '' || history[historyAt] === text
      const at = historyAt + delta
      if (!isWalking || at < 0 || at > history.length) return false
      changed({ text: history[at] ?? '', historyAt: at }, true)
      return true
    },
    move(delta: number): void {
      const { view } = context.store.getState()
      const { catalog, cursor } = state()
      const ids = rowIds(catalog)
      const index = cursorIndex(ids, cursor)
      if (delta === 1 && index === ids.length - 1) return nextPage()
      if (delta === -1 && index === 0) return previousPage('last')
      set({ cursor: moveCursor(cursor, delta, { ids, height: view.listRows, jumps: view.isSlow }) })
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
    togglePreview: () => set({ isPreviewed: !state().isPreviewed }),
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
      const { [facet]: _, ...rest } = state().filters
      changed({ filters: next.length ? { ...rest, [facet]: next } : rest }, false)
    },
    clearMarks: () => set({ marked: {} }),
    close(): void {
      cancelWait?.()
      asking.abort()
    },
  }
}
export type SearchActions = ReturnType<typeof searchActions>
