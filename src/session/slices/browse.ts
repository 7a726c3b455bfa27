import { makeQuery } from '../../model/query.ts'
import type { Catalog } from '../../model/catalog.ts'
import { patch, type Context } from '../context.ts'
import { CATALOG_PACE, openFeed } from '../feed.ts'
import { cursorIndex, firstRow, moveCursor, settleCursor, type ListCursor } from '../list-cursor.ts'
import { pageOf } from './page-of.ts'
import { PAGE_ROWS, peekAt, rowIds } from './search.ts'

/** A line of the tree: everything, a kind, or a category inside a kind. */
export interface TreeNode {
  id: string
  label: string
  depth: 0 | 1
  count: number
  kind?: string
  category?: string
}

export interface BrowseState {
  /** Everything, unfiltered: the kinds come from its facets. */
  whole?: Catalog
  /** Kinds whose categories are shown, with the categories' counts. */
  open: Record<string, { value: string; count: number }[]>
  tree: ListCursor
  catalog?: Catalog
  cursor: ListCursor
  focus: 'tree' | 'list'
  isLoading: boolean
}

export const browseState: BrowseState = { open: {}, tree: firstRow, cursor: firstRow, focus: 'tree', isLoading: false }

/** The tree as lines: all, then each kind with its open categories. */
export function treeOf(browse: Pick<BrowseState, 'whole' | 'open'>): TreeNode[] {
  const kinds = browse.whole?.facets.kind ?? []
  const all: TreeNode = { id: '', label: 'everything', depth: 0, count: browse.whole?.totalUnfiltered ?? 0 }
  return [
    all,
    ...kinds.flatMap(({ value: kind, count }): TreeNode[] => [
      { id: kind, label: kind, depth: 0, count, kind },
      ...(browse.open[kind] ?? []).map((one): TreeNode => ({
        id: `${kind}/${one.value}`,
        label: one.value,
        depth: 1,
        count: one.count,
        kind,
        category: one.value,
      })),
    ]),
  ]
}

const nodeIds = (tree: readonly TreeNode[]): string[] => tree.map((node) => node.id)

export function chosenNode(browse: BrowseState): TreeNode | undefined {
  const tree = treeOf(browse)
  return tree[cursorIndex(nodeIds(tree), browse.tree)]
}

/** The marketplace asked for what is in the chosen node. */
function openLoading(context: Context) {
  let asking = new AbortController()
  const state = (): BrowseState => context.store.getState().browse
  const set = (change: Partial<BrowseState>): void => patch(context, 'browse', change)
  const queryOfNode = (offset = 0) => {
    const node = chosenNode(state())
    return makeQuery({
      filters: {
        ...(node?.kind === undefined ? {} : { kind: [node.kind] }),
        ...(node?.category === undefined ? {} : { category: [node.category] }),
      },
      sort: 'name',
      limit: PAGE_ROWS,
      offset,
    })
  }
  const show = (found: Catalog): void => {
    const { cursor } = state()
    const catalog = pageOf(context.marketplace, found, cursor.id)
    set({ catalog, cursor: settleCursor(rowIds(catalog), cursor) })
  }
  const ask = async (refresh: boolean, offset = 0): Promise<void> => {
    asking.abort()
    const mine = new AbortController()
    asking = mine
    set({ isLoading: true })
    const node = chosenNode(state())
    const feed = openFeed<Catalog>(context.system.clock, CATALOG_PACE, (catalog) => {
      if (mine.signal.aborted) return
      if (node?.kind === undefined && offset === 0) set({ whole: catalog })
      // The cursor may have gone on to another node, which now has more rows to show.
      if (chosenNode(state())?.id === node?.id) show(catalog)
      else show(peekAt(context, queryOfNode(), catalog))
    })
    try {
      for await (const catalog of context.marketplace.search(queryOfNode(offset), { signal: mine.signal, refresh }))
        feed.push(catalog)
      feed.flush()
    } catch (error) {
      if (!mine.signal.aborted) context.report(error)
    } finally {
      feed.close()
      if (!mine.signal.aborted) set({ isLoading: false })
    }
  }
  return {
    ask,
    /** What is known of the chosen node, at once. */
    peek: (offset = 0) => show(peekAt(context, queryOfNode(offset), state().catalog)),
    close(): void {
      asking.abort()
      set({ isLoading: false })
    },
  }
}

export function browseActions(context: Context) {
  const loading = openLoading(context)
  const state = (): BrowseState => context.store.getState().browse
  const set = (change: Partial<BrowseState>): void => patch(context, 'browse', change)
  const turn = (offset: number): void => {
    set({ cursor: firstRow })
    void loading.ask(false, offset)
  }
  return {
    load(refresh = false): Promise<void> {
      if (!state().whole) set({ whole: context.marketplace.peek(makeQuery({ sort: 'name', limit: PAGE_ROWS })) })
      // Asked again, the list stays on its page.
      const offset = state().catalog?.query.offset ?? 0
      loading.peek(offset)
      return loading.ask(refresh, offset)
    },
    /** The same rows as this process knows them by now. */
    peek(): void {
      const { catalog } = state()
      if (catalog) loading.peek(catalog.query.offset)
    },
    setFocus: (focus: BrowseState['focus']) => set({ focus }),
    move(delta: number): void {
      const { view } = context.store.getState()
      const { focus, tree, cursor, catalog } = state()
      if (focus === 'tree') {
        const ids = nodeIds(treeOf(state()))
        set({ tree: moveCursor(tree, delta, { ids, height: view.listRows, jumps: view.isSlow }) })
        set({ cursor: firstRow })
        loading.peek()
        return
      }
      const ids = rowIds(catalog)
      const index = cursorIndex(ids, cursor)
      const offset = catalog?.query.offset ?? 0
      if (delta === 1 && index === ids.length - 1 && offset + ids.length < (catalog?.total ?? 0))
        return turn(offset + PAGE_ROWS)
      if (delta === -1 && index === 0 && offset > 0) return turn(Math.max(0, offset - PAGE_ROWS))
      set({ cursor: moveCursor(cursor, delta, { ids, height: view.listRows, jumps: view.isSlow }) })
    },
    /** Opens or closes the kind under the cursor; on a category the list takes the keys. */
    enter(): void {
      const node = chosenNode(state())
      if (node?.kind === undefined || node.category !== undefined) return set({ focus: 'list' })
      const { [node.kind]: isOpen, ...rest } = state().open
      if (isOpen) return set({ open: rest })
      const { facets } = context.marketplace.peek(makeQuery({ filters: { kind: [node.kind] }, limit: 1 }))
      const categories = facets.category.filter((one) => one.count > 0)
      set({ open: { ...rest, [node.kind]: categories }, ...(categories.length ? {} : { focus: 'list' as const }) })
    },
    close: loading.close,
  }
}
export type BrowseActions = ReturnType<typeof browseActions>
