import type { Details } from '../../marketplace.ts'
import type { Listing } from '../../model/listing.ts'
import { patch, toldOf, type Context, type Told } from '../context.ts'

export const TABS = ['Overview', 'Versions', 'Dependencies', 'Needs & scripts', 'Sources'] as const

/** One open item: what is known, and where the reader stands. */
export interface Opened {
  details?: Details
  isLoading: boolean
  error?: Told
  /** Set where its own registry did not have it and another that lists the same item did: what the first one said. */
  elsewhere?: { registry: string; told: Told } | undefined
  tab: number
  scroll: number
}

export interface DetailsState {
  open: Record<string, Opened>
  /** Details of the row one rests on, fetched before they are asked for. */
  ahead?: { id: string; details: Details } | undefined
}

export const detailsState: DetailsState = { open: {} }
const KEPT = 20

/** Tabs and lines of an open item. */
function readingActions(state: () => DetailsState, listRows: () => number, set: Put) {
  return {
    turnTab(id: string, delta: number): void {
      const tab = ((state().open[id]?.tab ?? 0) + delta + TABS.length) % TABS.length
      set(id, { tab, scroll: 0 })
    },
    /** `lines` is the length of what is shown. */
    scroll(id: string, delta: number, lines: number): void {
      const most = Math.max(0, lines - listRows())
      set(id, { scroll: Math.max(0, Math.min(most, (state().open[id]?.scroll ?? 0) + delta)) })
    },
  }
}

/** Details of the row one rests on, fetched before anybody asks for them. */
function aheadActions(context: Context) {
  let fetching: { id: string; done: Promise<void>; keep(): void; stop(): void } | undefined
  const ask = async (id: string, signal: AbortSignal): Promise<void> => {
    try {
      const details = await context.marketplace.details(id, { signal, isAhead: true })
      if (!signal.aborted) patch(context, 'details', { ahead: { id, details } })
    } catch {
      // Nobody asked for them yet: whatever goes wrong is told when they are opened.
    }
  }
  return {
    isFetching: (id: string): boolean => fetching?.id === id,
    async fetch(id: string, signal: AbortSignal): Promise<void> {
      const own = new AbortController()
      const stop = (): void => own.abort()
      signal.addEventListener('abort', stop)
      const done = ask(id, own.signal)
      fetching = { id, done, keep: () => signal.removeEventListener('abort', stop), stop }
      await done
      if (fetching?.done === done) fetching = undefined
    },
    stop(id: string): void {
      if (fetching?.id === id) fetching.stop()
    },
    /** The request for an item that is on its way, which leaving its row does not end any more; nothing is asked twice. */
    join(id: string): Promise<void> | undefined {
      if (fetching?.id !== id) return undefined
      fetching.keep()
      return fetching.done
    },
  }
}

type Put = (id: string, change: Partial<Opened>) => void

/** Details asked for because an item is open; one that is left is not waited for. */
function openLoading(context: Context, set: Put) {
  const loading = new Map<string, AbortController>()
  /** The same item in other registries, as the lists on the screens know it: only those are asked for it. */
  const twins = (id: string): Listing[] => {
    const { search, browse } = context.store.getState()
    const rows = [...(search.catalog?.rows ?? []), ...(browse.catalog?.rows ?? [])]
    const row = rows.find((one) => one.offers.some((offer) => offer.id === id))
    return row?.offers.filter((offer) => offer.id !== id) ?? []
  }
  /** The details of the first of some items that can be had. */
  const firstOf = async (
    some: readonly Listing[],
    flags: { refresh: boolean; signal: AbortSignal },
  ): Promise<Details | undefined> => {
    for (const { id } of some) {
      try {
        return await context.marketplace.details(id, flags)
      } catch {
        if (flags.signal.aborted) return undefined
        // What the first registry said is told; the next may have it.
      }
    }
    return undefined
  }
  const begin = (id: string): AbortController => {
    const mine = new AbortController()
    loading.set(id, mine)
    return mine
  }
  // What is read anew because something changed is no look of a person's.
  const load = async (id: string, refresh = false, isShown = refresh): Promise<void> => {
    const mine = begin(id)
    const { signal } = mine
    set(id, { isLoading: true })
    try {
      const details = await context.marketplace.details(id, { refresh, isShown, signal })
      set(id, { details, elsewhere: undefined, isLoading: false })
    } catch (error) {
      const details = await firstOf(twins(id), { refresh, signal })
      // Opened once more meanwhile, it is being asked for again.
      if (signal.aborted) return loading.get(id) === mine ? set(id, { isLoading: false }) : undefined
      const told = toldOf(error)
      if (details)
        return set(id, { details, elsewhere: { registry: details.listing.registry, told }, isLoading: false })
      set(id, { isLoading: false, error: told })
      context.report(error)
    }
  }
  return { begin, load, stop: (id: string) => loading.get(id)?.abort(new DOMException('left', 'AbortError')) }
}

export function detailsActions(context: Context) {
  const state = (): DetailsState => context.store.getState().details
  const set: Put = (id, change) => {
    const { [id]: was = { isLoading: false, tab: 0, scroll: 0 }, ...rest } = state().open
    const others = Object.entries(rest).slice(-KEPT)
    patch(context, 'details', { open: Object.fromEntries([...others, [id, { ...was, ...change }]]) })
  }
  const { begin, load, stop } = openLoading(context, set)
  const ahead = aheadActions(context)
  const show = (id: string): void => {
    const known = state().ahead
    if (known?.id === id) set(id, { details: known.details })
    void load(id, false, true)
  }
  const isKnown = (id: string): boolean =>
    state().open[id]?.details !== undefined || state().ahead?.id === id || ahead.isFetching(id)
  return {
    load,
    /** Whether opening it asks nobody. */
    isKnown,
    prefetch: ahead.fetch,
    /** What was fetched ahead is not true any more. */
    forgetAhead: () => patch(context, 'details', { ahead: undefined }),
    /** Ready to be shown again where it was left; asks only the first time, and then shows what came ahead at once. */
    open(id: string): void {
      if (state().open[id]?.details) return
      const done = ahead.join(id)
      if (!done) return show(id)
      const mine = begin(id)
      set(id, { isLoading: true })
      void done.then(() => (mine.signal.aborted ? set(id, { isLoading: false }) : show(id)))
    },
    /** Nobody looks at it any more: what is still asked for it is given up. */
    stop(id: string): void {
      stop(id)
      ahead.stop(id)
    },
    ...readingActions(state, () => context.store.getState().view.listRows, set),
  }
}
export type DetailsActions = ReturnType<typeof detailsActions>
